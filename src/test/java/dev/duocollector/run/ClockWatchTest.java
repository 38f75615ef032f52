// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When this machine's clock is said to be off, by answers that were asked for at 8 o'clock by it. */
class ClockWatchTest {

    private static final Instant ASKED = Instant.parse("2026-11-23T08:00:00.900Z");

    private final List<String> lines = new ArrayList<>();
    private final ClockWatch watch = new ClockWatch(lines::add);

    /** @param date the other clock's date, less the time of the request here */
    private void compare(Duration date, Duration took) {
        compare("api-00000001.duosecurity.com", date, took);
    }

    private void compare(String server, Duration date, Duration took) {
        watch.compare("Duo's", server, Optional.of(ASKED.plus(date)), ASKED, ASKED.plus(took));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "right,                                PT0S,    PT0.1S, ",
        "right by a date without its fraction, PT-0.9S, PT0.1S, ",
        "14 s ahead,                           PT-15S,  PT0.1S, ",
        "15 s ahead,                           PT-16S,  PT0.1S, 15 s ahead of Duo's",
        "30 s ahead,                           PT-31S,  PT0.1S, 30 s ahead of Duo's",
        "14 s behind,                          PT14S,   PT0S,   ",
        "30 s behind,                          PT30S,   PT0S,   30 s behind Duo's",
        "an hour behind,                       PT1H,    PT0S,   3600 s behind Duo's",
        "right and a minute to answer at once, PT0S,    PT1M,   ",
        "right and a minute until it answers,  PT1M,    PT1M,   ",
        "right and a minute in the middle,     PT30S,   PT1M,   ",
        "ahead and slow,                       PT-31S,  PT1M,   30 s ahead of Duo's",
        "behind and slow,                      PT90S,   PT1M,   30 s behind Duo's",
    })
    void clockThatIsOff_isToldOf_andASlowAnswerIsNone(String what, Duration date, Duration took, String line) {
        compare(date, took);

        if (line == null) {
            assertThat(lines).isEmpty();
        } else {
            assertThat(lines)
                    .singleElement()
                    .asString()
                    .startsWith("This machine's clock is at least " + line + ".")
                    .contains("NTP");
        }
    }

    @Test
    void clockThatIsOff_isToldOfOnce_andAgainAfterItWasRight_orIsOffByMore() {
        for (int i = 0; i < 3; i++) {
            compare(Duration.ofSeconds(30 + i), Duration.ZERO);
            compare("api-00000002.duosecurity.com", Duration.ofSeconds(31), Duration.ZERO);
        }
        assertThat(lines).hasSize(1);

        compare("api-00000002.duosecurity.com", Duration.ZERO, Duration.ZERO);
        compare(Duration.ofSeconds(30), Duration.ZERO);
        assertThat(lines).as("one server whose own clock is another").hasSize(1);

        compare(Duration.ofSeconds(12), Duration.ZERO);
        compare(Duration.ofSeconds(30), Duration.ZERO);
        assertThat(lines).as("hardly better").hasSize(1);

        compare(Duration.ofSeconds(60), Duration.ZERO);
        assertThat(lines).as("off by more").hasSize(2);

        compare(Duration.ZERO, Duration.ZERO);
        compare(Duration.ofSeconds(-31), Duration.ZERO);
        assertThat(lines).as("right, and off again").hasSize(3);
    }

    @Test
    void answerWithoutDate_andAClockThatWasSetMeanwhile_sayNothing() {
        watch.compare("S3's", "", Optional.empty(), ASKED, ASKED);
        watch.compare("S3's", "", Optional.of(ASKED.minusSeconds(60)), ASKED, ASKED.minusSeconds(60));
        assertThat(lines).isEmpty();
        watch.compare("S3's", "", Optional.of(ASKED.minusSeconds(60)), ASKED, ASKED);
        assertThat(lines).hasSize(1);
    }
}
