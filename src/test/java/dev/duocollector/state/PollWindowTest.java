// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.settings.LogSettings;
import dev.duocollector.state.PollWindow.Gap;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollWindowTest {

    private static final Instant NOW = Instant.parse("2026-11-23T09:00:00.123456789Z");
    private static final Duration LAG = Duration.ofMinutes(2);
    private static final Duration OVERLAP = Duration.ofMinutes(10);
    private static final Duration LOOKBACK = Duration.ofHours(24);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "first run,                       PT24H,     2026-11-22T09:00:00.123Z, 2026-11-23T08:57:50.123Z",
        "first run with a short lookback, PT3M,      2026-11-23T08:57:00.123Z, 2026-11-23T08:57:50.123Z",
        "first run with 179 days,         P179D,     2026-05-28T09:00:00.123Z, 2026-11-23T08:57:50.123Z",
        "first run with 180 days,         P180D,     2026-05-27T10:00:00.124Z, 2026-11-23T08:57:50.123Z",
    })
    void firstWindow(String what, Duration lookback, Instant mintime, Instant maxtime) {
        PollWindow rule = new PollWindow(LAG, OVERLAP, lookback, LogSettings.RETENTION, 500);

        assertThat(rule.first(NOW, Optional.empty()))
                .contains(new PollWindow.Next(Window.unread(mintime, maxtime, 500), Optional.empty()));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "long before the lookback,    2026-11-01T00:00:00Z,     2026-11-22T09:00:00.123Z",
        "just before the lookback,    2026-11-22T09:00:00.122Z, 2026-11-22T09:00:00.123Z",
        "in the middle,               2026-11-23T03:00:00.001Z, 2026-11-23T03:00:00.001Z",
        "a second before the end,     2026-11-23T08:57:49.123Z, 2026-11-23T08:57:49.123Z",
        "less than that,              2026-11-23T08:57:49.124Z,",
        "at the end,                  2026-11-23T08:57:50.123Z,",
        "behind it,                   2026-11-24T00:00:00Z,",
    })
    void firstWindow_keepsAwayFromWhatABackfillHasRead(String what, Instant notBefore, @Nullable Instant mintime) {
        Optional<PollWindow.Next> first = rule(LAG, OVERLAP).first(NOW, Optional.of(notBefore));

        assertThat(first.map(next -> next.window().mintime())).isEqualTo(Optional.ofNullable(mintime));
    }

    /** Now is 09:00:00.123 on 23 November; the retention then begins at 10:00:00.124 on 27 May. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "an hour later,                        PT2M, PT10M, 2026-11-23T08:00:00Z,     2026-11-23T00:00:00Z,     2026-11-23T07:50:00Z",
        "a day later,                          PT2M, PT10M, 2026-11-22T08:00:00Z,     2026-11-22T00:00:00Z,     2026-11-22T07:50:00Z",
        "exactly a second more,                PT2M, PT10M, 2026-11-23T08:57:49.123Z, 2026-11-23T00:00:00Z,     2026-11-23T08:47:49.123Z",
        "keys not complete for an overlap,     PT2M, PT10M, 2026-11-23T08:00:00Z,     2026-11-23T07:55:00Z,     2026-11-23T07:55:00Z",
        "keys complete from what is committed, PT2M, PT10M, 2026-11-23T08:00:00Z,     2026-11-23T08:00:00Z,     2026-11-23T08:00:00Z",
        "raised overlap,                       PT2M, PT24H, 2026-11-23T08:00:00Z,     2026-11-23T07:50:00Z,     2026-11-23T07:50:00Z",
        "raised overlap with keys for it,      PT2M, PT24H, 2026-11-23T08:00:00Z,     2026-11-20T00:00:00Z,     2026-11-22T08:00:00Z",
        "lowered overlap,                      PT2M, PT1M,  2026-11-23T08:00:00Z,     2026-11-23T07:50:00Z,     2026-11-23T07:59:00Z",
        "raised lag,                           PT1H, PT10M, 2026-11-23T07:00:00Z,     2026-11-23T00:00:00Z,     2026-11-23T06:50:00Z",
        "overlap at the retention's edge,      PT2M, PT10M, 2026-05-27T10:10:00.124Z, 2026-01-01T00:00:00Z,     2026-05-27T10:00:00.124Z",
        "overlap beyond the retention's edge,  PT2M, PT10M, 2026-05-27T10:05:00Z,     2026-01-01T00:00:00Z,     2026-05-27T10:00:00.124Z",
        "committed at the retention's edge,    PT2M, PT10M, 2026-05-27T10:00:00.124Z, 2026-01-01T00:00:00Z,     2026-05-27T10:00:00.124Z",
    })
    void nextWindow(String what, Duration lag, Duration overlap, Instant committed, Instant keysFrom, Instant mintime) {
        PollWindow.Next next = rule(lag, overlap)
                .next(new Checkpoint(committed, keysFrom, null, null), NOW)
                .orElseThrow();

        Instant maxtime = Instant.parse("2026-11-23T08:59:50.123Z").minus(lag);
        assertThat(next.window()).isEqualTo(Window.unread(mintime, maxtime, 1000));
        assertThat(next.gap()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "less than a second more, PT2M, 2026-11-23T08:57:49.124Z, 2026-11-23T09:00:00.123456789Z",
        "nothing more,            PT2M, 2026-11-23T08:57:50.123Z, 2026-11-23T09:00:00.123456789Z",
        "clock set back,          PT2M, 2026-11-23T08:58:00.123Z, 2026-11-23T07:00:00Z",
        "lag raised,              PT1H, 2026-11-23T08:58:00.123Z, 2026-11-23T09:00:00.123456789Z",
        "another host was faster, PT2M, 2026-11-23T09:03:00Z,     2026-11-23T09:00:00.123456789Z",
    })
    void noWindow_soThatWhatIsCommittedNeverStepsBack(String what, Duration lag, Instant committed, Instant now) {
        assertThat(rule(lag, OVERLAP).next(checkpoint(committed), now)).isEmpty();
        assertThat(rule(lag, OVERLAP).next(checkpoint(committed.minus(Duration.ofHours(4))), now))
                .as("the rule itself works")
                .isPresent();
    }

    @Test
    void gap_isTold_whenDuoHasDroppedWhatWasNotCollected() {
        Instant oldest = Instant.parse("2026-05-27T10:00:00.124Z");
        Instant committed = oldest.minusMillis(1);

        PollWindow.Next next =
                rule(LAG, OVERLAP).next(checkpoint(committed), NOW).orElseThrow();

        assertThat(next.window().mintime()).isEqualTo(oldest);
        assertThat(next.gap()).contains(new Gap(committed, oldest));
        assertThat(next.gap().orElseThrow()).hasToString("2026-05-27T10:00:00.123Z..2026-05-27T10:00:00.124Z");
    }

    @Test
    void window_isTheSame_whateverTheZoneOfWhoeverSaysNow() {
        Instant elsewhere =
                OffsetDateTime.parse("2026-11-23T14:45:00.123456789+05:45").toInstant();

        assertThat(rule(LAG, OVERLAP).first(elsewhere, Optional.empty()))
                .isEqualTo(rule(LAG, OVERLAP).first(NOW, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T09:00:00Z,           2026-05-27T10:00:00.001Z",
        "2026-11-23T09:00:00.000999999Z, 2026-05-27T10:00:00.001Z",
        "2026-11-23T09:00:00.001Z,       2026-05-27T10:00:00.002Z",
    })
    void oldest_neverLiesBeforeTheRetention(Instant now, Instant oldest) {
        assertThat(rule(LAG, OVERLAP).oldest(now)).isEqualTo(oldest).isAfter(now.minus(LogSettings.RETENTION));
    }

    /** Half an hour of grace, so that a mintime raised once is good for a while. */
    @ParameterizedTest(name = "{0} before the oldest")
    @CsvSource({"PT-1H, false", "PT0S, false", "PT30M, false", "PT30M0.001S, true", "PT24H, true"})
    void isTooOld_belowTheGrace(Duration before, boolean tooOld) {
        PollWindow rule = rule(LAG, OVERLAP);

        assertThat(rule.isTooOld(rule.oldest(NOW).minus(before), NOW)).isEqualTo(tooOld);
    }

    @Test
    void raisedMintime_isGoodForAWhile() {
        PollWindow rule = rule(LAG, OVERLAP);
        Instant raised = rule.oldest(NOW);

        assertThat(rule.isTooOld(raised, NOW.plus(Duration.ofMinutes(30)))).isFalse();
        assertThat(raised)
                .as("when it is raised again, Duo still answers it")
                .isAfter(NOW.plus(Duration.ofMinutes(31)).minus(Duration.ofDays(180)));
    }

    private static PollWindow rule(Duration lag, Duration overlap) {
        return new PollWindow(lag, overlap, LOOKBACK, LogSettings.RETENTION, 1000);
    }

    private static Checkpoint checkpoint(Instant committed) {
        return new Checkpoint(committed, Instant.EPOCH, null, null);
    }
}
