// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.simulator.QueryString.Parameter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Duo's own known answers: tests/test_client.py of https://github.com/duosecurity/duo_client_python and TestSignV5 of
 * https://github.com/duosecurity/duo_api_golang.
 */
class CanonicalRequestTest {
    private static final QueryString UNICODE = new QueryString(List.of(
            new Parameter(
                    "\u469a\u287b\u35d0\u8ef3\u6727\u502a\u0810\ud091\u00c8\uc170",
                    "\u0f45\u1a76\u341a\u654c\uc23f\u9b09\uabe2\u8343\u1b27\u60d0"),
            new Parameter(
                    "\u7449\u7e4b\uccfb\u59ff\ufe5f\u83b7\uadcc\u900c\ucfd1\u7813",
                    "\u8db7\u5022\u92d3\u42ef\u207d\u8730\uacfe\u5617\u0946\u4e30"),
            new Parameter(
                    "\u7470\u9314\u901c\u9eae\u40d8\u4201\u82d8\u8c70\u1d31\ua042",
                    "\u17d9\u0ba8\u9358\uaadf\ua42a\u48be\ufb96\u6fe9\ub7ff\u32f3"),
            new Parameter(
                    "\uc2c5\u2c1d\u2620\u3617\u96b3F\u8605\u20e8\uac21\u5934",
                    "\ufba9\u41aa\ubd83\u840b\u2615\u3e6e\u652d\ua8b5\ud56bU")));
    private static final String UNICODE_CANONICAL =
            "%E4%9A%9A%E2%A1%BB%E3%97%90%E8%BB%B3%E6%9C%A7%E5%80%AA%E0%A0%90%ED%82%91%C3%88%EC%85%B0"
                    + "=%E0%BD%85%E1%A9%B6%E3%90%9A%E6%95%8C%EC%88%BF%E9%AC%89%EA%AF%A2%E8%8D%83%E1%AC%A7%E6%83%90"
                    + "&%E7%91%89%E7%B9%8B%EC%B3%BB%E5%A7%BF%EF%B9%9F%E8%8E%B7%EA%B7%8C%E9%80%8C%EC%BF%91%E7%A0%93"
                    + "=%E8%B6%B7%E5%80%A2%E9%8B%93%E4%8B%AF%E2%81%BD%E8%9C%B0%EA%B3%BE%E5%98%97%E0%A5%86%E4%B8%B0"
                    + "&%E7%91%B0%E9%8C%94%E9%80%9C%E9%BA%AE%E4%83%98%E4%88%81%E8%8B%98%E8%B1%B0%E1%B4%B1%EA%81%82"
                    + "=%E1%9F%99%E0%AE%A8%E9%8D%98%EA%AB%9F%EA%90%AA%E4%A2%BE%EF%AE%96%E6%BF%A9%EB%9F%BF%E3%8B%B3"
                    + "&%EC%8B%85%E2%B0%9D%E2%98%A0%E3%98%97%E9%9A%B3F%E8%98%85%E2%83%A8%EA%B0%A1%E5%A4%B4"
                    + "=%EF%AE%A9%E4%86%AA%EB%B6%83%E8%90%8B%E2%98%95%E3%B9%AE%E6%94%AD%EA%A2%B5%ED%95%ABU";
    private static final CanonicalRequest POST = new CanonicalRequest(
            "Fri, 07 Dec 2012 17:18:00 -0000", "PoSt", "foO.BAr52.cOm", "/Foo/BaR2/qux", UNICODE.canonical(), "");

    @Test
    void v2_isDuosFiveLines() {
        assertThat(POST.v2())
                .isEqualTo("Fri, 07 Dec 2012 17:18:00 -0000\nPOST\nfoo.bar52.com\n/Foo/BaR2/qux\n" + UNICODE_CANONICAL);
    }

    @ParameterizedTest
    @CsvSource({
        "HmacSHA1, f01811cbbf9561623ab45b893096267fd46a5178",
        "HmacSHA512, 0508065035a03b2a1de2f453e629e791d180329e157f65df6b3e0f08299d4321"
                + "e1c5c7a7c7ee6b9e5fc80d1fb6fbf3ad5eb7c44dd3b3985a02c37aca53ec3698"
    })
    void v2Signature_isDuosKnownAnswer(String algorithm, String signature) {
        assertThat(CanonicalRequest.sign(algorithm, "gtdfxv9YgVBYcF6dl2Eq17KUQJN2PLM2ODVTkvoT", POST.v2()))
                .isEqualTo(signature);
    }

    @Test
    void v5Signature_isDuosKnownAnswer() {
        CanonicalRequest request = new CanonicalRequest(
                "Tue, 21 Aug 2012 17:29:18 -0000",
                "POST",
                "api-XXXXXXXX.duosecurity.com",
                "/accounts/v1/account/list",
                "realname=First%20Last",
                "{\"txid\":\"f22b1678-252a-4070-b176-0ca2be7319fd\"}");
        assertThat(CanonicalRequest.sign("HmacSHA512", "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep", request.v5()))
                .isEqualTo("78f4327f831173cc78d0907e913e3c5a28fe72dd4545a342586bb67181f2ba39"
                        + "3d20911e870362f6faba3dc6f7e9db5e93aed2f3bfc110c6dadaff4dc6179e0b");
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "realname=First+Last, realname=First%20Last",
        "username=root&realname=First%20Last, realname=First%20Last&username=root",
        "foo_bar=2&foo=1, foo=1&foo_bar=2",
        "password=H-._~i&username=H+ell%3fo&password=A(!'*), "
                + "password=A%28%21%27%2A%29&password=H-._~i&username=H%20ell%3Fo",
        "whitespace=%09%0a%0b%0c%0d%20, whitespace=%09%0A%0B%0C%0D%20",
        "novalue, novalue="
    })
    void canonicalQuery_isDuosKnownAnswer(String raw, String canonical) {
        assertThat(QueryString.parse(raw).canonical()).isEqualTo(canonical);
    }

    @Test
    void printableAscii_isEncodedAsInDuosKnownAnswer() {
        QueryString query = new QueryString(List.of(
                new Parameter("punctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
                new Parameter("letters", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
                new Parameter("digits", "0123456789")));
        assertThat(query.canonical())
                .isEqualTo("digits=0123456789&letters=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ&punctuation="
                        + "%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E_%60%7B%7C%7D~");
    }
}
