// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.verify.Comparison.Result;
import dev.duocollector.verify.Coverage.Hour;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifiedDaysTest {

    /** A hole over a midnight, another one of one event, and days without any. */
    private static final List<Hour> HOURS = List.of(
            hour("2026-11-02T08", 100, 0),
            hour("2026-11-03T22", 50, 20),
            hour("2026-11-03T23", 10, 10),
            hour("2026-11-04T03", 5, 5),
            hour("2026-11-04T04", 1_000, 0),
            hour("2026-11-04T09", 60, 1),
            hour("2026-11-06T00", 1_000, 0),
            hour("2026-11-07T23", 1, 0));

    @Test
    void days_areInWords_whereThereIsNoTerminal() {
        assertThat(days("2026-11-01", "2026-11-07", HOURS).lines(Optional.empty(), ""))
                .containsExactly(
                        "  2026-11-01..2026-11-02: 100 events, none missing",
                        "  2026-11-03: 30 of 60 missing (50.0%)",
                        "  2026-11-04: 6 of 1,065 missing (0.6%)",
                        "  2026-11-05..2026-11-07: 1,001 events, none missing",
                        "hole: 2026-11-03T22:10:30Z..2026-11-04T03:50:30Z: 35 of 65 events missing. To store them: backfill"
                                + " --from 2026-11-03T22:10:00Z --to 2026-11-04T03:51:00Z",
                        "hole: 2026-11-04T09:10:30Z..2026-11-04T09:50:30Z: 1 of 60 events missing. To store them: backfill"
                                + " --from 2026-11-04T09:10:00Z --to 2026-11-04T09:51:00Z");
    }

    @Test
    void days_areDrawn_onATerminal() {
        List<String> lines =
                days("2026-11-01", "2026-11-07", HOURS).lines(Optional.of(new Screen(80, true)), " --log activity");

        assertThat(lines)
                .startsWith(
                        "  2026-11-01..2026-11-02  ········█···············  100 events, none missing",
                        "  2026-11-03              ······················▒░  30 of 60 missing (50.0%)",
                        "  2026-11-04              ···░█····▒··············  6 of 1,065 missing (0.6%)",
                        "  2026-11-05..2026-11-07  █······················█  1,001 events, none missing",
                        "  a cell an hour (UTC):  █ all there  ▒ some missing  ░ all missing  · no events")
                .allMatch(line -> line.startsWith("hole: ") || line.length() <= 80);
        assertThat(lines.get(5)).startsWith("hole: ").contains(": backfill --log activity --from ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no event at all | 0 | 0 | 2026-11-02: no events",
                "nothing missing | 3 | 0 | 2026-11-02: 3 events, none missing",
                "everything missing | 3 | 3 | 2026-11-02: 3 of 3 missing (100.0%)"
            })
    void day_isSaidInWords(String what, long events, long missing, String words) {
        List<Hour> hours = events == 0 ? List.of() : List.of(hour("2026-11-02T08", events, missing));

        assertThat(days("2026-11-02", "2026-11-02", hours).lines(Optional.empty(), ""))
                .as(what)
                .first()
                .isEqualTo("  " + words);
    }

    /** A year, with a hole on every second day: a line a day, and no more holes than a person reads. */
    @Test
    void lines_areBounded() {
        List<Hour> hours = new ArrayList<>();
        for (int day = 0; day < 365; day++) {
            hours.add(hour(Instant.parse("2026-01-01T08:00:00Z").plusSeconds(day * 86_400L), 2, day % 2));
        }

        List<String> lines = days("2026-01-01", "2026-12-31", hours).lines(Optional.empty(), "");

        assertThat(lines).hasSize(365 + 21).last().isEqualTo("hole: and 162 more");
    }

    @Test
    void days_areInTheJson() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        days("2026-11-04", "2026-11-05", HOURS.subList(4, 6)).json(root);

        assertThat(root)
                .hasToString("{\"days\":[{\"from\":\"2026-11-04\",\"to\":\"2026-11-04\",\"events\":1060,\"missing\":1},"
                        + "{\"from\":\"2026-11-05\",\"to\":\"2026-11-05\",\"events\":0,\"missing\":0}],"
                        + "\"holes\":[{\"from\":\"2026-11-04T09:10:30Z\",\"to\":\"2026-11-04T09:50:30Z\",\"events\":60,"
                        + "\"missing\":1}]}");
    }

    private static VerifiedDays days(String from, String to, List<Hour> hours) {
        TimeRange range = new TimeRange(
                TimeRange.parse(from).orElseThrow(), TimeRange.parseEnd(to).orElseThrow(), true);
        return VerifiedDays.of(new Result(range, 0, 0, 0, 0, Map.of(), List.of(), hours));
    }

    private static Hour hour(String hour, long events, long missing) {
        return hour(Instant.parse(hour + ":00:00Z"), events, missing);
    }

    private static Hour hour(Instant start, long events, long missing) {
        return missing == 0
                ? new Hour(start, events, 0, null, null)
                : new Hour(start, events, missing, start.plusSeconds(630), start.plusSeconds(3_030));
    }
}
