// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One answer of Duo's telephony log.
 *
 * @param events in Duo's order
 * @param nextOffset where the next page begins; empty if this page ends the window
 * @param bytes the answer's length
 * @param totalObjects how many events Duo says that the whole window has, an estimate; empty if it does not say
 * @param answeredAt the answer's {@code Date}, to the second; empty if it has none that can be read
 */
public record TelephonyPage(
        List<TelephonyEvent> events,
        Optional<Offset> nextOffset,
        int bytes,
        OptionalLong totalObjects,
        Optional<Instant> answeredAt) {

    public TelephonyPage {
        events = List.copyOf(events);
    }

    /** A page that says nothing beside its events. */
    public TelephonyPage(List<TelephonyEvent> events, Optional<Offset> nextOffset, int bytes) {
        this(events, nextOffset, bytes, OptionalLong.empty(), Optional.empty());
    }

    /** Returns this page with the date of its answer. */
    public TelephonyPage at(Optional<Instant> answered) {
        return new TelephonyPage(events, nextOffset, bytes, totalObjects, answered);
    }

    @Override
    public String toString() {
        return "TelephonyPage[" + events.size() + " events, next offset "
                + nextOffset.map(Offset::wire).orElse("none") + "]";
    }
}
