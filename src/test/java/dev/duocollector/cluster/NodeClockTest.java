// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
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

    @ParameterizedTest
    @CsvSource({
        "alone,                          30s,  '',       false",
        "another is right,               30s,  -3s,      true",
        "another is right and I behind,  -30s, 0s,       true",
        "all are off alike,              30s,  28s,      false",
        "one of two is right,            30s,  '28s 2s', true",
        "another is off the other way,   30s,  -30s,     false",
        "I am right,                     4s,   -3s,      false"
    })
    void isContradicted_onlyByAnotherThatIsRight(String name, String mine, String others, boolean expected) {
        List<Duration> clocks = Pattern.compile(" ")
                .splitAsStream(others)
                .filter(other -> !other.isEmpty())
                .map(NodeClockTest::duration)
                .toList();

        assertThat(new NodeClock(duration(mine)).isContradicted(clocks))
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
