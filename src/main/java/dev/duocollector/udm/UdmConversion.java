// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.sink.NdjsonLines;
import dev.duocollector.sink.PlainStream;
import dev.duocollector.source.DuoEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Makes UDM events of NDJSON, plain or gzip, line by line and in constant memory. A line that cannot be mapped is reported
 * with its input and number, never with its content, and left out; the others are written. Not thread-safe.
 */
public final class UdmConversion {

    /** After so many lines on one input, its further problems are only counted. */
    static final int REPORTED_MAX = 10;

    private final ObjectMapper json = new ObjectMapper();
    private final UdmSummary summary = new UdmSummary();
    private final UdmMapper mapper;
    private final DuoLog log;
    private final UdmOutput output;
    private final Consumer<String> problems;
    private final Consumer<String> progress;
    private int reported;

    /**
     * Begins a conversion.
     *
     * @param log the log that the events are of
     * @param output takes the mapped events; the caller ends it
     * @param problems takes a line for each problem
     * @param progress is given the input's name after each line, to tell now and then how far the conversion is
     */
    public UdmConversion(
            UdmMapper mapper, DuoLog log, UdmOutput output, Consumer<String> problems, Consumer<String> progress) {
        this.mapper = mapper;
        this.log = log;
        this.output = output;
        this.problems = problems;
        this.progress = progress;
    }

    /**
     * Converts one input to its end. One that is cut short counts as a problem, after what was read of it.
     *
     * @param name the input's name, for messages
     * @throws IOException if the output fails
     */
    public void convert(String name, InputStream in) throws IOException {
        reported = 0;
        summary.input();
        Input input = new Input(name, in);
        for (NdjsonLines.Line line = input.next(); line != null; line = input.next()) {
            Optional<String> refused = line.number() == 1 ? refusedAsAWhole(line) : Optional.empty();
            if (refused.isPresent()) {
                problem(name, line.number(), refused.get());
                return;
            }
            summary.line();
            convert(name, line);
            progress.accept(name);
        }
    }

    private void convert(String name, NdjsonLines.Line line) throws IOException {
        if (line.tooLong()) {
            problem(
                    name,
                    line.number(),
                    String.format(
                            "the line has more than %d bytes, and a feed takes no line that"
                                    + " long: it would fail as a whole",
                            UdmOutput.BYTES_MAX));
            return;
        }
        Map<String, @Nullable Object> event;
        Map<String, Object> udm;
        try {
            event = DuoEvent.of(line.bytes(), log);
            udm = mapper.map(event, log);
        } catch (IOException | UnmappableEventException e) {
            problem(name, line.number(), e.getMessage());
            return;
        }
        byte[] written = json.writeValueAsBytes(udm);
        if (written.length > output.eventBytesMax()) {
            problem(
                    name,
                    line.number(),
                    String.format(
                            "the UDM event would have %d bytes, and %d is the most",
                            written.length, output.eventBytesMax()));
            return;
        }
        output.write(written);
        summary.mapped(event, log, udm, mapper);
    }

    /** Reports by its first line what is not NDJSON at all: one sentence is better than one for each of its lines. */
    private static Optional<String> refusedAsAWhole(NdjsonLines.Line first) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(first.bytes()));
        } catch (CharacterCodingException e) {
            return Optional.of(
                    "this is not UTF-8 text, so none of the input was read; it must be NDJSON, plain or gzip");
        }
        return new String(first.bytes(), UTF_8).stripLeading().startsWith("[")
                ? Optional.of(
                        "a JSON array begins here, so none of the input was read; it must be NDJSON, one object a line")
                : Optional.empty();
    }

    private void problem(String name, long line, String what) {
        summary.problem();
        reported++;
        if (reported <= REPORTED_MAX) {
            problems.accept(name + ":" + line + ": " + what);
        } else if (reported == REPORTED_MAX + 1) {
            problems.accept(name + ": further problems are only counted");
        }
    }

    /** Returns how many problems there were so far; a line has one at most. */
    public long problems() {
        return summary.problems();
    }

    /** Returns what came of it all, in lines to print. */
    public List<String> report() {
        return summary.report();
    }

    /** An input that reports being cut short as a problem like any other. */
    private final class Input {

        private final String name;
        private final InputStream in;
        private @Nullable NdjsonLines lines;

        Input(String name, InputStream in) {
            this.name = name;
            this.in = in;
        }

        /** Returns the next line, null at the end. */
        NdjsonLines.@Nullable Line next() {
            try {
                if (lines == null) {
                    lines = new NdjsonLines(PlainStream.of(in), UdmOutput.BYTES_MAX);
                }
                return lines.next().orElse(null);
            } catch (IOException | SdkException e) {
                problem(
                        name,
                        lines == null ? 1 : Math.max(1, lines.number()),
                        "the input is cut short here (" + e.getClass().getSimpleName() + ": " + e.getMessage() + ")");
                return null;
            }
        }
    }
}
