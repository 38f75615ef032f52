// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

/** Tells how much time goes by, whatever a clock is set to meanwhile. */
public interface Ticker {

    /** Nanoseconds since some moment that stays the same; only differences mean something. */
    long nanos();

    /** Returns the JVM's. */
    static Ticker system() {
        return System::nanoTime;
    }
}
