// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeClockTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    /** The database is asked at one time by this node's clock, and has answered at another, both counted from the answer. */
    @ParameterizedTest
    @CsvSource({
        "right,                          -10ms,   10ms,   0s,  false",
        "a slow answer,                  -20s,    1s,     0s,  false",
        "ahead within what is allowed,   PT5S,    PT5.1S, 5s,  false",
        "ahead,                          PT30S,   PT30S,  30s, true",
        "behind,                         PT-31S,  PT-30S, -30s, true",
        "a little behind,                PT-5S,   PT-4S,  -4s, false"
    })
    void off_isWhatTheAnswerCannotHaveTaken(String name, String before, String after, String off, boolean isOff) {
        NodeClock clock = NodeClock.of(NOW.plus(duration(before)), NOW, NOW.plus(duration(after)));

        assertThat(clock.off()).as(name).isEqualTo(duration(off));
        assertThat(clock.isOff()).as(name).isEqualTo(isOff);
    }

    /** Times by which the others were seen last, from the database's. */
    @ParameterizedTest
    @CsvSource({
        "alone,                          30s, '',           false",
        "another is right,               30s, -3s,          true",
        "another is right and I behind,  -30s, 0s,          true",
        "all are off alike,              30s, 28s,          false",
        "one of two is right,            30s, '28s -2s',    true",
        "the other is dead,              30s, -1m,          false",
        "I am right,                     4s,  -3s,          false"
    })
    void isContradicted_onlyByAnotherThatIsRight(String name, String mine, String others, boolean expected) {
        Map<String, Instant> seen = new HashMap<>();
        for (String other : others.isEmpty() ? new String[0] : others.split(" ", -1)) {
            seen.put("node" + seen.size(), NOW.plus(duration(other)));
        }

        assertThat(new NodeClock(duration(mine), NOW).isContradicted(seen))
                .as(name)
                .isEqualTo(expected);
    }

    private static Duration duration(String text) {
        boolean isNegative = text.startsWith("-");
        String number = isNegative ? text.substring(1) : text;
        Duration read = Duration.parse(
                number.startsWith("PT")
                        ? number
                        : number.endsWith("ms")
                                ? "PT0."
                                        + String.format(Locale.ROOT, "%03d", Integer.parseInt(number.replace("ms", "")))
                                        + "S"
                                : "PT" + number);
        return isNegative ? read.negated() : read;
    }
}
