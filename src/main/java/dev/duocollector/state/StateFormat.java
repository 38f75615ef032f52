// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.state.Batch.Declaration;
import dev.duocollector.state.StateRefusedException.Reason;
import dev.duocollector.text.JsonText;
import dev.duocollector.text.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state object's bytes: one JSON object, UTF-8. Version 3, by example:
 *
 * <pre>
 * {"version":3,
 *  "owner":"api-00000000.duosecurity.com",
 *  "writeId":"0b0f3c3e-…",                     a new one with each write
 *  "committedThrough":"2026-11-23T08:15:00.123Z",
 *  "keysFrom":"2026-11-23T08:05:00.123Z",      also the zero of every event's time below
 *  "window":{"mintime":"…","maxtime":"…","limit":1000,"sort":"ts:asc",
 *            "cursor":"START" | "END" | {"offset":"1763885700123,5bf1…"},"page":7},
 *  "pending":{"objectKey":"…","udmObjectKey":"…","cursorAfter":…,
 *             "declarations":[{"bytes":48211,"lines":112}, …],   the oldest first, 4 at most
 *             "missed":true,                   a recovery has found neither the object nor all events
 *             "eventKeys":{…}},
 *  "eventKeys":{"Qm9ndXMgYnl0ZXMgaGVyZQ":61250, …}}   event key: milliseconds after keysFrom
 * </pre>
 *
 * {@code window}, {@code pending}, {@code udmObjectKey} and {@code missed} are left out when there is none; all from
 * {@code committedThrough} to {@code pending} before the first run. About 32 bytes an event. A member that this version does
 * not know is refused, because writing the state back would drop it. Version 1 had no {@code udmObjectKey}, version 2 neither
 * {@code declarations} nor {@code missed}; both are read, and written as version 3.
 *
 * <p>The state is input from outside: anyone who may write to the bucket may have made it. {@link StateReader} holds what
 * it reads to the forms and bounds that this program writes; {@link State#requireUsable} holds it to the settings and the time.
 */
final class StateFormat {

    /** The version that is written; older ones are upgraded when read, newer ones refused. */
    static final int VERSION = 3;

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // The names are event keys, new ones in each run: neither Jackson nor the JVM should keep them.
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    static final Set<String> MEMBERS =
            Set.of("version", "owner", "writeId", "committedThrough", "keysFrom", "window", "pending", "eventKeys");

    private StateFormat() {}

    static byte[] write(State state) {
        ByteArrayOutputStream bytes =
                new ByteArrayOutputStream(512 + 40 * state.eventKeys().size());
        try (JsonGenerator json = JSON.getFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("version", VERSION);
            json.writeStringField("owner", state.owner());
            json.writeStringField("writeId", state.writeId());
            Checkpoint checkpoint = state.checkpoint();
            Instant zero = Instant.EPOCH;
            if (checkpoint != null) {
                zero = checkpoint.keysFrom();
                json.writeStringField(
                        "committedThrough", checkpoint.committedThrough().toString());
                json.writeStringField("keysFrom", zero.toString());
                writeWindow(json, checkpoint.window());
                writePending(json, checkpoint.pending(), zero);
            }
            writeEventKeys(json, state.eventKeys(), zero);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void writeWindow(JsonGenerator json, @Nullable Window window) throws IOException {
        if (window == null) {
            return;
        }
        json.writeObjectFieldStart("window");
        json.writeStringField("mintime", window.mintime().toString());
        json.writeStringField("maxtime", window.maxtime().toString());
        json.writeNumberField("limit", window.limit());
        json.writeStringField("sort", Window.ASCENDING);
        writeCursor(json, "cursor", window.cursor());
        json.writeNumberField("page", window.page());
        json.writeEndObject();
    }

    private static void writePending(JsonGenerator json, @Nullable Batch pending, Instant zero) throws IOException {
        if (pending == null) {
            return;
        }
        json.writeObjectFieldStart("pending");
        json.writeStringField("objectKey", pending.objectKey());
        if (pending.isUdmWanted()) {
            json.writeStringField("udmObjectKey", pending.udmKey());
        }
        writeCursor(json, "cursorAfter", pending.cursorAfter());
        json.writeArrayFieldStart("declarations");
        for (Declaration declaration : pending.declarations()) {
            json.writeStartObject();
            json.writeNumberField("bytes", declaration.bytes());
            json.writeNumberField("lines", declaration.lines());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (pending.missed()) {
            json.writeBooleanField("missed", true);
        }
        writeEventKeys(json, pending.eventKeys(), zero);
        json.writeEndObject();
    }

    private static void writeCursor(JsonGenerator json, String name, Cursor cursor) throws IOException {
        if (cursor.position() == Cursor.Position.OFFSET) {
            json.writeObjectFieldStart(name);
            json.writeStringField("offset", cursor.offset());
            json.writeEndObject();
        } else {
            json.writeStringField(name, cursor.position().name());
        }
    }

    private static void writeEventKeys(JsonGenerator json, Map<String, Instant> keys, Instant zero) throws IOException {
        json.writeObjectFieldStart("eventKeys");
        for (Map.Entry<String, Instant> key : keys.entrySet()) {
            json.writeNumberField(
                    key.getKey(), Duration.between(zero, key.getValue()).toMillis());
        }
        json.writeEndObject();
    }

    /**
     * Reads a state back.
     *
     * @param place where the bytes come from, for messages
     * @throws StateRefusedException unless every member is there, known and of its type
     */
    static State read(byte[] bytes, String place) {
        JsonNode root = parse(bytes, place);
        JsonNode version = root.path("version");
        // Not asInt() alone: it cuts off, and 4294967297 would pass for 1.
        if (!root.isObject() || !version.isInt() || version.asInt() < 1) {
            throw new StateRefusedException(
                    Reason.DAMAGED,
                    "The state at " + place + " is not this program's: its version should be " + VERSION + " and is "
                            + shown(version) + ". " + REMEDY);
        }
        if (version.asInt() > VERSION) {
            throw new StateRefusedException(
                    Reason.NEWER,
                    "The state at " + place + " has version " + version
                            + ", and this program knows versions up to " + VERSION
                            + ". A newer collector wrote it: run that one, or a newer one still.");
        }
        try {
            return StateReader.read(root, version.asInt());
        } catch (IllegalArgumentException | IllegalStateException | DateTimeException e) {
            throw new StateRefusedException(
                    Reason.DAMAGED, "The state at " + place + " is damaged: " + e.getMessage() + ". " + REMEDY, e);
        }
    }

    static final String REMEDY =
            "See OPERATIONS, \"A state that is refused\", for what to do; nothing was read or written.";

    /**
     * Returns what can be read of a state that {@link #read} may have refused: the members at its top that are texts or
     * numbers, as they are there; empty if it is not a JSON object.
     */
    static Map<String, String> readable(byte[] bytes) {
        Map<String, String> readable = new TreeMap<>();
        try {
            for (Map.Entry<String, JsonNode> member : parse(bytes, "").properties()) {
                if (MEMBERS.contains(member.getKey()) && member.getValue().isValueNode()) {
                    readable.put(member.getKey(), member.getValue().asText());
                }
            }
        } catch (StateRefusedException e) {
            // The caller knows it already, from read().
        }
        return readable;
    }

    /** Tells whether these bytes are a state of a version before this program's; looks no further than that member. */
    static boolean isOlder(byte[] bytes) {
        try (JsonParser json = JSON.getFactory().createParser(bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean version = json.currentName().equals("version");
                if (json.nextToken() == JsonToken.VALUE_NUMBER_INT && version) {
                    return json.getNumberType() == JsonParser.NumberType.INT && json.getIntValue() < VERSION;
                }
                json.skipChildren();
            }
        } catch (IOException e) {
            // Not a state at all; read() says so.
        }
        return false;
    }

    private static JsonNode parse(byte[] bytes, String place) {
        try {
            Utf8.require(bytes);
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new StateRefusedException(
                    Reason.DAMAGED,
                    "The state at " + place + " is not readable JSON (line " + JsonText.brokenLine(e) + "). " + REMEDY);
        }
    }

    private static String shown(JsonNode version) {
        if (version.isMissingNode()) {
            return "missing";
        }
        return version.isNumber() ? version.toString() : "not a number";
    }
}
