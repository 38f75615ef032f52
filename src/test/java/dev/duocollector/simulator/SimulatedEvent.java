// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.time.Instant;

/**
 * An event as the simulator knows it.
 *
 * @param ts decides its place and window, also when the JSON has no "ts"
 * @param visibleFrom the time from which Duo shows it
 * @param id its part of the {@link Position}, also when the JSON has no "telephony_id"
 * @param json what Duo sends, to the letter
 */
public record SimulatedEvent(Instant ts, Instant visibleFrom, String id, String json) {

    /** Returns this event, shown at another time: a late one, if that is well after its ts. */
    public SimulatedEvent visibleFrom(Instant other) {
        return new SimulatedEvent(ts, other, id, json);
    }

    Position position() {
        return new Position(ts.toEpochMilli(), id);
    }
}
