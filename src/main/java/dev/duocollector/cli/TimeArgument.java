// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.settings.SettingType;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** A time on the command line: {@code 2026-11-23T08:15:00Z}, the same with an offset, {@code now}, or {@code now-3d}. */
final class TimeArgument {

    static final String FORMS = "2026-11-23T08:15:00Z, 2026-11-23T17:15:00+09:00, or now-3d (ms, s, m, h, d)";

    private static final String NOW = "now";

    private TimeArgument() {}

    /** Returns the time; empty if the text is not a time. */
    static Optional<Instant> parse(String text, Instant now) {
        if (text.equals(NOW)) {
            return Optional.of(now);
        }
        try {
            if (text.startsWith(NOW + "-")) {
                return SettingType.parseDuration(text.substring(NOW.length() + 1))
                        .filter(ago -> !ago.isNegative())
                        .map(now::minus);
            }
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }
}
