// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A fixed time to read, instead of windows that follow one another: a bean of the commands {@code backfill} and {@code verify}.
 *
 * @param from the first instant, inclusive, to the millisecond
 * @param to the last instant, inclusive, to the millisecond, after the first
 * @param skipExisting whether events that are in the bucket already are left out
 */
public record TimeRange(Instant from, Instant to, boolean skipExisting) {

    /** How a time may be written, for messages. */
    public static final String FORM =
            "a time such as 2026-11-01T00:00:00Z, or a day such as 2026-11-01 (the whole day, in UTC)";

    /**
     * Reads the time with which a range begins, cut to the millisecond, which is all that Duo can be asked for; a day is its
     * first. Empty if it is none.
     */
    public static Optional<Instant> parse(String text) {
        return parse(text, 0);
    }

    /** Reads the time with which a range ends; a day is its last millisecond, so that it is in the range. */
    public static Optional<Instant> parseEnd(String text) {
        return parse(text, 1);
    }

    private static Optional<Instant> parse(String text, int daysLater) {
        try {
            Instant time = text.indexOf('T') < 0
                    ? LocalDate.parse(text)
                            .plusDays(daysLater)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                            .minusMillis(daysLater)
                    : OffsetDateTime.parse(text).toInstant();
            return Optional.of(time.truncatedTo(ChronoUnit.MILLIS));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Tells whether the two have an instant in common. */
    public boolean overlaps(TimeRange other) {
        return !from.isAfter(other.to) && !other.from.isAfter(to);
    }

    @Override
    public String toString() {
        return from + ".." + to;
    }
}
