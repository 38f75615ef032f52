// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DuoApiExceptionTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "got Authorization: Basic RElYWFg6MDEyMzQ1Njc4OWFiY2RlZg== | got Authorization: Basic [masked]",
                "BEARER abcdefghij.klmnopqr-st, expected other            | BEARER [masked], expected other",
                "DIXXXXXXXXXXXXXXXXXX is not known                        | [masked] is not known",
                "signed 0123456789abcdef0123456789abcdef01234567           | signed [masked]",
                "basic authentication is refused                          | basic authentication is refused",
                "request 0123456789abcdef0123456789abcdef                 | request 0123456789abcdef0123456789abcdef",
            })
    void whatMayBeTheRequestsCredentials_isMasked(String message, String shown) {
        assertThat(DuoApiException.fromBody(400, "{\"stat\":\"FAIL\",\"code\":1,\"message\":\"" + message + "\"}"))
                .hasMessage("Duo answered HTTP 400, code 1: " + shown);
    }

    @Test
    void refusal_isReadWhole() {
        DuoApiException refusal = DuoApiException.fromBody(400, """
                {"code": 40002, "message": "Invalid request parameters",
                 "message_detail": "mintime must be within the past 180 days", "stat": "FAIL"}""");

        assertThat(refusal.statusCode()).isEqualTo(400);
        assertThat(refusal)
                .hasMessage("Duo answered HTTP 400, code 40002: Invalid request parameters"
                        + " (mintime must be within the past 180 days)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "{\"code\":\"\",\"message\":\"No\"}       | ''    | No",
                "{\"code\":\"E7\",\"message\":\"No\"}     | E7    | No",
                "{\"code\":401.5}                         | 401.5 | -",
                "{\"code\":null,\"message\":null}         | -     | -",
                "{\"code\":[1],\"message\":{\"a\":1}}     | -     | -",
                "{\"code\":42901,\"message\":\"Too Ma     | 42901 | -",
                "{\"code\":42901,\"message\":\"No\"}}}    | 42901 | No",
                "<html>502 Bad Gateway</html>             | -     | -",
                "[]                                       | -     | -",
                "''                                       | -     | -",
                "-                                        | -     | -",
            })
    void refusal_isReadAsFarAsItGoes(String body, String code, String message) {
        DuoApiException refusal = DuoApiException.fromBody(502, body);

        assertThat(refusal)
                .hasMessage("Duo answered HTTP 502"
                        + (code == null || code.isEmpty() ? "" : ", code " + code)
                        + (message == null ? ", without a message" : ": " + message));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+12025550123",
                "12025550123",
                "+1 202 555 0123",
                "(202) 555-0123",
                "+1 (202) 555-0123",
                "202.555.0123",
                "202/555/0123",
                "+1\u00ad202\u200b555\n0123",
                "\uff0b\uff11\uff12\uff10\uff12\uff15\uff15\uff15\uff10\uff11\uff12\uff13"
            })
    void phoneNumber_isMasked(String phone) {
        DuoApiException refusal = DuoApiException.fromBody(
                400,
                "{\"message\":\"for " + phone.replace("\n", "\\n") + " no\",\"message_detail\":\""
                        + phone.replace("\n", "\\n") + "\"}");

        assertThat(refusal.getMessage())
                .contains("[masked] no")
                .doesNotContain("555")
                .doesNotContain("\uff15");
        assertThat(refusal.getMessage()).doesNotContain("0123").endsWith("[masked])");
    }

    @Test
    void text_isCut_toPrintableCharacters() {
        DuoApiException refusal = DuoApiException.fromBody(
                400,
                "{\"message\":\"" + "\uD83D\uDE00".repeat(500)
                        + "\",\"message_detail\":\"a\\u001b[31m\\nb\u2028c\\ud800\"}");

        assertThat(refusal)
                .hasMessage(
                        "Duo answered HTTP 400, without a code: " == null
                                ? ""
                                : "Duo answered HTTP 400: " + "\uD83D\uDE00".repeat(200) + " (a [31m b c )");
    }

    @Test
    void phoneNumbers_areMasked_inLongTexts() {
        DuoApiException refusal =
                DuoApiException.fromBody(400, "{\"message\":\"" + "+12025550123, ".repeat(100_000) + "\"}");

        assertThat(refusal.getMessage())
                .startsWith("Duo answered HTTP 400: [masked], [masked]")
                .hasSize("Duo answered HTTP 400: ".length() + 200)
                .doesNotContain("5550");
    }
}
