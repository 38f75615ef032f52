// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/**
 * How far a node's clock is from the database's. Quartz compares nodes' clocks with one another: a node whose clock is off takes
 * living nodes for dead, and makes their runs a second time.
 *
 * @param off by how much it is ahead of the database's; negative if behind
 */
public record NodeClock(Duration off) {

    /** Less than the 7.5 s that Quartz allows for. */
    public static final Duration OFF_MAX = Duration.ofSeconds(5);

    /** Compares the time before and after the database was asked with its answer: what the answer took is no fault. */
    public static NodeClock of(Instant before, Instant answer, Instant after) {
        return new NodeClock(off(answer, before, after).negated());
    }

    /** Compares the time by a node's clock with the database's, which was between two times then. */
    public static NodeClock between(Instant node, Instant before, Instant after) {
        return new NodeClock(off(node, before, after));
    }

    /** Returns by how much a time is after the later, or before the earlier of two; zero if it is between them. */
    private static Duration off(Instant time, Instant earlier, Instant later) {
        if (time.isBefore(earlier)) {
            return Duration.between(earlier, time);
        }
        return time.isAfter(later) ? Duration.between(later, time) : Duration.ZERO;
    }

    public boolean isOff() {
        return off.abs().compareTo(OFF_MAX) > 0;
    }

    /** Says how far it is off: the rest of a sentence. */
    public String words() {
        return off.abs().toSeconds() + " s " + (off.isNegative() ? "behind" : "ahead of") + " the database's";
    }

    /**
     * Whether another node's clock agrees with the database's. Then this one is wrong, not that.
     *
     * @param others how far the other nodes' clocks are ahead of the database's
     */
    boolean isContradicted(Collection<Duration> others) {
        return isOff() && others.stream().anyMatch(other -> other.abs().compareTo(OFF_MAX) <= 0);
    }
}
