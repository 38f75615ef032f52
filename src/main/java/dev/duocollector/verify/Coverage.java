// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.verify;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How much of each hour, in UTC, of what Duo shows the bucket has. Events without a readable time are in no hour. Holds one
 * entry for each hour with events, of which a time that Duo still shows has at most 4,400. Not thread-safe.
 */
public final class Coverage {

    private final Map<Instant, Hour> hours = new TreeMap<>();

    /**
     * An hour with events.
     *
     * @param start its first instant
     * @param events different events that Duo shows of it
     * @param missing how many of them the bucket does not have
     * @param firstMissing the time of the first of these, null if there is none
     * @param lastMissing the time of the last of these, null if there is none
     */
    public record Hour(
            Instant start,
            long events,
            long missing,
            @Nullable Instant firstMissing,
            @Nullable Instant lastMissing) {}

    /**
     * A time of which events are missing: from the first of them to the last one, over hours that all miss some.
     *
     * @param from the first one's time
     * @param to the last one's time, which may be the same
     * @param events different events that Duo shows of these hours
     * @param missing how many of them are missing
     */
    public record Hole(Instant from, Instant to, long events, long missing) {}

    /** Counts an event of Duo's. */
    void shown(Instant time) {
        add(time, 1, 0);
    }

    /** Counts an event that was counted before as one that the bucket does not have. */
    void missing(Instant time) {
        add(time, 0, 1);
    }

    /** Returns the hours with events in the order of time. */
    List<Hour> hours() {
        return List.copyOf(hours.values());
    }

    private void add(Instant time, int events, int missing) {
        Instant start = time.truncatedTo(ChronoUnit.HOURS);
        Hour old = hours.getOrDefault(start, new Hour(start, 0, 0, null, null));
        Instant first = old.firstMissing();
        Instant last = old.lastMissing();
        if (missing > 0) {
            first = first == null || time.isBefore(first) ? time : first;
            last = last == null || time.isAfter(last) ? time : last;
        }
        hours.put(start, new Hour(start, old.events() + events, old.missing() + missing, first, last));
    }

    /** Returns the holes in the order of time. An hour without events neither begins nor ends one. */
    public static List<Hole> holes(List<Hour> hours) {
        List<Hole> holes = new ArrayList<>();
        boolean open = false;
        for (Hour hour : hours) {
            Instant first = hour.firstMissing();
            Instant last = hour.lastMissing();
            if (first == null || last == null) {
                open = false;
            } else if (open) {
                Hole hole = holes.remove(holes.size() - 1);
                holes.add(new Hole(hole.from(), last, hole.events() + hour.events(), hole.missing() + hour.missing()));
            } else {
                holes.add(new Hole(first, last, hour.events(), hour.missing()));
                open = true;
            }
        }
        return holes;
    }
}
