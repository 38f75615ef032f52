// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.operate;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as commands print them and the status page shows them. */
public final class Times {

    private static final Pattern OFFSET = Pattern.compile("(\\d{13})(,.*)?");

    private Times() {}

    /** Returns the time with which Duo's offset begins, that of the last event before it; empty if it begins with none. */
    public static Optional<Instant> ofOffset(String offset) {
        Matcher time = OFFSET.matcher(offset);
        return time.matches() ? Optional.of(Instant.ofEpochMilli(Long.parseLong(time.group(1)))) : Optional.empty();
    }

    /** Returns a duration in its two largest units, such as {@code 3 d 4 h} or {@code 250 ms}; without a sign. */
    public static String text(Duration duration) {
        Duration left = duration.abs();
        if (left.toDays() > 0) {
            return units(left.toDays(), "d", left.toHoursPart(), "h");
        }
        if (left.toHours() > 0) {
            return units(left.toHours(), "h", left.toMinutesPart(), "min");
        }
        if (left.toMinutes() > 0) {
            return units(left.toMinutes(), "min", left.toSecondsPart(), "s");
        }
        return left.toSeconds() > 0 || left.isZero() ? left.toSeconds() + " s" : left.toMillis() + " ms";
    }

    private static String units(long large, String largeUnit, long small, String smallUnit) {
        return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    /** Returns a span with its length, such as {@code 2026-11-23T08:00:00Z..2026-11-23T08:10:00Z (10 min)}. */
    static String span(Instant from, Instant to) {
        return from + ".." + to + " (" + text(Duration.between(from, to)) + ")";
    }
}
