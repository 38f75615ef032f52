// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

/**
 * The position reached in a window: at its start, after the page that gave an offset, or at its end. A window that has no
 * further page is at {@link #END}, never at an absent offset: an absent one would read as the start, and the window would be
 * read again.
 *
 * @param position which of the three
 * @param offset Duo's {@code next_offset} as it goes over the wire, opaque; empty unless the position is {@code OFFSET}
 */
public record Cursor(Position position, String offset) {

    /** Where a cursor may be. */
    public enum Position {
        START,
        OFFSET,
        END
    }

    /** Before the window's first page. */
    public static final Cursor START = new Cursor(Position.START, "");

    /** After the window's last page. */
    public static final Cursor END = new Cursor(Position.END, "");

    public Cursor {
        if ((position == Position.OFFSET) == offset.isEmpty()) {
            throw new IllegalArgumentException("A cursor at " + position + " cannot have the offset '" + offset + "'");
        }
    }

    /** Returns the cursor after the page that gave this offset, which must not be empty. */
    public static Cursor after(String offset) {
        return new Cursor(Position.OFFSET, offset);
    }

    @Override
    public String toString() {
        return position == Position.OFFSET ? offset : position.name();
    }
}
