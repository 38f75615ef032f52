// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.TreeSet;

/**
 * The forms and bounds of what a state may hold, which anyone who may write to the bucket may have made: texts, whole numbers,
 * times, and no members but those that are known. Each throws {@link IllegalArgumentException} that names the member.
 */
final class StateFields {

    /** No event of Duo's, and no state, is from before. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    /** Times beyond are refused before anything is calculated with them; {@link State#requireUsable} knows the time of day. */
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private static final int TEXT_CHARS_MAX = 16_384;

    private StateFields() {}

    static String text(JsonNode parent, String name) {
        JsonNode value = parent.path(name);
        if (!value.isTextual() || value.asText().isEmpty()) {
            throw new IllegalArgumentException("'" + name + "' is not a non-empty string");
        }
        if (value.asText().length() > TEXT_CHARS_MAX) {
            throw new IllegalArgumentException("'" + name + "' has more than " + TEXT_CHARS_MAX + " characters");
        }
        return value.asText();
    }

    static int integer(JsonNode parent, String name, int max) {
        JsonNode value = parent.path(name);
        if (!value.isInt()) {
            throw new IllegalArgumentException("'" + name + "' is not a whole number");
        }
        if (value.asInt() > max) {
            throw new IllegalArgumentException("'" + name + "' is " + value + ", and must be at most " + max);
        }
        return value.asInt();
    }

    static Instant bounded(String name, Instant zero, long millis) {
        // Compared as numbers: the sum may be more than an Instant holds.
        if (millis < zero.until(EARLIEST, ChronoUnit.MILLIS) || millis > zero.until(LATEST, ChronoUnit.MILLIS)) {
            throw new IllegalArgumentException("'" + name + "' has a time that is not between 2000 and 9999");
        }
        return zero.plusMillis(millis);
    }

    static Instant instant(JsonNode parent, String name) {
        Instant instant;
        try {
            instant = Instant.parse(text(parent, name));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + name + "' is not a time such as 2026-11-23T08:15:00Z", e);
        }
        if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
            throw new IllegalArgumentException("'" + name + "' is " + instant + ", which is not between 2000 and 9999");
        }
        return instant;
    }

    static void requireKnown(JsonNode object, Set<String> known, String what) {
        if (!object.isObject()) {
            throw new IllegalArgumentException("'" + what + "' is not an object");
        }
        Set<String> unknown = new TreeSet<>();
        object.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("'" + what + "' has the unknown members " + unknown);
        }
    }
}
