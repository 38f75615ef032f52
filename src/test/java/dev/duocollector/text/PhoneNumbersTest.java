// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PhoneNumbersTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "E.164                          | to +12025550123 failed                    | to [masked] failed",
                "two                            | +12025550123,+12025550142                 | [masked],[masked]",
                "at the end of a sentence       | no user has +12025550123.                 | no user has [masked].",
                "British                        | +44 20 7946 0958                          | [masked]",
                "German, with the zero          | +49 (0)30 123456                          | [masked]",
                "short country                  | +290 22222                                | [masked]",
                "dots                           | +1.202.555.0123                           | [masked]",
                "tel URI                        | tel:+1-202-555-0123                       | tel:[masked]",
                "in JSON                        | {\"phone\":\"+12025550123\"}              | {\"phone\":\"[masked]\"}",
                "in a query                     | ?to=%2B12025550123&a=1                    | ?to=[masked]&a=1",
                "glued to a word                | call+12025550123                          | call[masked]",
                "in an object key               | s3://b/calls/+12025550123.ndjson          | s3://b/calls/[masked].ndjson",
                "in an ARN                      | arn:aws:s3:::b/+12025550123               | arn:aws:s3:::b/[masked]",
                "area in parentheses            | (202) 555-0123                            | [masked]",
                "area in parentheses, no blank  | (202)555-0123                             | [masked]",
                "with the country               | 1 (202) 555-0123                          | [masked]",
                "with an extension              | 202-555-0123 x45                          | [masked]",
                "hyphens                        | call 202-555-0123 now                     | call [masked] now",
                "dots alone                     | 202.555.0123                              | [masked]",
                "blanks                         | 202 555 0123                              | [masked]",
                "strokes                        | 202/555/0123                              | [masked]",
                "trunk zero                     | 020 7946 0958                             | [masked]",
                "trunk zero, a stroke           | 030/1234567                               | [masked]",
                "trunk zero in parentheses      | (030) 1234567                             | [masked]",
                "two zeros                      | 0049 30 1234567                           | [masked]",
                "Japanese, hyphens              | 81-90-1234-5678                           | [masked]",
                "bare, with the country         | for 12025550123 no                        | for [masked] no",
                "bare                           | for 2025550123 no                         | for [masked] no",
                "bare, behind an equals sign    | phone=2025550123                          | phone=[masked]",
                "bare, trunk zero               | 02079460958                               | [masked]",
                "bare, Chinese                  | 13912345678                               | [masked]",
                "mail to a phone                | 2025550123@example.net                    | [masked]@example.net",
                "seven digits, with the word    | Invalid phone number 555-0123             | Invalid phone number [masked]",
                "seven digits, as a field       | \"phone\": \"5550123\"                    | \"phone\": \"[masked]\"",
                "full width                     | \uff0b\uff11\uff12\uff10\uff12\uff15\uff15\uff15\uff10\uff11\uff12\uff13 no | [masked] no",
                "Arabic digits                  | \u0661\u0662\u0660\u0662\u0665\u0665\u0665\u0660\u0661\u0662\u0663       | [masked]",
                "hyphens that do not break      | 202\u2011555\u20110123                    | [masked]",
                "a zero width space within      | +1202\u200b5550123                        | [masked]",
                "beside an address              | 127.0.0.1 +12025550123 127.0.0.1          | 127.0.0.1 [masked] 127.0.0.1",
                "groups beside an address       | +1 202 555 0123 127.0.0.1                  | [masked] 127.0.0.1",
                "beside a time                  | 2026-11-23T08:15:00Z +12025550123         | 2026-11-23T08:15:00Z [masked]",
                "beside a time of the clock     | 08:15:00 2025550123                       | 08:15:00 [masked]",
                "beside a count                 | 12345678 bytes of 2025550123              | 12345678 bytes of [masked]",
                "as the last of a list          | [200, 404, 2025550123]                    | [200, 404, [masked]]",
            })
    void phoneNumber_isMasked(String name, String text, String expected) {
        assertThat(PhoneNumbers.masked(text)).as(name).isEqualTo(expected);
    }

    static Stream<String> others() {
        return Stream.of(
                // Addresses and ports.
                "Connect to http://127.100.100.100:1 failed: Connection refused",
                "Connect to http://127.100.100.100:1 [/127.100.100.100] failed: Connection refused",
                "Connect to https://s3.eu-central-1.amazonaws.com:443 [s3.eu-central-1.amazonaws.com/52.219.170.206] failed",
                "192.168.100.200:65535, 10.0.0.1:8080, 255.255.255.255/32",
                "10.100.100.100 10.100.100.101 10.100.100.102",
                "fe80::1 2001:db8:0:0:1:0:0:1 [2001:0db8:1234:5678:9012:3456:7890:1234]:8443",
                "::ffff:127.100.100.100",
                "ports 8080 8443 9090",
                "ports 443 8080 8443 9090",
                "host api-12345678.duosecurity.com, api-1a2b3c4d.duosecurity.com",
                "123456789012.dkr.ecr.us-east-1.amazonaws.com/collector",
                // Dates and times.
                "Window 2026-11-22T16:42:36.057Z..2026-11-23T16:40:36.057Z: 4 pages",
                "2026-11-23T17:15:00+09:00, 2026-11-23 17:15:00 +0900, 20261123T081500.123Z, 20261123081500",
                "2026-11-23 2026-11-24 2026-11-25",
                "+999999999-12-31T23:59:59Z, -0001-01-01T00:00:00Z",
                "Mon, 23 Nov 2026 09:00:42 GMT",
                "Mon Nov 23 17:15:00 +0900 2026",
                "23/Nov/2026:08:15:00 +0000",
                "23.11.2026 08:15, 23-11-2026, 11/23/2026, 2026/11/23, 20261123",
                "08:15:00.123456 UTC",
                "1763885700, 1763885700123, 1763885700123456, 1763885700.123",
                "mintime=1763885700000 maxtime=1763885760000",
                // AWS.
                "User: arn:aws:iam::123456789012:user/deploy is not authorized to perform: s3:GetObject on"
                        + " arn:aws:s3:::logs/duo/2025550123.json",
                "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012",
                "account 123456789012, Account ID: 123456789012",
                "(Service: S3, Status Code: 403, Request ID: 4442587FB7D0A2F9, Extended Request ID: a+12b34c5678901d/ef=)",
                // Keys, names and ids.
                "s3://logs/duo-telephony/telephony_20261123T081500.123Z_00001_0123456789ab.ndjson.gz",
                "duo-telephony/telephony_20261123T081500.123Z_00001_012345678901.ndjson",
                "exports/2025550123/part-00001.ndjson",
                "exports/2025550123.ndjson",
                "job-2025550123-1, run_2025550123, v2025550123, a-12025550123",
                "12345678-1234-1234-1234-123456789012",
                "ETag d41d8cd98f00b204e9800998ecf8427e, 0123456789abcdef0123456789abcdef",
                "12345678901234567890",
                "RequestId 00000012345",
                // Counts.
                "larger than 67108864 bytes, 10737418240 bytes, 2345678901 B, 3221225472 ms",
                "Premature end of Content-Length delimited message body (expected: 10485760; received: 2345678901)",
                "size=2345678901, limit 2345678901, total: 2345678901",
                "565 1000 12345 events, 12,345,678,901 lines, 62%, 0.123456789, 4.18.0",
                "HTTP 429, code 42901; exit 143; retry 3 of 10, giving up in 597.3 s",
                "0 0 0 30 2 ?",
                "(404) 12345",
                "line 12345, column 1234567");
    }

    @ParameterizedTest
    @MethodSource("others")
    void everythingElse_isLeft(String text) {
        assertThat(PhoneNumbers.masked(text)).isEqualTo(text);
        assertThat(PhoneNumbers.masked(text + " +12025550123"))
                .as("beside a number")
                .isEqualTo(text + " [masked]");
    }

    @Test
    void longTexts_takeNoTime() {
        String digits = "1".repeat(200_000);
        String gaps = "1 (".repeat(100_000);

        assertThat(PhoneNumbers.masked(digits)).isEqualTo(digits);
        assertThat(PhoneNumbers.masked(gaps)).contains("1 (");
        assertThat(PhoneNumbers.masked("+12025550123 ".repeat(50_000))).doesNotContain("2025");
        assertThat(PhoneNumbers.masked("arn:aws:" + "a:".repeat(100_000))).hasSizeGreaterThan(100_000);
    }
}
