// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The time that is being read, over one or several runs, in {@value #ASCENDING} order. Its bounds and limit stay as they were
 * when it was opened, whatever the settings say later, because Duo's offsets are only good for the request they came from; a
 * changed setting counts from the next window.
 *
 * @param mintime first instant read, inclusive, to the millisecond
 * @param maxtime last instant read, inclusive, to the millisecond, after mintime (Duo refuses equal bounds)
 * @param limit events asked for per page, 1 to 1000
 * @param cursor how far the window is read
 * @param page number of the next page, from 1; counts over runs, and goes into object keys
 */
public record Window(Instant mintime, Instant maxtime, int limit, Cursor cursor, int page) {

    /** Oldest first. Duo's own default is newest first, which would walk the offsets backwards. */
    public static final String ASCENDING = "ts:asc";

    public Window {
        if (!mintime.isBefore(maxtime)) {
            throw new IllegalArgumentException("mintime must be before maxtime: was " + mintime + " and " + maxtime);
        }
        if (!mintime.equals(mintime.truncatedTo(ChronoUnit.MILLIS))
                || !maxtime.equals(maxtime.truncatedTo(ChronoUnit.MILLIS))) {
            throw new IllegalArgumentException(
                    "mintime and maxtime must be whole milliseconds: were " + mintime + " and " + maxtime);
        }
        if (limit < 1 || page < 1) {
            throw new IllegalArgumentException("limit and page must be at least 1: were " + limit + " and " + page);
        }
    }

    /** Returns a window that nothing has been read of yet. */
    public static Window unread(Instant mintime, Instant maxtime, int limit) {
        return new Window(mintime, maxtime, limit, Cursor.START, 1);
    }

    /** Returns this window with the cursor moved past the current page. */
    public Window advancedTo(Cursor next) {
        return new Window(mintime, maxtime, limit, next, page + 1);
    }

    /** Returns this window with a later start and everything else, the cursor too, kept. */
    public Window startingAt(Instant later) {
        return new Window(later, maxtime, limit, cursor, page);
    }

    /** Returns this window with another end and everything else kept. */
    public Window endingAt(Instant earlier) {
        return new Window(mintime, earlier, limit, cursor, page);
    }

    /** Tells whether every page has been read. */
    public boolean finished() {
        return cursor.position() == Cursor.Position.END;
    }

    @Override
    public String toString() {
        return mintime + ".." + maxtime;
    }
}
