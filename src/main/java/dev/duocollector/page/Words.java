// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

import dev.duocollector.operate.Times;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times and counts as people read them, the same in every language of the JVM. Times are UTC's. */
final class Words {

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("HH:00", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Words() {}

    /** {@code 2026-11-23 08:00}. */
    static String minute(Instant time) {
        return MINUTE.format(time);
    }

    /** {@code 08:00}. */
    static String hour(Instant time) {
        return HOUR.format(time);
    }

    /** {@code 1,204}. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** A length of time: {@code 9.5 s}, {@code 12 s}, {@code 3 min 5 s}, {@code 2 h 10 min}, {@code 4 d 1 h}. */
    static String length(Duration length) {
        if (length.isNegative()) {
            return "-" + length(length.negated());
        }
        return length.compareTo(Duration.ofSeconds(10)) < 0
                ? String.format(Locale.ROOT, "%.1f s", length.toMillis() / 1000.0)
                : Times.text(length);
    }
}
