// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

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
record State(String owner, String writeId, @Nullable Checkpoint checkpoint, Map<String, Instant> eventKeys) {}
