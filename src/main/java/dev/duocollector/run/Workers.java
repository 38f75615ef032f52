// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import java.util.concurrent.Semaphore;

/**
 * How many streams are worked on at a time. Whoever waits, for Duo's pace or before asking again, is not counted, so that
 * streams that wait hold up no other. Thread-safe.
 */
final class Workers {

    /** A run holds a page of events, and works for some milliseconds; more at a time would take memory and save no time. */
    private static final int WORKING_MAX = 8;

    private final Semaphore free = new Semaphore(WORKING_MAX, true);

    /** Begins to work, once there is room. */
    void begin() {
        free.acquireUninterruptibly();
    }

    /** Ends the work, or interrupts it for a wait. */
    void end() {
        free.release();
    }

    @Override
    public String toString() {
        return "Workers[" + free.availablePermits() + " of " + WORKING_MAX + " free]";
    }
}
