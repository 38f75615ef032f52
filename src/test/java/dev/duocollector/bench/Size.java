// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import java.time.Duration;

/**
 * How much is read, and how often.
 *
 * @param events in one window; a month of them at {@value #EVENTS_A_DAY} a day is a million
 * @param runs measured, after one that is not
 * @param naiveRuns the same for the naive routes, which take several times as long
 */
record Size(int events, int runs, int naiveRuns) {

    /** Some tens of thousands of users: 231 events in each overlap of 10 minutes, whose keys the state holds. */
    static final int EVENTS_A_DAY = 33_333;

    static final int PAGE = 1000;

    /** Enough for the JVM's compiler, for those whose first run needs no count. */
    static final int WARM_UP_PAGES = 300;

    Duration span() {
        return Duration.ofDays(1).multipliedBy(events).dividedBy(EVENTS_A_DAY);
    }

    int pages() {
        return events / PAGE;
    }

    int runs(Variant variant) {
        return variant == Variant.NAIVE ? naiveRuns : runs;
    }
}
