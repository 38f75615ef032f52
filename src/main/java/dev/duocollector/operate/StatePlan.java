// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.operate;

import dev.duocollector.state.Checkpoint;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A state that will replace another, and what that means.
 *
 * @param next how far the log will count as collected
 * @param eventKeys the events that will count as seen
 * @param says sentences, a line each: what is read again, what is never read, what will be there twice
 */
public record StatePlan(Checkpoint next, Map<String, Instant> eventKeys, List<String> says) {

    public StatePlan {
        eventKeys = Map.copyOf(eventKeys);
        says = List.copyOf(says);
    }
}
