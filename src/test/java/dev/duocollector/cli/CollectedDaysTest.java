// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.Window;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectedDaysTest {

    private static final Screen SCREEN = new Screen(68, true);
    private static final Instant NOW = Instant.parse("2026-11-23T16:43:00Z");
    private static final String LEGEND = "a cell an hour (UTC):  █ collected  ▒ partly  ░ not yet  · to come";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "as it should be | 2026-11-23T16:40:00Z | ████████████████▒·······  collected through 16:40",
                "a full hour | 2026-11-23T16:00:00Z | ████████████████░·······  collected through 16:00",
                "some hours late | 2026-11-23T09:30:00Z | █████████▒░░░░░░░·······  collected through 09:30",
                "the first of the day | 2026-11-23T00:00:00Z | ░░░░░░░░░░░░░░░░░·······  collected through 00:00"
            })
    void today_isALine(String what, Instant through, String line) {
        assertThat(CollectedDays.draw(checkpoint(through, null), NOW, SCREEN))
                .as(what)
                .containsExactly("2026-11-23  " + line, LEGEND);
    }

    @Test
    void gapOfDays_showsWhereItBegins_andWhatIsBeingRead() {
        Instant begin = Instant.parse("2026-11-20T07:50:00Z");
        Window open = Window.unread(begin, Instant.parse("2026-11-21T07:50:00Z"), 1000)
                .advancedTo(Cursor.after(begin.plusSeconds(6 * 3600).toEpochMilli() + ",5bf1"));

        assertThat(CollectedDays.draw(checkpoint(Instant.parse("2026-11-20T08:00:00Z"), open), NOW, SCREEN))
                .containsExactly(
                        "2026-11-20  ████████▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒  collected through 08:00",
                        "2026-11-21  ▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░  being read",
                        "2026-11-22  ░░░░░░░░░░░░░░░░░░░░░░░░  not yet",
                        "2026-11-23  ░░░░░░░░░░░░░░░░░·······  not yet",
                        LEGEND,
                        "being read: through 2026-11-20T13:50:00Z, 25%");
    }

    /** Half a year, the most that Duo keeps. */
    @Test
    void daysThatAreAlike_areOneLine() {
        List<String> lines = CollectedDays.draw(checkpoint(Instant.parse("2026-05-28T16:43:00Z"), null), NOW, SCREEN);

        assertThat(lines).hasSize(3 + 1).last().asString().startsWith("a cell 2 hours (UTC): ");
        assertThat(lines.get(1)).startsWith("2026-05-29..2026-11-22  ").endsWith("  not yet");
    }

    @Test
    void aStateAheadOfTheTime_isNotDrawn() {
        assertThat(CollectedDays.draw(checkpoint(NOW.plusSeconds(1), null), NOW, SCREEN))
                .isEmpty();
        assertThat(CollectedDays.draw(checkpoint(NOW, null), NOW, SCREEN)).hasSize(2);
    }

    private static Checkpoint checkpoint(Instant through, @Nullable Window window) {
        return new Checkpoint(through, through, window, null);
    }
}
