// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.EventShape;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.source.DuoSource;
import dev.duocollector.source.EventTime;
import dev.duocollector.text.PlainLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.spi.DataFormat;
import org.apache.camel.spi.DataFormatName;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/**
 * The data format {@code ndjson}: one event a line, {@code \n} after each, UTF-8. In a route: {@code marshal: { custom: {
 * ref: ndjson } }}.
 *
 * <p>An event that no step changed is written from the bytes that Duo sent. A changed one, or any other map, is written
 * again with its numbers as they print and its members in their order. After them come the fields of the {@linkplain
 * EventShape shape}, never in place of an existing one, even null.
 */
public final class NdjsonDataFormat extends ServiceSupport implements DataFormat, DataFormatName {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** How deep a message follows a value. */
    private static final int FIELDS_MAX = 5;

    private final boolean ofRun;
    private EventShape shape;
    private String apiHost;

    /** Makes one that writes and reads raw events, until configured otherwise. */
    public NdjsonDataFormat() {
        this(EventShape.RAW, "");
    }

    /** Makes one; the API host is what the events name as {@code host}, and may be empty for raw events only. */
    public NdjsonDataFormat(EventShape shape, String apiHost) {
        this(shape, apiHost, false);
    }

    private NdjsonDataFormat(EventShape shape, String apiHost, boolean ofRun) {
        this.ofRun = ofRun;
        this.shape = shape;
        this.apiHost = apiHost;
    }

    /** Returns the format that the settings of a run describe, or else these; values are as read, the host in lower case. */
    public static NdjsonDataFormat of(Settings settings) {
        return new NdjsonDataFormat(
                settings.log().get(SettingTable.EVENT_SHAPE), settings.account().apiHost(), true);
    }

    /** Sets the shape, {@code raw} or {@code duo-client}. */
    public void setShape(String shape) {
        this.shape = EventShape.parse(shape);
    }

    /** Sets the account's API host. */
    public void setApiHost(String apiHost) {
        this.apiHost = apiHost;
    }

    @Override
    public String getDataFormatName() {
        return "ndjson";
    }

    /**
     * Writes a map, or maps in an iterable or an array; without any it writes nothing.
     *
     * @throws IllegalArgumentException for anything else, naming its class but never its content
     */
    @Override
    public void marshal(Exchange exchange, @Nullable Object graph, OutputStream stream) throws IOException {
        Lines lines = lines(exchange);
        if (graph instanceof Map<?, ?> event) {
            lines.write(event, stream);
        } else if (graph instanceof Iterable<?> events) {
            for (Object event : events) {
                lines.writeElement(event, stream);
            }
        } else if (graph instanceof Object[] events) {
            for (Object event : events) {
                lines.writeElement(event, stream);
            }
        } else {
            throw misfit("the body", graph);
        }
    }

    /**
     * Reads lines of JSON objects into a list of {@link DuoEvent}; blank lines are skipped.
     *
     * @throws StoredObjectException if a line is anything else, with its number and without its content
     */
    @Override
    public List<DuoEvent> unmarshal(Exchange exchange, InputStream stream) throws IOException {
        List<DuoEvent> events = new ArrayList<>();
        DuoLog log = DuoSource.find(exchange).map(DuoSource::log).orElse(DuoLog.TELEPHONY);
        NdjsonLines lines = new NdjsonLines(stream, Integer.MAX_VALUE);
        for (Optional<NdjsonLines.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
            events.add(event(line.get(), log));
        }
        return events;
    }

    @Override
    protected void doInit() {
        // The events of a run have an account's, whatever is set here.
        if (!ofRun) {
            requireHost();
        }
    }

    private void requireHost() {
        if (shape == EventShape.DUO_CLIENT && apiHost.isBlank()) {
            throw new IllegalStateException(
                    "event.shape is duo-client, which names the account's host in every event, but"
                            + " duo.api.host is empty: set duo.api.host, or event.shape to raw");
        }
    }

    private static DuoEvent event(NdjsonLines.Line line, DuoLog log) throws IOException {
        try {
            return DuoEvent.of(line.bytes(), log);
        } catch (IOException e) {
            throw new StoredObjectException("line " + line.number() + ": " + e.getMessage(), e);
        }
    }

    /** Returns how an exchange's lines are written. */
    private Lines lines(Exchange exchange) {
        Optional<DuoSource> run = ofRun ? DuoSource.find(exchange) : Optional.empty();
        return run.map(source -> new Lines(
                        source.settings().log().get(SettingTable.EVENT_SHAPE),
                        new ClientFields(
                                source.log(), source.settings().account().apiHost()),
                        new HashMap<>()))
                .orElseGet(() -> {
                    requireHost();
                    return new Lines(shape, new ClientFields(DuoLog.TELEPHONY, apiHost), new HashMap<>());
                });
    }

    /**
     * The lines of one body, all of one shape.
     *
     * @param quoted the texts that are added to each, as JSON: the log's name, and the account's host
     */
    private record Lines(EventShape shape, ClientFields fields, Map<String, String> quoted) {

        void writeElement(@Nullable Object element, OutputStream stream) throws IOException {
            if (!(element instanceof Map<?, ?> event)) {
                throw misfit("an element of the body", element);
            }
            write(event, stream);
        }

        void write(Map<?, ?> event, OutputStream stream) throws IOException {
            if (event instanceof DuoEvent sent && sent.unchanged()) {
                writeSent(sent, stream);
            } else {
                stream.write(written(shaped(event)));
            }
            stream.write('\n');
        }

        private void writeSent(DuoEvent event, OutputStream stream) throws IOException {
            byte[] json = event.json();
            StringBuilder added = new StringBuilder();
            addFields(event.names()::contains, event.ts(), (name, value) -> {
                added.append(added.isEmpty() && event.names().isEmpty() ? "" : ",");
                added.append('"').append(name).append("\":").append(jsonOf(value));
            });
            stream.write(json, 0, json.length - 1);
            stream.write(added.append('}').toString().getBytes(UTF_8));
        }

        private String jsonOf(Object value) {
            return value instanceof String text
                    ? quoted.computeIfAbsent(text, NdjsonDataFormat::quote)
                    : value.toString();
        }

        private Map<Object, @Nullable Object> shaped(Map<?, ?> event) {
            Map<Object, @Nullable Object> line = new LinkedHashMap<>(event);
            addFields(event::containsKey, time(event), line::put);
            return line;
        }

        private void addFields(Predicate<String> isThere, Optional<Instant> time, BiConsumer<String, Object> added) {
            if (shape == EventShape.DUO_CLIENT) {
                fields.forEach(isThere, time, added);
            }
        }

        /** Returns the time in the line; where a step removed it, Duo's, so that the line keeps a time. */
        private Optional<Instant> time(Map<?, ?> event) {
            Optional<Instant> written = event.get(fields.log().timeMember()) instanceof String text
                    ? EventTime.parse(text)
                    : Optional.empty();
            return event instanceof DuoEvent sent ? written.or(sent::ts) : written;
        }
    }

    private static byte[] written(Map<?, ?> line) {
        try {
            return MAPPER.writeValueAsBytes(line);
        } catch (JsonProcessingException e) {
            // Not as the IOException that it is, which a route may take for a failure that passes; and not with its
            // message, which may quote a value.
            throw RefusedException.operator("A step of yours has put something into an event that is not JSON"
                    + field(e)
                    + ". Nothing of its page was stored, and nothing is lost. Have the step leave texts, numbers,"
                    + " true, false, null, maps and lists only.");
        }
    }

    /** Where it is, as far as Jackson tells. */
    private static String field(JsonProcessingException failure) {
        List<String> names = failure instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(JsonMappingException.Reference::getFieldName)
                        .filter(Objects::nonNull)
                        .limit(FIELDS_MAX)
                        .toList()
                : List.of();
        return names.isEmpty() ? "" : ", in its field " + PlainLine.of(String.join(".", names));
    }

    private static String quote(String text) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    private static IllegalArgumentException misfit(String what, @Nullable Object found) {
        // Not Camel's InvalidPayloadException: its message quotes the body.
        return new IllegalArgumentException("ndjson writes events, each a java.util.Map, alone or in a List, but "
                + what
                + " is " + (found == null ? "null" : "a " + found.getClass().getName())
                + ". See which step before marshal made it");
    }
}
