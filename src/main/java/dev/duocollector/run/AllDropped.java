// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.steps.EventStepsException;
import dev.duocollector.text.Log;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Warns when the operator's steps dropped every new event of a run: a slip in a filter does that, and the events count as seen.
 * From {@value #EVENTS_MIN} events on, and once a day in one process. Thread-safe.
 */
final class AllDropped {

    /** Fewer may well be all of a kind that is dropped on purpose. */
    static final int EVENTS_MIN = 50;

    private static final Log LOG = Log.of(AllDropped.class);
    private static final long PAUSE_NANOS = Duration.ofDays(1).toNanos();

    private final LongSupplier nanoTime;
    private boolean said;
    private long saidNanos;

    /** @param nanoTime a monotonic clock, as {@link System#nanoTime} */
    AllDropped(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Looks at what a run has done. */
    synchronized void look(Tally tally) {
        if (tally.fresh() < EVENTS_MIN || tally.dropped() < tally.fresh()) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (said && now - saidNanos < PAUSE_NANOS) {
            return;
        }
        said = true;
        saidNanos = now;
        LOG.warn(
                "Your steps ({}) dropped all {} new events of this run, which count as seen. If that is not meant, correct the"
                        + " steps, try them with once --dry-run, and read the time again with backfill.",
                EventStepsException.PLACE,
                tally.fresh());
    }
}
