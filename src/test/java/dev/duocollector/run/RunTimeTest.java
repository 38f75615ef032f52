// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.failure.RefusedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunTimeTest {

    private static final Instant S3 = Instant.parse("2026-11-23T08:00:00Z");

    private final AtomicLong nanos = new AtomicLong(-42);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "the same,                            PT0S,       PT0S",
        "a moment behind,                     PT-0.001S,  PT-0.001S",
        "a moment ahead,                      PT0.999S,   PT0S",
        "five minutes ahead,                  PT5M,       PT0S",
        "five minutes behind,                 PT-5M,      PT-5M",
    })
    void time_isTheEarlierOfBothClocks(String clock, Duration local, Duration expected) {
        RunTime time = begin(local);

        assertThat(time.now()).isEqualTo(S3.plus(expected));
        assertThat(time.isProven()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a millisecond too far ahead,   PT5M0.001S",
        "a millisecond too far behind,  PT-5M-0.001S",
        "an hour ahead,                 PT1H",
        "an hour behind,                PT-1H",
        "200 days ahead,                P200D",
        "200 days behind,               P-200D",
        "at the epoch,                  PT-498920H",
    })
    void clocksTooFarApart_areAnOperatorsMatter_withBothTimes(String clock, Duration local) {
        assertThatThrownBy(() -> begin(local))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(S3.toString())
                .hasMessageContaining(S3.plus(local).toString())
                .hasMessageContaining("s3.clock=ignore")
                .hasMessageContaining(local.isNegative() ? "later" : "earlier");
    }

    @Test
    void withoutDate_timeIsTheLocalClocks_andNothingIsProven() {
        RunTime time =
                RunTime.begin(Optional.empty(), Clock.fixed(S3.plus(Duration.ofDays(200)), ZoneOffset.UTC), nanos::get);

        assertThat(time.now()).isEqualTo(S3.plus(Duration.ofDays(200)));
        assertThat(time.isProven()).isFalse();
    }

    /** Another collector, whose clock is right, may have opened a window that this one's clock has not reached yet. */
    @ParameterizedTest(name = "the clock is off by {0}")
    @CsvSource({"PT0S", "PT5M", "PT-5M"})
    void whatIsToCome_isS3sToSay(Duration local) {
        RunTime time = begin(local);

        assertThat(time.isToCome(S3)).isFalse();
        assertThat(time.isToCome(S3.plusMillis(1))).isTrue();
        nanos.addAndGet(1_000_000);
        assertThat(time.isToCome(S3.plusMillis(1))).isFalse();
    }

    @Test
    void time_goesOnWithTheTicker_whateverTheClockIsSetTo() {
        RunTime time = begin(Duration.ZERO);

        nanos.addAndGet(Duration.ofMinutes(90).toNanos());

        assertThat(time.now()).isEqualTo(S3.plus(Duration.ofMinutes(90)));
    }

    private RunTime begin(Duration local) {
        return RunTime.begin(Optional.of(S3), Clock.fixed(S3.plus(local), ZoneOffset.UTC), nanos::get);
    }
}
