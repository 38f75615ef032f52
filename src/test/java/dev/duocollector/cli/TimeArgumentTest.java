// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeArgumentTest {

    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T07:15:00Z,             2026-11-23T07:15:00Z",
        "2026-11-23T07:15:00.123456Z,      2026-11-23T07:15:00.123456Z",
        "2026-11-23T16:15:00+09:00,        2026-11-23T07:15:00Z",
        "2026-11-23T07:15Z,                2026-11-23T07:15:00Z",
        "now,                              2026-11-23T08:00:00Z",
        "now-3d,                           2026-11-20T08:00:00Z",
        "now-PT90S,                        2026-11-23T07:58:30Z",
        "now-0,                            2026-11-23T08:00:00Z"
    })
    void aTime_isRead(String text, Instant time) {
        assertThat(TimeArgument.parse(text, NOW)).contains(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-11-23",
                "2026-11-23T07:15:00",
                "2026-02-30T00:00:00Z",
                "now-",
                "now+1h",
                "now-1w",
                "now-PT-1H",
                "1763885700"
            })
    void anyOtherText_isNoTime(String text) {
        assertThat(TimeArgument.parse(text, NOW)).isEmpty();
    }
}
