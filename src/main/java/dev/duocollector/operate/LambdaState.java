// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.operate;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.text.JsonText;
import dev.duocollector.text.PhoneNumbers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The {@code state.json} of the Lambda in Google's guide "Collect Duo Telephony logs":
 * <code>{"last_offset": "1763885700123,5bf1…", "last_timestamp_ms": 1763885700124}</code>. Either may be null or missing.
 *
 * @param offsetTime the time of the last event before the offset at which the Lambda stopped in mid-window, to the millisecond;
 *     empty when it was done with the window, or the offset does not begin with a time
 * @param lastTimestamp the Lambda's {@code last_timestamp_ms}: a millisecond after its latest event
 * @param text both members as they were, for people
 */
record LambdaState(Optional<Instant> offsetTime, Optional<Instant> lastTimestamp, String text) {

    /** Duo was founded in 2010. What is earlier was not meant as milliseconds. */
    private static final Instant EARLIEST = Instant.parse("2010-01-01T00:00:00Z");

    /** As far as a checkpoint of ours may be ahead of this machine's clock. */
    private static final Duration AHEAD_MAX = Duration.ofMinutes(5);

    private static final String OFFSET_MEMBER = "last_offset";
    private static final String TIMESTAMP_MEMBER = "last_timestamp_ms";

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /**
     * Reads it.
     *
     * @param place where it is from, for messages
     * @throws RefusedException if it is anything else; the message does not quote more than one of the two members
     */
    static LambdaState read(byte[] bytes, String place, Instant now) {
        JsonNode root = parse(bytes, place);
        if (root.has("version") && root.has("owner")) {
            throw RefusedException.operator(
                    place + " is a state of this program, not of the Lambda. To put it back, copy it to"
                            + " the state's key (OPERATIONS, \"A state that is refused\").");
        }
        JsonNode offset = root.path(OFFSET_MEMBER);
        JsonNode timestamp = root.path(TIMESTAMP_MEMBER);
        if (!root.isObject() || (!root.isEmpty() && offset.isMissingNode() && timestamp.isMissingNode())) {
            throw RefusedException.operator(place + " is not a state of the Lambda: it should be a JSON object with "
                    + OFFSET_MEMBER + " or " + TIMESTAMP_MEMBER + ", or an empty one.");
        }
        return new LambdaState(
                offsetTime(offset, place, now),
                lastTimestamp(timestamp, place, now),
                OFFSET_MEMBER + " " + shown(offset) + ", " + TIMESTAMP_MEMBER + " " + shown(timestamp));
    }

    private static JsonNode parse(byte[] bytes, String place) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw RefusedException.operator(place + " is not readable JSON (line " + JsonText.brokenLine(e)
                    + "), so not a state of the Lambda.");
        }
    }

    /** Python's None, an empty text and an empty list mean to the Lambda that it is done with its window. */
    private static Optional<Instant> offsetTime(JsonNode offset, String place, Instant now) {
        if (offset.isMissingNode() || offset.isNull()) {
            return Optional.empty();
        }
        JsonNode first = offset.isArray() && !offset.isEmpty() ? offset.get(0) : offset;
        if (!first.isTextual() && !offset.isArray()) {
            throw wrong(
                    place, OFFSET_MEMBER, offset, "a text such as \"1763885700123,5bf1…\", a list of texts, or null");
        }
        return Times.ofOffset(first.asText()).map(time -> checked(time, place, OFFSET_MEMBER, now));
    }

    private static Optional<Instant> lastTimestamp(JsonNode timestamp, String place, Instant now) {
        if (timestamp.isMissingNode() || timestamp.isNull()) {
            return Optional.empty();
        }
        if (!timestamp.isIntegralNumber() || !timestamp.canConvertToLong()) {
            throw wrong(place, TIMESTAMP_MEMBER, timestamp, "a whole number of milliseconds, or null");
        }
        return Optional.of(checked(Instant.ofEpochMilli(timestamp.asLong()), place, TIMESTAMP_MEMBER, now));
    }

    private static Instant checked(Instant time, String place, String member, Instant now) {
        if (time.isBefore(EARLIEST) || time.isAfter(now.plus(AHEAD_MAX))) {
            throw RefusedException.operator("In " + place + ", " + member + " means " + time
                    + ". Allowed: milliseconds since 1970 of a time from " + EARLIEST + " to now, which is " + now
                    + ".");
        }
        return time;
    }

    private static RefusedException wrong(String place, String member, JsonNode value, String allowed) {
        return RefusedException.operator(
                "In " + place + ", " + member + " is " + shown(value) + ". Allowed: " + allowed + ".");
    }

    /** A value, cut to a length that Duo's offsets fit in, and without what may be a phone number. */
    private static String shown(JsonNode value) {
        String text = value.isMissingNode() ? "missing" : PhoneNumbers.masked(value.toString());
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
