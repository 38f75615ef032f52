// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.verify.Coverage.Hole;
import dev.duocollector.verify.Coverage.Hour;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoverageTest {

    @Test
    void hour_hasItsEvents_andTheFirstAndLastThatIsMissing() {
        Coverage coverage = new Coverage();
        for (String time : List.of("09:59:59.999", "10:00:00", "10:20:00", "10:59:59.999", "10:40:00")) {
            coverage.shown(at(time));
        }
        coverage.missing(at("10:40:00"));
        coverage.missing(at("10:20:00"));

        assertThat(coverage.hours())
                .containsExactly(
                        new Hour(at("09:00:00"), 1, 0, null, null),
                        new Hour(at("10:00:00"), 4, 2, at("10:20:00"), at("10:40:00")));
    }

    /** In each text, "08:15+" is an event that is there, and "08:15-" one that is missing. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "none | 08:15+ 09:15+ | ''",
                "one event | 08:15+ 09:15- 10:15+ | 09:15..09:15 1/1",
                "an hour with both | 08:15- 08:30+ 08:45- | 08:15..08:45 2/3",
                "hours in a row | 08:15- 09:15- 10:15- | 08:15..10:15 3/3",
                "over hours without events | 08:15- 20:15- | 08:15..20:15 2/2",
                "two, with an hour that is there between | 08:15- 09:15+ 10:15- | 08:15..08:15 1/1,10:15..10:15 1/1"
            })
    void holes_areHoursInARow_thatAllMissSome(String what, String events, String holes) {
        Coverage coverage = new Coverage();
        for (String event : events.split(" ", -1)) {
            Instant time = at(event.substring(0, 5) + ":00");
            coverage.shown(time);
            if (event.endsWith("-")) {
                coverage.missing(time);
            }
        }

        assertThat(Coverage.holes(coverage.hours()).stream().map(CoverageTest::text))
                .as(what)
                .containsExactlyElementsOf(Stream.of(holes.split(",", -1))
                        .filter(hole -> !hole.isEmpty())
                        .toList());
    }

    private static String text(Hole hole) {
        return hole.from().toString().substring(11, 16) + ".."
                + hole.to().toString().substring(11, 16) + " " + hole.missing() + "/" + hole.events();
    }

    private static Instant at(String time) {
        return Instant.parse("2026-11-09T" + time + "Z");
    }
}
