// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.source.EventJson;
import dev.duocollector.source.EventTime;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An event as the rows of a table read it: a field is there unless it is missing, null or "". The name of a nested field has
 * dots, as {@code actor.details.email}; a text on the way that is a JSON object is read as that object.
 */
final class Fields {

    // What a UDM timestamp can hold (https://protobuf.dev/reference/protobuf/google.protobuf/#timestamp, read
    // 2026-11-26).
    private static final Instant TIME_MIN = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant TIME_MAX = Instant.parse("9999-12-31T23:59:59.999999999Z");

    /** More digits than any number of seconds needs; a longer number, or exponent, would take long to convert. */
    private static final Pattern SECONDS = Pattern.compile("[+-]?[0-9.]{1,40}(?:[Ee][+-]?[0-9]{1,2})?");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<?, ?> event;
    private final Map<String, Object> objects = new HashMap<>();
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

    /** Returns a field's text; a number's or a boolean's is as Duo sent it. Of another kind, or not Unicode, it is not there. */
    Optional<String> plain(String path) {
        return textOf(at(path));
    }

    /** Returns a field's text as above, if it has so many bytes of UTF-8 at most. */
    Optional<String> plain(String path, int bytesMax) {
        return plain(path).filter(text -> text.getBytes(UTF_8).length <= bytesMax);
    }

    /** Returns the texts in a field that holds an array of them; a text alone is as if in one. */
    List<String> plainList(String path) {
        Object value = at(path);
        return (value instanceof List<?> list ? list : Collections.singletonList(value))
                .stream().flatMap(member -> textOf(member).stream()).toList();
    }

    /** Returns a field's text, of an object or array its JSON; an empty one is not there. */
    Optional<String> json(String path) {
        Object value = at(path);
        if (!(value instanceof Map || value instanceof List)) {
            return textOf(value);
        }
        if (value.equals(Map.of()) || value.equals(List.of())) {
            return Optional.empty();
        }
        try {
            return textOf(JSON.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            // Only what an operator's steps put there cannot be written.
            return Optional.empty();
        }
    }

    private static Optional<String> textOf(@Nullable Object value) {
        return value instanceof String || value instanceof Number || value instanceof Boolean
                ? Optional.of(value.toString()).filter(text -> !text.isEmpty() && UdmRules.isUnicode(text))
                : Optional.empty();
    }

    private @Nullable Object at(String path) {
        Object value = event;
        for (String name : path.split("\\.", -1)) {
            if (value instanceof String text) {
                value = objects.computeIfAbsent(
                        text, json -> EventJson.object(json).orElse(Map.of()));
            }
            if (!(value instanceof Map<?, ?> map)) {
                return null;
            }
            value = map.get(name);
        }
        return value;
    }

    /** Returns the time in a field of ISO 8601, cut to the microsecond; empty where it cannot be read. */
    Optional<Instant> isoTime(String name) {
        return at(name) instanceof String text ? EventTime.parse(text).flatMap(Fields::inRange) : Optional.empty();
    }

    /** Returns the time in a field of seconds since 1970, a number or its text; empty where it cannot be read. */
    Optional<Instant> epochTime(String name) {
        Object value = event.get(name);
        return value instanceof Number || value instanceof String ? seconds(value.toString()) : Optional.empty();
    }

    private static Optional<Instant> seconds(@Nullable String text) {
        if (text == null || !SECONDS.matcher(text).matches()) {
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
