// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.duocollector.cli.DayLine.Cell;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.text.Count;
import dev.duocollector.verify.Comparison.Result;
import dev.duocollector.verify.Coverage;
import dev.duocollector.verify.Coverage.Hole;
import dev.duocollector.verify.Coverage.Hour;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a comparison found, day by day, and where the holes are. Days in a row of which nothing is missing are one.
 *
 * @param days oldest first
 * @param holes oldest first
 */
record VerifiedDays(List<Day> days, List<Hole> holes) {

    private static final Map<Cell, String> MEANINGS = Map.of(
            Cell.ALL, "all there", Cell.SOME, "some missing", Cell.NONE, "all missing", Cell.NOTHING, "no events");

    /** A damaged bucket may have a hole every other hour; the counts of the days have all of them. */
    private static final int HOLES_MAX = 20;

    /** Some days. */
    record Day(LocalDate first, LocalDate last, List<Cell> cells, long events, long missing) {

        String text() {
            if (events == 0) {
                return "no events";
            }
            return missing == 0
                    ? Count.grouped(events, "event") + ", none missing"
                    : String.format(
                            Locale.ROOT, "%,d of %,d missing (%.1f%%)", missing, events, 100.0 * missing / events);
        }

        DayLine line() {
            return new DayLine(first, last, cells, text());
        }

        /** Returns this day and the next one as one. */
        Day with(Day next) {
            List<Cell> both = IntStream.range(0, cells.size())
                    .mapToObj(hour -> Cell.of(EnumSet.of(cells.get(hour), next.cells.get(hour))))
                    .toList();
            return new Day(first, next.last, both, events + next.events, missing + next.missing);
        }
    }

    static VerifiedDays of(Result result) {
        Map<Instant, Hour> hours = new HashMap<>();
        result.hours().forEach(hour -> hours.put(hour.start(), hour));
        List<Day> days = new ArrayList<>();
        TimeRange range = result.range();
        LocalDate end = LocalDate.ofInstant(range.to(), ZoneOffset.UTC);
        for (LocalDate date = LocalDate.ofInstant(range.from(), ZoneOffset.UTC);
                !date.isAfter(end);
                date = date.plusDays(1)) {
            Day day = day(date, hours);
            int newest = days.size() - 1;
            if (day.missing() == 0 && newest >= 0 && days.get(newest).missing() == 0) {
                days.set(newest, days.get(newest).with(day));
            } else {
                days.add(day);
            }
        }
        return new VerifiedDays(days, Coverage.holes(result.hours()));
    }

    private static Day day(LocalDate date, Map<Instant, Hour> hours) {
        Instant start = date.atStartOfDay(ZoneOffset.UTC).toInstant();
        List<Optional<Hour>> ofDay = IntStream.range(0, 24)
                .mapToObj(hour -> Optional.ofNullable(hours.get(start.plus(Duration.ofHours(hour)))))
                .toList();
        return new Day(
                date,
                date,
                ofDay.stream()
                        .map(hour -> hour.map(VerifiedDays::cell).orElse(Cell.NOTHING))
                        .toList(),
                ofDay.stream()
                        .mapToLong(hour -> hour.map(Hour::events).orElse(0L))
                        .sum(),
                ofDay.stream()
                        .mapToLong(hour -> hour.map(Hour::missing).orElse(0L))
                        .sum());
    }

    private static Cell cell(Hour hour) {
        if (hour.missing() == 0) {
            return Cell.ALL;
        }
        return hour.missing() < hour.events() ? Cell.SOME : Cell.NONE;
    }

    /**
     * Says it in lines: the days, drawn where there is a terminal, and each hole with what stores it.
     *
     * @param options which stream the commands are to name, with a space in front, or empty
     */
    List<String> lines(Optional<Screen> screen, String options) {
        List<String> lines = new ArrayList<>();
        screen.map(drawn -> DayLine.draw(
                        days.stream().map(Day::line).toList(),
                        MEANINGS,
                        new Screen(drawn.width() - 2, drawn.hasBlocks())))
                .orElseGet(() -> days.stream()
                        .map(Day::line)
                        .map(day -> day.days() + ": " + day.text())
                        .toList())
                .forEach(line -> lines.add("  " + line));
        for (Hole hole : holes.subList(0, Math.min(HOLES_MAX, holes.size()))) {
            lines.add(String.format(
                    Locale.ROOT,
                    "hole: %s..%s: %,d of %,d events missing. To store them: backfill%s --from %s --to %s",
                    hole.from(),
                    hole.to(),
                    hole.missing(),
                    hole.events(),
                    options,
                    hole.from().truncatedTo(ChronoUnit.MINUTES),
                    hole.to().truncatedTo(ChronoUnit.MINUTES).plus(Duration.ofMinutes(1))));
        }
        if (holes.size() > HOLES_MAX) {
            lines.add(String.format(Locale.ROOT, "hole: and %,d more", holes.size() - HOLES_MAX));
        }
        return lines;
    }

    void json(ObjectNode root) {
        ArrayNode rows = root.putArray("days");
        days.forEach(day -> rows.addObject()
                .put("from", day.first().toString())
                .put("to", day.last().toString())
                .put("events", day.events())
                .put("missing", day.missing()));
        ArrayNode found = root.putArray("holes");
        holes.subList(0, Math.min(HOLES_MAX, holes.size()))
                .forEach(hole -> found.addObject()
                        .put("from", hole.from().toString())
                        .put("to", hole.to().toString())
                        .put("events", hole.events())
                        .put("missing", hole.missing()));
    }
}
