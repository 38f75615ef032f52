// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {

    private static final Instant MINTIME = Instant.parse("2026-11-23T08:00:00.123Z");
    private static final Instant MAXTIME = Instant.parse("2026-11-23T09:00:00Z");
    private static final Cursor OFFSET = Cursor.after("a");

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "equal bounds,          2026-11-23T08:00:00Z,     2026-11-23T08:00:00Z,       1, 1, mintime must be before maxtime",
        "bounds the wrong way,  2026-11-23T08:00:00.001Z, 2026-11-23T08:00:00Z,       1, 1, mintime must be before maxtime",
        "mintime in micros,     2026-11-23T08:00:00.0001Z, 2026-11-23T09:00:00Z,      1, 1, must be whole milliseconds",
        "maxtime in nanos,      2026-11-23T08:00:00Z, 2026-11-23T09:00:00.000000001Z, 1, 1, must be whole milliseconds",
        "limit of none,         2026-11-23T08:00:00Z,     2026-11-23T09:00:00Z,       0, 1, limit and page",
        "page before the first, 2026-11-23T08:00:00Z,     2026-11-23T09:00:00Z,       1, 0, limit and page",
    })
    void window_isRefused(String what, Instant mintime, Instant maxtime, int limit, int page, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Window(mintime, maxtime, limit, Cursor.START, page))
                .withMessageContaining(message)
                .withMessageContaining(message.startsWith("limit") ? "0" : mintime.toString());
    }

    @Test
    void window_mayBeOneMillisecondLong() {
        assertThat(Window.unread(MINTIME, MINTIME.plusMillis(1), 1).maxtime()).isEqualTo(MINTIME.plusMillis(1));
    }

    @Test
    void unread_isAtItsStart_oldestFirst() {
        assertThat(Window.unread(MINTIME, MAXTIME, 1000))
                .isEqualTo(new Window(MINTIME, MAXTIME, 1000, Cursor.START, 1));
    }

    @Test
    void advancedTo_movesTheCursor_andCountsThePage() {
        assertThat(Window.unread(MINTIME, MAXTIME, 7).advancedTo(OFFSET))
                .isEqualTo(new Window(MINTIME, MAXTIME, 7, OFFSET, 2));
    }

    @Test
    void startingAt_keepsEverythingElse() {
        Window read = new Window(MINTIME, MAXTIME, 7, OFFSET, 5);

        assertThat(read.startingAt(MINTIME.plusSeconds(60)))
                .isEqualTo(new Window(MINTIME.plusSeconds(60), MAXTIME, 7, OFFSET, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> read.startingAt(MAXTIME));
    }

    @Test
    void finished_onlyAtTheEnd() {
        Window window = Window.unread(MINTIME, MAXTIME, 7);

        assertThat(window.finished()).isFalse();
        assertThat(window.advancedTo(OFFSET).finished()).isFalse();
        assertThat(window.advancedTo(Cursor.END).finished()).isTrue();
    }

    @Test
    void window_printsItsBounds() {
        assertThat(Window.unread(MINTIME, MAXTIME, 7)).hasToString("2026-11-23T08:00:00.123Z..2026-11-23T09:00:00Z");
    }
}
