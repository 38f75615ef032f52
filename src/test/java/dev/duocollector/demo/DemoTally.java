// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.demo;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How what Duo showed compares with what is stored.
 *
 * @param shown different events that Duo showed
 * @param stored lines in the bucket
 * @param missing events without a line
 * @param doubled lines too many for an event that was shown
 * @param unknown lines that are no event of Duo's, or not as Duo sent it
 */
record DemoTally(int shown, int stored, int missing, int doubled, int unknown) {

    /** Where the fields begin that the default event.shape adds after Duo's own. */
    private static final String ADDED = ",\"eventtype\":";

    /** Compares events, each the JSON that Duo sent, with lines in the default event.shape. */
    static DemoTally of(List<String> events, List<String> lines) {
        Set<String> shown = new HashSet<>(events);
        Map<String, Integer> stored = new HashMap<>();
        lines.forEach(line -> stored.merge(asSent(line), 1, Integer::sum));
        int doubled = 0;
        int unknown = 0;
        for (Map.Entry<String, Integer> line : stored.entrySet()) {
            if (shown.contains(line.getKey())) {
                doubled += line.getValue() - 1;
            } else {
                unknown += line.getValue();
            }
        }
        Set<String> missing = new HashSet<>(shown);
        missing.removeAll(stored.keySet());
        return new DemoTally(shown.size(), lines.size(), missing.size(), doubled, unknown);
    }

    boolean good() {
        return missing == 0 && doubled == 0 && unknown == 0;
    }

    private static String asSent(String line) {
        int added = line.lastIndexOf(ADDED);
        return added < 0 ? line : line.substring(0, added) + "}";
    }
}
