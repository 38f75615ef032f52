// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/**
 * The time in an event's {@code ts}: ISO 8601 to the second, up to nine digits of a fraction, and {@code Z} or an offset
 * with or without colon. Duo's own has six digits and {@code +00:00} (examples at
 * <a href="https://duo.com/docs/adminapi#telephony-logs">duo.com/docs/adminapi</a>).
 */
public final class EventTime {

    private static final int FRACTION_AT = 19;
    private static final int FRACTION_DIGITS_MAX = 9;
    private static final int OFFSET_SECONDS_MAX = 18 * 3600;
    private static final int UNREADABLE = Integer.MIN_VALUE;

    private EventTime() {}

    /** Returns the instant, or empty for any other text: a date alone, no offset, a leap second, 24:00. */
    public static Optional<Instant> parse(String text) {
        if (text.length() <= FRACTION_AT
                || text.charAt(4) != '-'
                || text.charAt(7) != '-'
                || text.charAt(10) != 'T'
                || text.charAt(13) != ':'
                || text.charAt(16) != ':') {
            return Optional.empty();
        }
        int fractionEnd = fractionEnd(text);
        int hour = number(text, 11, 13, 23);
        int minute = number(text, 14, 16, 59);
        int second = number(text, 17, 19, 59);
        int nanos = nanos(text, fractionEnd);
        int offset = offset(text, fractionEnd);
        if (hour < 0 || minute < 0 || second < 0 || nanos < 0 || offset == UNREADABLE) {
            return Optional.empty();
        }
        try {
            long day = LocalDate.of(number(text, 0, 4, 9999), number(text, 5, 7, 12), number(text, 8, 10, 31))
                    .toEpochDay();
            return Optional.of(
                    Instant.ofEpochSecond(day * 86_400 + hour * 3600L + minute * 60L + second - offset, nanos));
        } catch (DateTimeException e) {
            // No such day.
            return Optional.empty();
        }
    }

    private static int fractionEnd(String text) {
        int at = FRACTION_AT;
        if (text.charAt(at) == '.') {
            at++;
            while (at < text.length() && isDigit(text.charAt(at))) {
                at++;
            }
        }
        return at;
    }

    private static int nanos(String text, int end) {
        if (end == FRACTION_AT) {
            return 0;
        }
        int digits = end - FRACTION_AT - 1;
        if (digits < 1 || digits > FRACTION_DIGITS_MAX) {
            return UNREADABLE;
        }
        int nanos = number(text, FRACTION_AT + 1, end, Integer.MAX_VALUE);
        for (int i = digits; i < FRACTION_DIGITS_MAX; i++) {
            nanos *= 10;
        }
        return nanos;
    }

    private static int offset(String text, int at) {
        int length = text.length() - at;
        if (length == 1 && text.charAt(at) == 'Z') {
            return 0;
        }
        boolean colon = length == 6 && text.charAt(at + 3) == ':';
        if ((!colon && length != 5) || (text.charAt(at) != '+' && text.charAt(at) != '-')) {
            return UNREADABLE;
        }
        int hours = number(text, at + 1, at + 3, 18);
        int minutes = number(text, text.length() - 2, text.length(), 59);
        int seconds = hours * 3600 + minutes * 60;
        if (hours < 0 || minutes < 0 || seconds > OFFSET_SECONDS_MAX) {
            return UNREADABLE;
        }
        return text.charAt(at) == '-' ? -seconds : seconds;
    }

    private static int number(String text, int start, int end, int max) {
        int number = 0;
        for (int i = start; i < end; i++) {
            if (!isDigit(text.charAt(i))) {
                return UNREADABLE;
            }
            number = number * 10 + text.charAt(i) - '0';
        }
        return number <= max ? number : UNREADABLE;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
