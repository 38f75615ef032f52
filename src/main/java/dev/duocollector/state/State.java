// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.state.StateRefusedException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the state object holds at one moment.
 *
 * @param owner whose state it is: the API host of the Duo account, or the name of a stranger's route
 * @param writeId which write this is; unique, so that a write whose answer was lost can be told from somebody else's
 * @param checkpoint how far the log has been collected, null before the first run
 * @param eventKeys the keys of events that are in the bucket, each with the event's time to the millisecond
 */
record State(String owner, String writeId, @Nullable Checkpoint checkpoint, Map<String, Instant> eventKeys) {

    /** How far a checkpoint may lie ahead of this machine's clock before it is refused. */
    private static final Duration AHEAD_MAX = Duration.ofMinutes(5);

    /**
     * Refuses a state that is not for this account, or not yet.
     *
     * @param expected whose state it must be
     * @param place where it lies, for messages
     * @throws StateRefusedException if it is another owner's or from the future
     */
    void requireUsable(String expected, Instant now, String place) {
        if (!owner.equals(expected)) {
            throw new StateRefusedException(
                    Reason.FOREIGN,
                    "The state at " + place + " belongs to " + owner + ", and duo.api.host is " + expected
                            + ". Give this account a state.key of its own.");
        }
        if (checkpoint != null && checkpoint.committedThrough().isAfter(now.plus(AHEAD_MAX))) {
            throw new StateRefusedException(
                    Reason.AHEAD,
                    "The state at " + place + " says that everything up to " + checkpoint.committedThrough()
                            + " is collected, and this machine's clock says " + now
                            + ". Set the clock right, or see OPERATIONS, \"A state that is refused\", for the state's cure.");
        }
    }
}
