// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One page of events out of an {@link EventStore}, before it is given its {@link PageForm}.
 *
 * @param items the events' JSON in UTF-8, joined by commas
 * @param count how many events these are
 * @param last the position of the last of them, absent if there are none
 * @param more whether events visible now follow in the window
 * @param total how many events visible now the whole window has
 * @param log whose events they are, which decides its form
 */
public record Page(ByteBuffer items, int count, Optional<Position> last, boolean more, long total, SimulatedLog log) {

    /** A page of the telephony log. */
    Page(ByteBuffer items, int count, Optional<Position> last, boolean more, long total) {
        this(items, count, last, more, total, SimulatedLog.TELEPHONY);
    }

    /** Returns the same page as one of another log. */
    Page of(SimulatedLog other) {
        return new Page(items, count, last, more, total, other);
    }

    /** Returns the offset to go on behind this page; present on every page with events, also on the last one. */
    Optional<String> nextOffset() {
        return last.map(Position::offset);
    }
}
