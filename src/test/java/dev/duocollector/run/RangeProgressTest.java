// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.state.Cursor;
import dev.duocollector.state.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is logged of the way through a window, where nobody is at a terminal. */
class RangeProgressTest {

    private static final Instant MINTIME = Instant.parse("2026-11-23T00:00:00Z");

    private final Run run = new Run(TestStream.with());
    private final CapturedLines lines = CapturedLines.of(RangeProgress.class);

    @BeforeEach
    void open() {
        run.read(Window.unread(MINTIME, MINTIME.plus(Duration.ofHours(10)), 1000));
    }

    @AfterEach
    void close() {
        lines.close();
    }

    @ParameterizedTest
    @CsvSource({"run, false, 2, Still reading", "fixed range, true, 24, % read"})
    void isToldOnceInAWhile(String what, boolean fixed, int count, String expected) {
        RangeProgress progress = new RangeProgress(fixed);
        for (int minute = 0; minute < 25; minute++) {
            run.pageRead(Cursor.after("a" + minute), true, 0);
            run.reading().reached(MINTIME.plus(Duration.ofMinutes(10L * minute)));
            progress.report(run, Duration.ofMinutes(minute).toNanos());
        }

        List<String> told = lines.taken();
        assertThat(told).as(what).hasSize(count).allMatch(line -> line.contains(expected));
        assertThat(told.get(0)).contains(fixed ? "at 2026-11-23T00:10:00Z" : "now at 2026-11-23T01:40:00Z");
    }
}
