// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * This node's own sign of life in the database. Where it stands still, the scheduler cannot do its work, although the database
 * answers: it takes no changes, as a standby, or some lock or right is missing. Not thread-safe.
 */
final class SignOfLife {

    /** Four signs are missing then. */
    static final Duration STILL_MAX = ClusterDatabase.CHECKIN.multipliedBy(4);

    private Optional<Instant> last = Optional.empty();
    private long since;

    /** Begins to watch a scheduler that has given none yet. */
    SignOfLife(long nanoTime) {
        since = nanoTime;
    }

    /**
     * Says whether it has stood still for too long. How long is told by the nano time: a clock that is set is no failure.
     *
     * @param sign when it was last given, by this node's clock; empty if the database has none
     */
    boolean standsStill(Optional<Instant> sign, long nanoTime) {
        if (!Objects.equals(sign, last)) {
            last = sign;
            since = nanoTime;
        }
        return nanoTime - since > STILL_MAX.toNanos();
    }
}
