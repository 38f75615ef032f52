// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What time it is for a run: the earlier of the local clock and of S3's, which dates its answer to the GET of the state, and
 * from then on the time that goes by. A clock that is set during the run changes nothing. Safe for use by several threads.
 */
public final class RunTime {

    /** How far the two clocks may be apart. */
    public static final Duration APART_MAX = Duration.ofMinutes(5);

    private final Instant began;
    private final Instant s3Began;
    private final long beganNanos;
    private final Ticker ticker;
    private final boolean proven;

    private RunTime(Instant began, Instant s3Began, boolean proven, Ticker ticker) {
        this.began = began;
        this.s3Began = s3Began;
        this.beganNanos = ticker.nanos();
        this.ticker = ticker;
        this.proven = proven;
    }

    /**
     * Begins the time of a run.
     *
     * @param answeredAt the {@code Date} of the answer to the state's GET, which has just come; empty if it had none, or if it
     *     is not to be looked at
     * @throws RefusedException if the two clocks are more than {@link #APART_MAX} apart
     */
    public static RunTime begin(Optional<Instant> answeredAt, Clock clock, Ticker ticker) {
        Instant local = clock.instant();
        if (answeredAt.isEmpty()) {
            return new RunTime(local, local, false, ticker);
        }
        Instant s3 = answeredAt.get();
        // Dates of HTTP have no fraction: what looks up to a second late is not.
        if (Duration.between(s3, local).abs().compareTo(APART_MAX) > 0) {
            throw RefusedException.operator("This machine's clock says " + local + " and S3's says " + s3 + ", "
                    + Duration.between(s3, local).abs().toSeconds() + " s "
                    + (local.isBefore(s3) ? "later" : "earlier") + "; up to "
                    + APART_MAX.toSeconds()
                    + " s are allowed. Nothing was read or written. Set this machine's clock right;"
                    + " if the store's own clock is wrong, set it right or set s3.clock=ignore.");
        }
        return new RunTime(local.isBefore(s3) ? local : s3, s3, true, ticker);
    }

    /** Returns the time of a run that asks for no state: the local clock's, which nothing proves. */
    public static RunTime local(Clock clock, Ticker ticker) {
        return begin(Optional.empty(), clock, ticker);
    }

    /** Returns what time it is now; never goes back. */
    public Instant now() {
        return began.plusNanos(ticker.nanos() - beganNanos);
    }

    /**
     * Tells whether a time is still to come: by S3's clock, which is the same for all collectors on a state, or by the local
     * one alone if there is no other.
     */
    boolean isToCome(Instant time) {
        return time.isAfter(s3Began.plusNanos(ticker.nanos() - beganNanos));
    }

    /** Tells whether S3's clock confirms it. If not, it is the local clock's, and what cannot be undone must wait. */
    public boolean isProven() {
        return proven;
    }

    @Override
    public String toString() {
        return "RunTime[" + now() + (proven ? "" : ", by the local clock alone") + "]";
    }
}
