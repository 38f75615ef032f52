// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import com.fasterxml.jackson.databind.JsonNode;
import dev.duocollector.state.Batch.Declaration;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the members of a state's JSON mean, for each version that this program reads. Throws {@link IllegalArgumentException}
 * for a member that is missing, unknown, or not of its form; {@link StateFormat#read} says where it is.
 */
final class StateReader {

    private static final int LIMIT_MAX = 1000;
    private static final int PAGES_MAX = 100_000_000;
    private static final long OBJECT_BYTES_MAX = 5L << 30;

    /** The first version that says what a batch was declared as. */
    private static final int VERSION_WITH_DECLARATIONS = 3;

    private static final List<String> CHECKPOINT_MEMBERS = List.of("keysFrom", "window", "pending");
    private static final Set<String> WINDOW_MEMBERS = Set.of("mintime", "maxtime", "limit", "sort", "cursor", "page");

    /** By version, from 1. */
    private static final List<Set<String>> PENDING_MEMBERS = List.of(
            Set.of("objectKey", "cursorAfter", "eventKeys"),
            Set.of("objectKey", "udmObjectKey", "cursorAfter", "eventKeys"),
            Set.of("objectKey", "udmObjectKey", "cursorAfter", "declarations", "missed", "eventKeys"));

    private static final Set<String> DECLARATION_MEMBERS = Set.of("bytes", "lines");

    /** No event of Duo's, and no state, is from before. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    /** Times beyond are refused before anything is calculated with them; {@link State#requireUsable} knows the time of day. */
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private static final int TEXT_CHARS_MAX = 16_384;

    private StateReader() {}

    static State read(JsonNode root, int version) {
        requireKnown(root, StateFormat.MEMBERS, "state");
        String owner = text(root, "owner");
        String writeId = text(root, "writeId");
        if (!root.has("committedThrough")) {
            for (String member : CHECKPOINT_MEMBERS) {
                if (root.has(member)) {
                    throw new IllegalArgumentException("'" + member + "' is there without 'committedThrough'");
                }
            }
            return new State(owner, writeId, null, eventKeys(root, Instant.EPOCH));
        }
        Instant zero = instant(root, "keysFrom");
        Checkpoint checkpoint =
                new Checkpoint(instant(root, "committedThrough"), zero, window(root), pending(root, zero, version));
        requireKeysFromReached(checkpoint);
        requireWindowAhead(checkpoint);
        return new State(owner, writeId, checkpoint, eventKeys(root, zero));
    }

    /** Later, no window could ever be opened: each would begin after its end. */
    private static void requireKeysFromReached(Checkpoint checkpoint) {
        Instant reached = checkpoint.openWindow().map(Window::maxtime).orElse(Instant.MIN);
        if (checkpoint.keysFrom().isAfter(reached) && checkpoint.keysFrom().isAfter(checkpoint.committedThrough())) {
            throw new IllegalArgumentException("'keysFrom' is " + checkpoint.keysFrom()
                    + ", after 'committedThrough' and the open window's 'maxtime'");
        }
    }

    /** Else what is between would never be read, and the window's end would take the time back. */
    private static void requireWindowAhead(Checkpoint checkpoint) {
        Instant committed = checkpoint.committedThrough();
        if (checkpoint
                .openWindow()
                .map(Window::maxtime)
                .filter(committed::isAfter)
                .isPresent()) {
            throw new IllegalArgumentException(
                    "'committedThrough' is " + committed + ", after the open window's 'maxtime'");
        }
    }

    private static @Nullable Window window(JsonNode root) {
        JsonNode window = root.get("window");
        if (window == null) {
            return null;
        }
        requireKnown(window, WINDOW_MEMBERS, "window");
        if (!text(window, "sort").equals(Window.ASCENDING)) {
            throw new IllegalArgumentException("'sort' is not " + Window.ASCENDING);
        }
        return new Window(
                instant(window, "mintime"),
                instant(window, "maxtime"),
                integer(window, "limit", LIMIT_MAX),
                cursor(window, "cursor"),
                integer(window, "page", PAGES_MAX));
    }

    private static @Nullable Batch pending(JsonNode root, Instant zero, int version) {
        JsonNode pending = root.get("pending");
        if (pending == null) {
            return null;
        }
        requireKnown(pending, PENDING_MEMBERS.get(version - 1), "pending");
        Map<String, Instant> eventKeys = eventKeys(pending, zero);
        if (eventKeys.isEmpty()) {
            throw new IllegalArgumentException("'pending' has no event keys");
        }
        return new Batch(
                text(pending, "objectKey"),
                pending.has("udmObjectKey") ? text(pending, "udmObjectKey") : "",
                eventKeys,
                cursor(pending, "cursorAfter"),
                version < VERSION_WITH_DECLARATIONS ? List.of() : declarations(pending, eventKeys.size()),
                missed(pending));
    }

    /** There may be none: an older program's batch that a recovery of this one has missed once. */
    private static List<Declaration> declarations(JsonNode pending, int eventKeys) {
        JsonNode declarations = pending.path("declarations");
        if (!declarations.isArray() || declarations.size() > Batch.DECLARATIONS_MAX) {
            throw new IllegalArgumentException(
                    "'declarations' is not an array of at most " + Batch.DECLARATIONS_MAX + " elements");
        }
        List<Declaration> read = new ArrayList<>();
        for (JsonNode declaration : declarations) {
            requireKnown(declaration, DECLARATION_MEMBERS, "declarations");
            JsonNode bytes = declaration.path("bytes");
            if (!bytes.isIntegralNumber() || !bytes.canConvertToLong() || bytes.asLong() > OBJECT_BYTES_MAX) {
                throw new IllegalArgumentException("'bytes' is not a whole number of at most " + OBJECT_BYTES_MAX);
            }
            read.add(new Declaration(bytes.asLong(), integer(declaration, "lines", eventKeys)));
        }
        return read;
    }

    private static boolean missed(JsonNode pending) {
        JsonNode missed = pending.get("missed");
        if (missed != null && !(missed.isBoolean() && missed.asBoolean())) {
            throw new IllegalArgumentException("'missed' is there and is not true");
        }
        return missed != null;
    }

    private static Cursor cursor(JsonNode parent, String name) {
        JsonNode cursor = parent.path(name);
        if (cursor.isObject() && cursor.size() == 1) {
            return Cursor.after(text(cursor, "offset"));
        }
        return switch (cursor.isTextual() ? cursor.asText() : "") {
            case "START" -> Cursor.START;
            case "END" -> Cursor.END;
            default -> throw new IllegalArgumentException("'" + name + "' is not a cursor");
        };
    }

    private static Map<String, Instant> eventKeys(JsonNode parent, Instant zero) {
        JsonNode keys = parent.path("eventKeys");
        if (!keys.isObject()) {
            throw new IllegalArgumentException("'eventKeys' is not an object");
        }
        Map<String, Instant> read = new HashMap<>(2 * keys.size());
        for (Map.Entry<String, JsonNode> key : keys.properties()) {
            if (!key.getValue().canConvertToLong() || !key.getValue().isIntegralNumber()) {
                throw new IllegalArgumentException("an event key's time is not a number of milliseconds");
            }
            read.put(key.getKey(), bounded("eventKeys", zero, key.getValue().asLong()));
        }
        return read;
    }

    // ---- The forms and bounds of a member.

    private static String text(JsonNode parent, String name) {
        JsonNode value = parent.path(name);
        if (!value.isTextual() || value.asText().isEmpty()) {
            throw new IllegalArgumentException("'" + name + "' is not a non-empty string");
        }
        if (value.asText().length() > TEXT_CHARS_MAX) {
            throw new IllegalArgumentException("'" + name + "' has more than " + TEXT_CHARS_MAX + " characters");
        }
        return value.asText();
    }

    private static int integer(JsonNode parent, String name, int max) {
        JsonNode value = parent.path(name);
        if (!value.isInt()) {
            throw new IllegalArgumentException("'" + name + "' is not a whole number");
        }
        if (value.asInt() > max) {
            throw new IllegalArgumentException("'" + name + "' is " + value + ", and must be at most " + max);
        }
        return value.asInt();
    }

    private static Instant bounded(String name, Instant zero, long millis) {
        // Compared as numbers: the sum may be more than an Instant holds.
        if (millis < zero.until(EARLIEST, ChronoUnit.MILLIS) || millis > zero.until(LATEST, ChronoUnit.MILLIS)) {
            throw new IllegalArgumentException("'" + name + "' has a time that is not between 2000 and 9999");
        }
        return zero.plusMillis(millis);
    }

    private static Instant instant(JsonNode parent, String name) {
        Instant instant;
        try {
            instant = Instant.parse(text(parent, name));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + name + "' is not a time such as 2026-11-23T08:15:00Z", e);
        }
        if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
            throw new IllegalArgumentException("'" + name + "' is " + instant + ", which is not between 2000 and 9999");
        }
        if (!instant.equals(Checkpoint.toMillis(instant))) {
            throw new IllegalArgumentException("'" + name + "' is " + instant + ", finer than a millisecond");
        }
        return instant;
    }

    private static void requireKnown(JsonNode object, Set<String> known, String what) {
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
