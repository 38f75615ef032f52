// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.text.Utf8;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How this program reads JSON: as UTF-8 and nothing else, unknown members kept, every number printable as it was sent.
 * Nesting deeper than 1000 is refused, and so is what would fill the heap once parsed: a body of too many parts, or a text
 * of 4 Mi characters where texts are read. Other texts have no bound of their own, since the body has one.
 */
public final class EventJson {

    private static final int CONVERTED_DIGITS_MAX = 1000;
    /** Far more than a call costs; a larger number is not a count. */
    private static final int CREDITS_DIGITS_MAX = 6;

    /** Up to the year 5138; a longer number counts something else. */
    private static final int SECONDS_DIGITS_MAX = 11;

    /**
     * How many values, names and brackets are read. A page of 1000 events has some 150 in each at most, but a user may be in
     * hundreds of groups. Once parsed, one takes some 60 bytes.
     */
    private static final long TOKENS_MAX =
            Math.max(500_000, Runtime.getRuntime().maxMemory() / 256);

    private static final int NAME_CHARS_MAX = 64 * 1024;
    private static final int NUMBER_CHARS_MAX = 1024 * 1024;
    private static final int TEXT_CHARS_MAX = 4 * 1024 * 1024;

    /** For what the bounded one has accepted, which need not look at texts. */
    static final JsonFactory FACTORY = JsonFactory.builder()
            // Else a body that starts with a zero byte is taken for UTF-16, and byte offsets no longer mean the body's.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            // Whoever answers decides on the names, and the JVM is slow to forget what is interned.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final JsonFactory BOUNDED = FACTORY.rebuild()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxTokenCount(TOKENS_MAX)
                    .maxNameLength(NAME_CHARS_MAX)
                    .maxNumberLength(NUMBER_CHARS_MAX)
                    .maxStringLength(TEXT_CHARS_MAX)
                    .build())
            .build();

    private EventJson() {}

    /**
     * Opens a parser over the whole array.
     *
     * @throws CharacterCodingException if the array is not UTF-8; Jackson alone lets encoded surrogates and overlong forms
     *     pass, which would give one event two keys and the object a line that other readers refuse
     */
    static JsonParser parser(byte[] json) throws IOException {
        Utf8.require(json);
        return BOUNDED.createParser(json);
    }

    /** Returns what to say of an answer that has gone beyond a bound of its parser. */
    static AnswerTooLargeException tooLarge(JsonParser parser) {
        return parser.currentTokenCount() > TOKENS_MAX
                ? AnswerTooLargeException.parts(TOKENS_MAX)
                : AnswerTooLargeException.part();
    }

    /**
     * Reads the event that begins at the parser's position, over the array it was opened with.
     *
     * @param likelyNames those of the event before it, which most have as well, and then share; may be empty
     */
    static DuoEvent event(JsonParser parser, byte[] json, DuoLog log, List<String> likelyNames) throws IOException {
        JsonLocation start = parser.currentTokenLocation();
        List<String> names = new ArrayList<>(likelyNames.size());
        @Nullable Instant ts = null;
        @Nullable Instant timestamp = null;
        @Nullable String context = null;
        @Nullable String type = null;
        int credits = 0;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            names.add(name);
            boolean isText = parser.nextToken() == JsonToken.VALUE_STRING;
            switch (name) {
                case "ts", "isotimestamp" -> {
                    if (name.equals(log.timeMember())) {
                        ts = isText ? EventTime.parse(parser.getText()).orElse(null) : null;
                    }
                }
                case "timestamp" -> timestamp = log.hasTimestamp() ? seconds(parser) : null;
                case "context" -> context = isText ? parser.getText() : null;
                case "type" -> type = isText ? parser.getText() : null;
                case "credits" -> credits = credits(parser);
                default -> {}
            }
            parser.skipChildren();
        }
        JsonLocation end = parser.currentLocation();
        return new DuoEvent(
                log,
                line(json, start, end),
                names.equals(likelyNames) ? likelyNames : List.copyOf(names),
                ts == null ? timestamp : ts,
                ts == null && timestamp != null,
                CallKind.of(context, type),
                credits);
    }

    /** A time in whole seconds since 1970, which a log has beside its ISO 8601; null for anything else. */
    private static @Nullable Instant seconds(JsonParser parser) throws IOException {
        boolean isTime = parser.hasToken(JsonToken.VALUE_NUMBER_INT) && parser.getTextLength() <= SECONDS_DIGITS_MAX;
        return isTime ? Instant.ofEpochSecond(parser.getLongValue()) : null;
    }

    private static int credits(JsonParser parser) throws IOException {
        boolean isCount = parser.hasToken(JsonToken.VALUE_NUMBER_INT) && parser.getTextLength() <= CREDITS_DIGITS_MAX;
        return isCount ? Math.max(0, parser.getIntValue()) : 0;
    }

    /** Reads a whole event into mutable maps and lists; of two members of one name the last counts. */
    static Map<String, @Nullable Object> members(byte[] event) throws IOException {
        try (JsonParser parser = FACTORY.createParser(event)) {
            parser.nextToken();
            return object(parser);
        }
    }

    /** Reads a text that is one JSON object and nothing else into a map as above; empty if it is not one. */
    public static Optional<Map<String, @Nullable Object>> object(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            Map<String, @Nullable Object> members = object(parser);
            return parser.nextToken() == null ? Optional.of(members) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Tells whether a line is one JSON object and nothing else, by the limits that events are read with: what was stored as an
     * event can be read back.
     */
    public static boolean isObject(byte[] line) {
        try (JsonParser parser = FACTORY.createParser(line)) {
            // What is passed over is not decoded.
            Utf8.require(line);
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            parser.skipChildren();
            // An object that is cut short has no end to stop at.
            return parser.hasToken(JsonToken.END_OBJECT) && parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Says what is wrong with the JSON without quoting it, as Jackson's own message would. */
    static String flaw(IOException e) {
        if (e instanceof StreamConstraintsException) {
            return "it is nested too deeply, or has more or longer parts than an event can";
        }
        if (e instanceof JsonProcessingException json && json.getLocation() != null) {
            return "it is cut short or is not JSON at byte "
                    + json.getLocation().getByteOffset();
        }
        return e instanceof CharacterCodingException ? "it is not UTF-8" : "it is not JSON";
    }

    /** Copies the event out of its page, so that it does not keep the page alive, as one line. */
    private static byte[] line(byte[] json, JsonLocation from, JsonLocation to) {
        int start = (int) from.getByteOffset();
        int end = (int) to.getByteOffset();
        if (from.getLineNr() == to.getLineNr()) {
            return Arrays.copyOfRange(json, start, end);
        }
        byte[] line = new byte[end - start];
        int length = 0;
        for (int i = start; i < end; i++) {
            // JSON strings hold no raw line breaks, so these are between tokens.
            if (json[i] != '\n' && json[i] != '\r') {
                line[length++] = json[i];
            }
        }
        return Arrays.copyOf(line, length);
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            members.put(name, value(parser));
        }
        return members;
    }

    private static List<@Nullable Object> array(JsonParser parser) throws IOException {
        List<@Nullable Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser));
        }
        return elements;
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private static Number number(JsonParser parser) throws IOException {
        String text = parser.getText();
        if (text.length() > CONVERTED_DIGITS_MAX) {
            // Converting takes time that grows with the square of the digits.
            return new VerbatimNumber(text);
        }
        try {
            Number number = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                    ? parser.getNumberValue()
                    : new BigDecimal(text);
            return number.toString().equals(text) ? number : new VerbatimNumber(text);
        } catch (NumberFormatException e) {
            // An exponent beyond BigDecimal's.
            return new VerbatimNumber(text);
        }
    }

    /** A JSON number that Java's own number types would not print as it was sent: {@code -0}, {@code 1e5}. */
    private static final class VerbatimNumber extends Number {

        private static final long serialVersionUID = 1L;

        private final String text;

        VerbatimNumber(String text) {
            this.text = text;
        }

        @Override
        public int intValue() {
            return (int) doubleValue();
        }

        @Override
        public long longValue() {
            return (long) doubleValue();
        }

        @Override
        public float floatValue() {
            return Float.parseFloat(text);
        }

        @Override
        public double doubleValue() {
            return Double.parseDouble(text);
        }

        /** Two are equal when they were sent alike: {@code 1e5} and {@code 1E5} differ. */
        @Override
        public boolean equals(Object other) {
            return other instanceof VerbatimNumber number && number.text.equals(text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
