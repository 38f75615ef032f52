// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import dev.duocollector.simulator.PageQuery.Sort;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The offsets that were issued, each by one log of one account for one window, limit and sort. A window keeps its offsets when its mintime is raised
 * because the old one has fallen out of Duo's retention, which a reader that was down for months cannot avoid.
 */
public final class IssuedOffsets {
    private final Map<Key, Set<Instant>> mintimes = new ConcurrentHashMap<>();

    private record Key(String owner, String offset, Instant maxtime, int limit, Sort sort) {}

    /** @param owner the log and the account that issue the offset */
    void add(String owner, String offset, PageQuery query) {
        mintimes.computeIfAbsent(key(owner, offset, query), key -> ConcurrentHashMap.newKeySet())
                .add(query.mintime());
    }

    /** @param oldest the oldest mintime that is still allowed */
    boolean accept(String owner, String offset, PageQuery query, Instant oldest) {
        return mintimes.getOrDefault(key(owner, offset, query), Set.of()).stream()
                .anyMatch(mintime -> mintime.equals(query.mintime()) || mintime.isBefore(oldest));
    }

    private static Key key(String owner, String offset, PageQuery query) {
        return new Key(owner, offset, query.maxtime(), query.limit(), query.sort());
    }
}
