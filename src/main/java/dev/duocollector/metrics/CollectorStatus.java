// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.metrics;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.RunListener;
import dev.duocollector.run.RunReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the collector is doing: when a run last succeeded, how far the log is covered, how the last run ended. Since the
 * program started; nothing of it is stored. Written by the thread that makes the runs, read by any.
 */
public final class CollectorStatus implements RunListener {

    private final Clock clock;
    private final Instant started;
    private volatile @Nullable Instant succeeded;
    private volatile @Nullable Instant progressed;
    private volatile @Nullable Instant covered;
    private volatile @Nullable Ended last;

    /** What was stored of late, if somebody wants to know. */
    private volatile @Nullable LastDay lastDay;

    /** How a run ended, when, and how long it took. */
    public record Ended(RunReport report, Instant at, Duration took) {}

    public CollectorStatus(Clock clock) {
        this.clock = clock;
        this.started = clock.instant();
    }

    @Override
    public void coveredThrough(Instant through) {
        covered = through;
    }

    @Override
    public void delivered(Delivery delivery) {
        Instant now = clock.instant();
        progressed = now;
        LastDay kept = lastDay;
        if (kept != null) {
            kept.add(now, delivery);
        }
    }

    @Override
    public void ended(RunReport report, Duration took) {
        Instant now = clock.instant();
        last = new Ended(report, now, took);
        if (isSuccess(report.outcome())) {
            succeeded = now;
        }
    }

    /** Tells whether a run that ended so has read what it could: to the window's end, a bound, or until it was stopped. */
    static boolean isSuccess(RunOutcome outcome) {
        return switch (outcome) {
            case DONE, MORE, STOPPED -> true;
            case BEHIND, OWNED, PENDING, FAILED, OPERATOR -> false;
        };
    }

    /** Takes over from an earlier process when a run last succeeded, unless one has succeeded since. */
    void succeededBefore(Instant earlier) {
        if (succeeded == null) {
            succeeded = earlier;
        }
    }

    /** Keeps what is stored from now on, by the hour. */
    void keepLastDay() {
        if (lastDay == null) {
            lastDay = new LastDay(clock.instant());
        }
    }

    /** When the program started, or the stream was added. */
    public Instant started() {
        return started;
    }

    /** When a run last succeeded. */
    public Optional<Instant> succeeded() {
        return Optional.ofNullable(succeeded);
    }

    /** When a page was last finished; a run of hours is alive as long as this moves. */
    public Optional<Instant> progressed() {
        return Optional.ofNullable(progressed);
    }

    /** Up to when everything is in the bucket. */
    public Optional<Instant> covered() {
        return Optional.ofNullable(covered);
    }

    /** The last run that ended. */
    public Optional<Ended> last() {
        return Optional.ofNullable(last);
    }

    /** What was stored of late; empty unless it {@linkplain RunMetrics#keepLastDays is kept}. */
    public Optional<LastDay> lastDay() {
        return Optional.ofNullable(lastDay);
    }

    @Override
    public String toString() {
        return "CollectorStatus[succeeded " + succeeded + ", covered through " + covered + "]";
    }
}
