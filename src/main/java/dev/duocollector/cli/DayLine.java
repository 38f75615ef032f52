// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A day in UTC, or several that are alike, as a line of a picture: a cell for each hour, or for a few hours where the terminal
 * is narrow.
 *
 * @param first the first day
 * @param last the last day, which may be the same
 * @param cells one for each of the 24 hours
 * @param text what the cells come to
 */
record DayLine(LocalDate first, LocalDate last, List<Cell> cells, String text) {

    /** What is said of an hour; the caller says in what sense. */
    enum Cell {
        ALL('█', '#'),
        SOME('▒', '+'),
        NONE('░', '-'),
        NOTHING('·', '.');

        private final char block;
        private final char ascii;

        Cell(char block, char ascii) {
            this.block = block;
            this.ascii = ascii;
        }

        /** Returns the one for a time of which each is said in a part. */
        static Cell of(Set<Cell> parts) {
            Set<Cell> said = EnumSet.copyOf(parts);
            said.remove(NOTHING);
            return said.isEmpty() ? NOTHING : said.size() == 1 ? said.iterator().next() : SOME;
        }

        char on(Screen screen) {
            return screen.hasBlocks() ? block : ascii;
        }
    }

    private static final int HOURS = 24;

    /** Into how many hours a cell can be widened; beyond the last, there are no cells. */
    private static final List<Integer> HOURS_A_CELL = List.of(1, 2, 3, 4, 6);

    DayLine {
        if (cells.size() != HOURS) {
            throw new IllegalArgumentException("A day has 24 cells: were " + cells.size());
        }
        cells = List.copyOf(cells);
    }

    /** Returns the days as people write them. */
    String days() {
        return first.equals(last) ? first.toString() : first + ".." + last;
    }

    /**
     * Draws the days, oldest first, and what the cells mean.
     *
     * @param meanings what each kind of cells means
     */
    static List<String> draw(List<DayLine> days, Map<Cell, String> meanings, Screen screen) {
        int label = days.stream().mapToInt(day -> day.days().length()).max().orElse(0);
        int text = days.stream().mapToInt(day -> day.text().length()).max().orElse(0);
        int room = screen.width() - label - text - 4;
        List<String> lines = new ArrayList<>();
        int hours = HOURS_A_CELL.stream()
                .filter(count -> HOURS / count <= room)
                .findFirst()
                .orElse(0);
        for (DayLine day : days) {
            lines.add(String.format(Locale.ROOT, "%-" + label + "s  ", day.days())
                    + (hours == 0 ? "" : day.bar(hours, screen) + "  ")
                    + day.text());
        }
        if (hours > 0) {
            lines.addAll(legend(hours, meanings, screen));
        }
        return lines;
    }

    private static List<String> legend(int hours, Map<Cell, String> meanings, Screen screen) {
        List<String> lines = new ArrayList<>();
        String line = hours == 1 ? "a cell an hour (UTC):" : "a cell " + hours + " hours (UTC):";
        for (Cell cell : Cell.values()) {
            String meaning = "  " + cell.on(screen) + " " + meanings.get(cell);
            if (line.length() + meaning.length() > screen.width()) {
                lines.add(line);
                line = "";
            }
            line += meaning;
        }
        lines.add(line);
        return lines;
    }

    private String bar(int hours, Screen screen) {
        StringBuilder bar = new StringBuilder();
        for (int hour = 0; hour < HOURS; hour += hours) {
            bar.append(
                    Cell.of(EnumSet.copyOf(cells.subList(hour, hour + hours))).on(screen));
        }
        return bar.toString();
    }
}
