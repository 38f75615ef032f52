// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

import java.util.Arrays;
import java.util.List;

/**
 * A count for each hour, the oldest first.
 *
 * @param counts none is negative
 */
record Hours(List<Long> counts) {

    static Hours of(long[] counts) {
        return new Hours(Arrays.stream(counts).boxed().toList());
    }

    /** Returns the sum of each hour, over all of them; those are of the same length. */
    static Hours sum(List<Hours> all, int length) {
        long[] sums = new long[length];
        for (Hours each : all) {
            for (int i = 0; i < length; i++) {
                sums[i] += each.counts.get(i);
            }
        }
        return of(sums);
    }

    long total() {
        return counts.stream().mapToLong(count -> count).sum();
    }

    long most() {
        return counts.stream().mapToLong(count -> count).max().orElse(0);
    }
}
