// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import dev.duocollector.source.EventTime;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An event as the rows of the table read it: a field is there unless it is missing, null or "". */
final class Fields {

    // What a UDM timestamp can hold (https://protobuf.dev/reference/protobuf/google.protobuf/#timestamp, read
    // 2026-11-26).
    private static final Instant TIME_MIN = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant TIME_MAX = Instant.parse("9999-12-31T23:59:59.999999999Z");

    /** More than any number of seconds needs; a longer text would take long to convert. */
    private static final int SECONDS_CHARS_MAX = 40;

    private final Map<?, ?> event;
    private final List<String> flaws = new ArrayList<>();

    Fields(Map<?, ?> event) {
        this.event = event;
    }

    /** Returns a field's text; a number's is as Duo sent it. An object or an array is noted as a flaw, and not there. */
    Optional<String> text(String name) {
        Object value = event.get(name);
        if (value instanceof Map || value instanceof Iterable) {
            String flaw = name + " is " + (value instanceof Map ? "an object" : "an array") + ", and a text is needed";
            if (!flaws.contains(flaw)) {
                flaws.add(flaw);
            }
            return Optional.empty();
        }
        return Optional.ofNullable(value).map(Object::toString).filter(text -> !text.isEmpty());
    }

    boolean has(String name) {
        return text(name).isPresent();
    }

    /** Returns the time in a field of ISO 8601, cut to the microsecond; empty where it cannot be read. */
    Optional<Instant> isoTime(String name) {
        return event.get(name) instanceof String text
                ? EventTime.parse(text).flatMap(Fields::inRange)
                : Optional.empty();
    }

    /** Returns the time in a field of seconds since 1970, a number or its text; empty where it cannot be read. */
    Optional<Instant> epochTime(String name) {
        Object value = event.get(name);
        return value instanceof Number || value instanceof String ? seconds(value.toString()) : Optional.empty();
    }

    private static Optional<Instant> seconds(@Nullable String text) {
        if (text == null || text.length() > SECONDS_CHARS_MAX) {
            return Optional.empty();
        }
        try {
            BigDecimal seconds = new BigDecimal(text);
            if (seconds.compareTo(BigDecimal.valueOf(TIME_MIN.getEpochSecond())) < 0
                    || seconds.compareTo(BigDecimal.valueOf(TIME_MAX.getEpochSecond())) > 0) {
                return Optional.empty();
            }
            long micros =
                    seconds.movePointRight(6).setScale(0, RoundingMode.FLOOR).longValueExact();
            return Optional.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> inRange(Instant time) {
        Instant cut = time.truncatedTo(ChronoUnit.MICROS);
        return Optional.of(cut).filter(t -> !t.isBefore(TIME_MIN) && !t.isAfter(TIME_MAX));
    }

    /** What was found to be of a type that cannot be mapped. */
    List<String> flaws() {
        return flaws;
    }
}
