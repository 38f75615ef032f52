// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.util.List;
import java.util.Optional;

/**
 * One answer of Duo's telephony log.
 *
 * @param events in Duo's order
 * @param nextOffset where the next page begins; empty if this page ends the window
 * @param bytes the answer's length
 */
public record TelephonyPage(List<TelephonyEvent> events, Optional<Offset> nextOffset, int bytes) {

    public TelephonyPage {
        events = List.copyOf(events);
    }

    @Override
    public String toString() {
        return "TelephonyPage[" + events.size() + " events, next offset "
                + nextOffset.map(Offset::wire).orElse("none") + "]";
    }
}
