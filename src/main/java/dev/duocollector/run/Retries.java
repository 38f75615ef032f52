// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

/** How often, and for how long, one request is made again. Not thread-safe. */
final class Retries {

    private long startedNanos;
    private int count;

    /** Counts one, from 1, and starts the clock at the first. */
    int next(long nowNanos) {
        if (count == 0) {
            startedNanos = nowNanos;
        }
        return ++count;
    }

    long nanos(long nowNanos) {
        return nowNanos - startedNanos;
    }

    /** The next request is another one. */
    void end() {
        count = 0;
    }

    @Override
    public String toString() {
        return "Retries[" + count + "]";
    }
}
