// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.duocollector.simulator.SimulatedEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.sync.RequestBody;

/** The objects that the Lambda of Google's guide writes, and events told apart whoever wrote them. */
final class LambdaObjects {

    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern(
                    "'telephony_'uuuuMMdd_HHmmss'.json'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private LambdaObjects() {}

    /** Puts what the Lambda has read in a run that ends now: a line each as json.dumps writes it, no line feed at the end. */
    static String put(World world, Instant now, List<SimulatedEvent> events) {
        String key = "duo-telephony/" + NAME.format(now);
        String lines = events.stream().map(event -> dumps(event.json())).collect(Collectors.joining("\n"));
        World.s3()
                .client()
                .putObject(
                        request -> request.bucket(world.bucket).key(key), RequestBody.fromBytes(lines.getBytes(UTF_8)));
        return key;
    }

    /** What Python makes of an event that it has read and writes again. */
    private static String dumps(String json) {
        try {
            return JSON.writer(new Separators()).writeValueAsString(JSON.readTree(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every event in every object under the prefix, without what the collector adds. */
    static List<JsonNode> stored(World world) {
        return world.lines().stream().map(LambdaObjects::asSent).toList();
    }

    static List<JsonNode> sent(List<SimulatedEvent> events) {
        List<JsonNode> sent = new ArrayList<>();
        events.forEach(event -> sent.add(asSent(event.json())));
        return sent;
    }

    static JsonNode asSent(String line) {
        try {
            ObjectNode event = (ObjectNode) JSON.readTree(line);
            event.remove(List.of("eventtype", "host", "timestamp"));
            return event;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Python's separators: a blank after each. */
    private static final class Separators extends MinimalPrettyPrinter {

        private static final long serialVersionUID = 1L;

        @Override
        public void writeObjectFieldValueSeparator(JsonGenerator json) throws IOException {
            json.writeRaw(": ");
        }

        @Override
        public void writeObjectEntrySeparator(JsonGenerator json) throws IOException {
            json.writeRaw(", ");
        }

        @Override
        public void writeArrayValueSeparator(JsonGenerator json) throws IOException {
            json.writeRaw(", ");
        }
    }
}
