// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.metrics;

import dev.duocollector.run.RunListener;
import java.time.Instant;
import java.util.Arrays;

/**
 * What was stored of one stream in each of the last {@value #HOURS} hours, the one under way included: events, and the credits
 * of calls. An event counts in the hour in which it was confirmed, not in that of its own time. Hours are UTC's. Some 300 bytes,
 * however much is stored. Written by the thread that makes the runs, read by any.
 */
public final class LastDay {

    public static final int HOURS = 24;

    private static final int SECONDS = 3600;

    private final Instant since;
    private final int[] events = new int[HOURS];
    private final int[] credits = new int[HOURS];

    /** The latest hour that is counted, in hours since 1970. */
    private long latest;

    LastDay(Instant since) {
        this.since = since;
        latest = hour(since);
    }

    /** When counting began. */
    public Instant since() {
        return since;
    }

    void add(Instant now, RunListener.Delivery delivery) {
        long[] cost = new long[1];
        delivery.calls().forEach((kind, sum) -> cost[0] += sum.credits());
        add(now, delivery.events(), cost[0]);
    }

    private synchronized void add(Instant now, int newEvents, long newCredits) {
        long hour = hour(now);
        if (hour > latest) {
            for (long passed = Math.max(latest + 1, hour - HOURS + 1); passed <= hour; passed++) {
                events[index(passed)] = 0;
                credits[index(passed)] = 0;
            }
            latest = hour;
        } else if (latest - hour >= HOURS) {
            // The clock was days ahead, and is set right.
            Arrays.fill(events, 0);
            Arrays.fill(credits, 0);
            latest = hour;
        }
        events[index(hour)] = sum(events[index(hour)], newEvents);
        credits[index(hour)] = sum(credits[index(hour)], newCredits);
    }

    /** Returns the events of each hour, the oldest first, the last one that of now. */
    public synchronized long[] events(Instant now) {
        return upTo(now, events);
    }

    /** Returns the credits likewise. */
    public synchronized long[] credits(Instant now) {
        return upTo(now, credits);
    }

    private long[] upTo(Instant now, int[] counts) {
        long last = hour(now);
        long[] day = new long[HOURS];
        for (int i = 0; i < HOURS; i++) {
            long hour = last - HOURS + 1 + i;
            if (hour <= latest && latest - hour < HOURS) {
                day[i] = counts[index(hour)];
            }
        }
        return day;
    }

    private static long hour(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), SECONDS);
    }

    private static int index(long hour) {
        return Math.floorMod(hour, HOURS);
    }

    private static int sum(int before, long more) {
        return (int) Math.min(Integer.MAX_VALUE, before + more);
    }

    @Override
    public String toString() {
        return "LastDay[since " + since + ", latest " + Instant.ofEpochSecond(latest * SECONDS) + "]";
    }
}
