// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeTest {

    @ParameterizedTest
    @CsvSource({
        "2023-03-21T22:34:49.466370+00:00, 2023-03-21T22:34:49.466370Z",
        "2023-03-21T22:34:49.466370Z,      2023-03-21T22:34:49.466370Z",
        "2023-03-21T22:34:49+0000,         2023-03-21T22:34:49Z",
        "2023-03-21T22:34:49.1+05:45,      2023-03-21T16:49:49.100Z",
        "2023-03-21T22:34:49.123456789Z,   2023-03-21T22:34:49.123456789Z",
        "2023-03-21T22:34:49-1200,         2023-03-22T10:34:49Z",
        "2023-03-21T22:34:49-00:30,        2023-03-21T23:04:49Z",
        "2023-03-21T22:34:49+18:00,        2023-03-21T04:34:49Z",
        "2024-02-29T23:59:59Z,             2024-02-29T23:59:59Z",
        "0000-01-01T00:00:00Z,             0000-01-01T00:00:00Z",
        "1969-12-31T23:59:59.5Z,           1969-12-31T23:59:59.500Z",
    })
    void readsInstant_withAllItsDigits(String text, Instant instant) {
        assertThat(EventTime.parse(text)).contains(instant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "2023-03-21",
                "2023-03-21T22:34:49",
                "2023-03-21T22:34:49.466370",
                "2023-03-21T22:34Z",
                "2023-03-21 22:34:49Z",
                "2023-03-21T22:34:49.Z",
                "2023-03-21T22:34:49.1234567890Z",
                "2023-03-21T22:34:49,5Z",
                "2023-03-21T22:34:49+00",
                "2023-03-21T22:34:49+18:01",
                "2023-03-21T22:34:49+19:00",
                "2023-03-21T22:34:49+00:60",
                "2023-03-21T22:34:49+0:00",
                "2023-03-21T22:34:49+00.00",
                "2023-03-21T22:34:49 00:00",
                "2023-03-21T22:34:49ZZ",
                "2023-03-21T22:34:49z",
                "2023-02-29T22:34:49Z",
                "2023-13-01T22:34:49Z",
                "2023-00-01T22:34:49Z",
                "2023-03-32T22:34:49Z",
                "2023-03-21T24:00:00Z",
                "2023-03-21T22:60:00Z",
                "2023-03-21T23:59:60Z",
                "-023-03-21T22:34:49Z",
                "2023-+3-21T22:34:49Z",
                "\u0662\u0660\u0662\u0663-03-21T22:34:49Z",
                "1584718692",
                "Tue, 21 Mar 2023 22:34:49 +0000",
            })
    void givesNothing_forAnyOtherText(String text) {
        assertThat(EventTime.parse(text)).isEmpty();
    }
}
