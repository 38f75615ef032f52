// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.time.Instant;

/** The events that a simulator shows, and the offsets it has issued: what outlives a restart of the simulator. */
public interface EventStore {
    /**
     * Returns the events visible at that time whose ts, cut to milliseconds, lies in the window, bounds included, from
     * behind the query's position on. Called by several threads.
     */
    Page read(PageQuery query, Instant now);

    IssuedOffsets issuedOffsets();
}
