// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.cli.DayLine.Cell;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DayLineTest {

    private static final LocalDate DAY = LocalDate.parse("2026-11-09");
    private static final Map<Cell, String> MEANINGS = Map.of(
            Cell.ALL, "all there", Cell.SOME, "some missing", Cell.NONE, "all missing", Cell.NOTHING, "no events");

    /** A letter for each hour: A all, S some, N none, blank nothing. */
    private static final String HOURS = "AAAAAAAASNNNNS  AAAAAA  ";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "blocks | 80 | true | '2026-11-09  ████████▒░░░░▒··██████··  9 of 10'",
                "ASCII | 80 | false | '2026-11-09  ########+----+..######..  9 of 10'",
                "just wide enough | 45 | false | '2026-11-09  ########+----+..######..  9 of 10'",
                "two hours a cell | 44 | false | '2026-11-09  ####+-+.###.  9 of 10'",
                "three hours a cell | 32 | false | '2026-11-09  ##+-+###  9 of 10'",
                "no room for cells | 20 | false | '2026-11-09  9 of 10'"
            })
    void day_isDrawn_inTheWidthOfTheTerminal(String what, int width, boolean blocks, String line) {
        List<String> drawn =
                DayLine.draw(List.of(day(DAY, DAY, HOURS, "9 of 10")), MEANINGS, new Screen(width, blocks));

        assertThat(drawn).as(what).first().isEqualTo(line);
        assertThat(line.length()).as(what).isLessThanOrEqualTo(width);
    }

    @Test
    void days_areBelowEachOther_withWhatTheCellsMean() {
        List<DayLine> days = List.of(
                day(DAY, DAY, HOURS, "short"), day(DAY.plusDays(1), DAY.plusDays(20), "A".repeat(24), "a longer text"));

        assertThat(DayLine.draw(days, MEANINGS, new Screen(80, true)))
                .containsExactly(
                        "2026-11-09              ████████▒░░░░▒··██████··  short",
                        "2026-11-10..2026-11-29  ████████████████████████  a longer text",
                        "a cell an hour (UTC):  █ all there  ▒ some missing  ░ all missing  · no events");
        assertThat(DayLine.draw(days, MEANINGS, new Screen(60, false)))
                .containsExactly(
                        "2026-11-09              ####+-+.###.  short",
                        "2026-11-10..2026-11-29  ############  a longer text",
                        "a cell 2 hours (UTC):  # all there  + some missing",
                        "  - all missing  . no events");
    }

    @Test
    void day_hasTwentyFourCells() {
        assertThatThrownBy(() -> day(DAY, DAY, "AA", "")).hasMessage("A day has 24 cells: were 2");
    }

    @ParameterizedTest
    @CsvSource({
        "no width, , UTF-8, 80, true",
        "no number, wide, UTF-8, 80, true",
        "nothing, 0, UTF-8, 80, true",
        "a wide one, 200, UTF-8, 200, true",
        "a narrow one, 20, UTF-8, 40, true",
        "no blocks, 80, US-ASCII, 80, false",
        "western, 80, ISO-8859-1, 80, false",
        "an unknown charset, 80, x-nothing, 80, false"
    })
    void screen_isAsTheShellSays(String what, String columns, String charset, int width, boolean blocks) {
        assertThat(Screen.of(columns, charset)).as(what).isEqualTo(new Screen(width, blocks));
    }

    private static DayLine day(LocalDate first, LocalDate last, String hours, String text) {
        List<Cell> cells = hours.chars()
                .mapToObj(hour -> switch (hour) {
                    case 'A' -> Cell.ALL;
                    case 'S' -> Cell.SOME;
                    case 'N' -> Cell.NONE;
                    default -> Cell.NOTHING;
                })
                .toList();
        return new DayLine(first, last, cells, text);
    }
}
