// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.SignatureVersion;
import dev.duocollector.testing.InLocales;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@InLocales
class CanonicalRequestTest {
    private static final String DATE = "Fri, 07 Dec 2012 17:18:00 -0000";
    private static final String SKEY = "gtdfxv9YgVBYcF6dl2Eq17KUQJN2PLM2ODVTkvoT";

    /** Duo's own: method and host are in the wrong case on purpose. */
    private static final CanonicalRequest UNICODE = new CanonicalRequest(
            DATE, "PoSt", "foO.BAr52.cOm", "/Foo/BaR2/qux", CanonicalQuery.encode(DuoVectors.UNICODE), "", Map.of());

    @Test
    void hasFiveLines_underVersion2() {
        assertThat(UNICODE.text(SignatureVersion.V2))
                .isEqualTo(DATE + "\nPOST\nfoo.bar52.com\n/Foo/BaR2/qux\n" + DuoVectors.UNICODE_CANONICAL);
    }

    @Test
    void hasSevenLines_underVersion5() {
        CanonicalRequest request =
                CanonicalRequest.get(DATE, "api-xxxxxxxx.duosecurity.com", DuoLog.TELEPHONY.path(), "limit=1");

        assertThat(request.text(SignatureVersion.V5).split("\n", -1))
                .containsExactly(
                        DATE,
                        "GET",
                        "api-xxxxxxxx.duosecurity.com",
                        "/admin/v2/logs/telephony",
                        "limit=1",
                        DuoVectors.SHA512_OF_NOTHING,
                        DuoVectors.SHA512_OF_NOTHING);
    }

    @Test
    void keepsEmptyLine_withoutQuery() {
        CanonicalRequest request = CanonicalRequest.get(DATE, "api-xxxxxxxx.duosecurity.com", "/path", "");

        assertThat(request.text(SignatureVersion.V2)).endsWith("\n/path\n");
        assertThat(request.text(SignatureVersion.V5)).contains("\n/path\n\n" + DuoVectors.SHA512_OF_NOTHING);
    }

    /** duo_client_python, TestSign.test_hmac_sha1. */
    @Test
    void signsAsDuo_withSha1() {
        assertThat(SignatureVersion.V2.sign(SKEY, UNICODE.text(SignatureVersion.V2)))
                .isEqualTo("f01811cbbf9561623ab45b893096267fd46a5178");
    }

    /** duo_client_python, TestSign.test_hmac_sha512, which takes SHA-512 over the five lines. */
    @Test
    void signsAsDuo_withSha512() {
        assertThat(SignatureVersion.V5.sign(SKEY, UNICODE.text(SignatureVersion.V2)))
                .isEqualTo("0508065035a03b2a1de2f453e629e791d180329e157f65df6b3e0f08299d4321"
                        + "e1c5c7a7c7ee6b9e5fc80d1fb6fbf3ad5eb7c44dd3b3985a02c37aca53ec3698");
    }

    /** duo_api_golang, TestSignV5. */
    @Test
    void signsAsDuo_withBodyUnderVersion5() {
        CanonicalRequest request = new CanonicalRequest(
                "Tue, 21 Aug 2012 17:29:18 -0000",
                "POST",
                "api-XXXXXXXX.duosecurity.com",
                "/accounts/v1/account/list",
                CanonicalQuery.encode(Map.of("realname", "First Last")),
                "{\"txid\":\"f22b1678-252a-4070-b176-0ca2be7319fd\"}",
                Map.of());

        String signature =
                SignatureVersion.V5.sign("Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep", request.text(SignatureVersion.V5));

        assertThat(base64("DIWJ8X6AEYOR5OMC6TQ1:" + signature))
                .isEqualTo(
                        "RElXSjhYNkFFWU9SNU9NQzZUUTE6NzhmNDMyN2Y4MzExNzNjYzc4ZDA5MDdlOTEzZTNjNWEyOGZlNzJkZDQ1NDVhMzQy"
                                + "NTg2YmI2NzE4MWYyYmEzOTNkMjA5MTFlODcwMzYyZjZmYWJhM2RjNmY3ZTlkYjVlOTNhZWQyZjNiZmMxMTBjNmRhZGFm"
                                + "ZjRkYzYxNzllMGI=");
    }

    /** duo_client_python, duo_client_java and duo_hmac_python. */
    @Test
    void digestsDuoHeaders_inLowerCaseAndOrder() {
        assertThat(lastLine(Map.of("x-duo-A", "header_value_1", "X-Duo-B", "header_value_2")))
                .isEqualTo("60be11a30e0756f2ee2afdce1db849b987dcf86c1133394bd7bbbc9877920330"
                        + "c4d78aceacbb377ab8cbd9a8efe6a410fed4047376635ac71226ab46ca10d2b1");
        assertThat(lastLine(Map.of("X-Duo-Header-1", "header_value_1")))
                .isEqualTo("630b4bfe7e9abd03da2eee8f0a5d4e60a254ec880a839bcc2223bb5b9443e8ef"
                        + "24d58f0254f1f5934bf8c017ebd0fd5b1acf86766bdbe74185e712a4092df3ed");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "get, api-iiiiiiii.duosecurity.com",
        "GET, API-IIIIIIII.DUOSECURITY.COM",
        "gEt, Api-IiIiIiIi.DuoSecurity.Com",
        "get, API-IIIIIIII.DUOSECURITY.COM:8443",
    })
    void normalizesMethodAndHost_whateverTheirCase(String method, String host) {
        CanonicalRequest request = new CanonicalRequest(DATE, method, host, "/Path", "", "", Map.of());

        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.host()).isEqualTo("api-iiiiiiii.duosecurity.com");
        assertThat(request.path()).isEqualTo("/Path");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"options, OPTIONS", "patch, PATCH", "delete, DELETE"})
    void upperCasesMethod_withoutTheDotOfTurkish(String method, String canonical) {
        assertThat(new CanonicalRequest(DATE, method, "host", "/", "", "", Map.of()).method())
                .isEqualTo(canonical);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"127.0.0.1:8080, 127.0.0.1", "[::1]:8080, [::1]", "[::1], [::1]", "LOCALHOST:1, localhost"})
    void leavesOutPort_ofAnyHost(String host, String canonical) {
        assertThat(CanonicalRequest.get(DATE, host, "/", "").host()).isEqualTo(canonical);
    }

    private static String lastLine(Map<String, String> duoHeaders) {
        CanonicalRequest request = new CanonicalRequest(DATE, "GET", "host", "/", "", "", duoHeaders);
        return request.text(SignatureVersion.V5).split("\n", -1)[6];
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
