// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeRangeTest {

    @ParameterizedTest
    @CsvSource({
        "a day, 2026-11-01, 2026-11-01T00:00:00Z, 2026-11-01T23:59:59.999Z",
        "the last of a leap year's February, 2028-02-29, 2028-02-29T00:00:00Z, 2028-02-29T23:59:59.999Z",
        "the last of a year, 2026-12-31, 2026-12-31T00:00:00Z, 2026-12-31T23:59:59.999Z",
        "a time, 2026-11-01T00:00:00Z, 2026-11-01T00:00:00Z, 2026-11-01T00:00:00Z",
        "a time with an offset, 2026-11-01T00:00:00+09:00, 2026-10-31T15:00:00Z, 2026-10-31T15:00:00Z",
        "a time finer than Duo's, 2026-11-01T08:00:00.123999Z, 2026-11-01T08:00:00.123Z, 2026-11-01T08:00:00.123Z",
    })
    void dayIsWhole_andATimeIsItself(String what, String text, Instant from, Instant to) {
        assertThat(TimeRange.parse(text)).as(what).contains(from);
        assertThat(TimeRange.parseEnd(text)).as(what).contains(to);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "now", "2026-11", "2026-02-30", "2026-11-01T00:00:00", "1 Nov 2026", "+999999999-12-31"})
    void whatIsNoTime_isNone(String text) {
        assertThat(TimeRange.parseEnd(text)).isEmpty();
    }
}
