// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.cli.DayLine.Cell;
import dev.duocollector.operate.Times;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The days from the one that a log is collected through until today, as a picture; days in a row that are alike are one. */
final class CollectedDays {

    private static final Map<Cell, String> MEANINGS =
            Map.of(Cell.ALL, "collected", Cell.SOME, "partly", Cell.NONE, "not yet", Cell.NOTHING, "to come");

    private CollectedDays() {}

    /** Draws them; nothing of a state that is ahead of the time. */
    static List<String> draw(Checkpoint known, Instant now, Screen screen) {
        List<DayLine> days = new ArrayList<>();
        Instant through = known.committedThrough();
        LocalDate today = date(now);
        for (LocalDate date = date(through); !date.isAfter(today); date = date.plusDays(1)) {
            DayLine day = day(date, known, now);
            int newest = days.size() - 1;
            if (newest >= 0
                    && days.get(newest).cells().equals(day.cells())
                    && days.get(newest).text().equals(day.text())) {
                days.set(newest, new DayLine(days.get(newest).first(), date, day.cells(), day.text()));
            } else {
                days.add(day);
            }
        }
        if (days.isEmpty() || through.isAfter(now)) {
            return List.of();
        }
        List<String> lines = new ArrayList<>(DayLine.draw(days, MEANINGS, screen));
        known.openWindow().flatMap(CollectedDays::progress).ifPresent(lines::add);
        return lines;
    }

    /** How far an open window is read, by the time that Duo's offset begins with. */
    private static Optional<String> progress(Window open) {
        double length = Duration.between(open.mintime(), open.maxtime()).toMillis();
        return Times.ofOffset(open.cursor().offset())
                .map(time -> String.format(
                        Locale.ROOT,
                        "being read: through %s, %.0f%%",
                        time,
                        100 * Duration.between(open.mintime(), time).toMillis() / length));
    }

    private static DayLine day(LocalDate date, Checkpoint known, Instant now) {
        Instant through = known.committedThrough();
        Instant start = date.atStartOfDay(ZoneOffset.UTC).toInstant();
        List<Cell> cells = new ArrayList<>();
        for (int hour = 0; hour < 24; hour++) {
            cells.add(cell(start.plus(Duration.ofHours(hour)), known, now));
        }
        String text;
        if (date.equals(date(through))) {
            text = "collected through "
                    + LocalTime.ofInstant(through, ZoneOffset.UTC).truncatedTo(ChronoUnit.MINUTES);
        } else {
            text = cells.contains(Cell.SOME) ? "being read" : "not yet";
        }
        return new DayLine(date, date, cells, text);
    }

    private static Cell cell(Instant start, Checkpoint known, Instant now) {
        Instant through = known.committedThrough();
        Optional<Instant> read = known.openWindow().map(Window::maxtime);
        if (start.isAfter(now)) {
            return Cell.NOTHING;
        }
        if (!start.plus(Duration.ofHours(1)).isAfter(through)) {
            return Cell.ALL;
        }
        return start.isBefore(through) || read.filter(start::isBefore).isPresent() ? Cell.SOME : Cell.NONE;
    }

    private static LocalDate date(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }
}
