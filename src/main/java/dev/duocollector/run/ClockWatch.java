// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Notices by the {@code Date} of answers that this machine's clock is off, long before S3 or Duo refuse a request for it. It
 * warns once, and again only when the clock has been set, or is off by another {@link #OFF}. An answer that takes long is no
 * proof: the other clock showed its date at some time between the request and the answer. Safe for use by several threads.
 */
public final class ClockWatch {

    /** How far this machine's clock may be off. */
    static final Duration OFF = Duration.ofSeconds(15);

    /** Within this, a clock that was off is right again. */
    private static final Duration RIGHT = Duration.ofSeconds(10);

    /** Dates of HTTP have no fraction. */
    private static final Duration FRACTION = Duration.ofSeconds(1);

    private final Consumer<String> warn;

    /** What was warned of last, by whose clock: by how much this one is ahead, and by which server's. */
    private final Map<String, Told> told = new HashMap<>();

    private record Told(Duration ahead, String server) {}

    /** @param warn gets a line when the clock is found to be off */
    public ClockWatch(Consumer<String> warn) {
        this.warn = warn;
    }

    /**
     * Compares an answer's date with the time of this machine around it.
     *
     * @param whose {@code S3's} or {@code Duo's}
     * @param server which one of theirs answered
     * @param date the answer's date, to the second; empty if it had none
     * @param asked what time it was here before the request
     * @param answered what time it was here when the answer had come
     */
    synchronized void compare(String whose, String server, Optional<Instant> date, Instant asked, Instant answered) {
        if (date.isEmpty() || answered.isBefore(asked)) {
            return;
        }
        Duration aheadMax = Duration.between(date.get(), answered);
        Duration aheadMin = Duration.between(date.get().plus(FRACTION), asked);
        Duration ahead = aheadMin.isNegative() ? (aheadMax.isNegative() ? aheadMax : Duration.ZERO) : aheadMin;
        Told before = told.get(whose);
        if (ahead.abs().compareTo(OFF) >= 0) {
            boolean isNews = before == null || ahead.minus(before.ahead()).abs().compareTo(OFF) >= 0;
            if (isNews) {
                told.put(whose, new Told(ahead, server));
                warn.accept("This machine's clock is at least " + ahead.abs().toSeconds() + " s "
                        + (ahead.isNegative() ? "behind " : "ahead of ") + whose
                        + ". Nothing is lost or stored twice by that, but from 5 minutes on nothing is collected. Set it right,"
                        + " and keep it so with NTP.");
            }
        } else if (before != null
                && before.server().equals(server)
                && aheadMax.compareTo(RIGHT) < 0
                && aheadMin.negated().compareTo(RIGHT) < 0) {
            told.remove(whose);
        }
    }
}
