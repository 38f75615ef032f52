// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.sink.NdjsonLines;
import dev.duocollector.sink.PlainBody;
import dev.duocollector.sink.PlainStream;
import dev.duocollector.source.EventJson;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Batch.Declaration;
import dev.duocollector.text.Count;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Processor;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;

/**
 * Takes the bytes of the current batch's object, or of its UDM object, as S3 gave them, and leaves that it is whole: complete,
 * with as many lines as the batch was declared with. UDM events, and a batch of a program that declared no lines, may be
 * fewer than the batch's events: an event may not be mapped, and a step may have dropped some.
 *
 * <p>An object that is there and not whole ends the run: written again it would double what is there, taken as it is it would
 * lose what is not.
 */
public final class CheckLines implements Processor {

    @Override
    public void process(Exchange exchange) throws IOException, InvalidPayloadException {
        Run run = Run.of(exchange);
        Batch batch = run.batch();
        String key = exchange.getMessage().getHeader(AWS2S3Constants.KEY, String.class);
        byte[] object = object(exchange);
        int lines;
        try {
            lines = lines(object);
        } catch (IOException e) {
            throw notWhole(run, key, object.length + " bytes: " + e.getMessage());
        }
        boolean counted = key.equals(batch.objectKey()) && !batch.declarations().isEmpty();
        boolean whole = counted
                ? batch.declarations().stream().anyMatch(declaration -> declaration.lines() == lines)
                : lines >= 1 && lines <= batch.eventKeys().size();
        if (!whole) {
            throw notWhole(
                    run, key, Count.of(lines, "line") + ", where " + expected(batch, counted) + " were declared");
        }
        LookUp.WHOLE.show(exchange);
    }

    private static byte[] object(Exchange exchange) throws IOException, InvalidPayloadException {
        InputStream body = exchange.getMessage().getMandatoryBody(InputStream.class);
        // As in PlainBody.
        exchange.getMessage().setBody(null);
        try (body) {
            return body.readNBytes(PlainBody.BYTES_MAX + 1);
        }
    }

    /**
     * Counts the lines of a complete object.
     *
     * @throws IOException unless gzip, if it is that, ends, each line is one JSON object, and the last one ends; with the reason,
     *     and nothing of the content
     */
    static int lines(byte[] object) throws IOException {
        int last = '\n';
        int count = 0;
        try (InputStream plain = PlainStream.of(new ByteArrayInputStream(object))) {
            byte[] bytes = plain.readNBytes(PlainBody.BYTES_MAX + 1);
            if (bytes.length > PlainBody.BYTES_MAX) {
                throw new UnreadableLineException(
                        "it has more than " + PlainBody.BYTES_MAX + " bytes, the most that is read");
            }
            last = bytes.length == 0 ? -1 : bytes[bytes.length - 1];
            NdjsonLines lines = new NdjsonLines(new ByteArrayInputStream(bytes), Integer.MAX_VALUE);
            for (Optional<NdjsonLines.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
                requireObject(line.get());
                count++;
            }
        } catch (UnreadableLineException e) {
            throw e;
        } catch (IOException e) {
            // The message of a JSON or gzip failure may quote the content.
            throw new IOException("its gzip is damaged (" + e.getClass().getSimpleName() + ")", e);
        }
        if (last != '\n') {
            throw new IOException(last < 0 ? "it is empty" : "its last line does not end");
        }
        return count;
    }

    private static void requireObject(NdjsonLines.Line line) throws UnreadableLineException {
        // Said without the parser's message, which quotes the content.
        if (!EventJson.isObject(line.bytes())) {
            throw new UnreadableLineException("line " + line.number() + " is not a JSON object");
        }
    }

    /** A line that is not a JSON object, or more than is read. */
    private static final class UnreadableLineException extends IOException {
        private static final long serialVersionUID = 1L;

        UnreadableLineException(String flaw) {
            super(flaw);
        }
    }

    private static String expected(Batch batch, boolean counted) {
        return counted
                ? batch.declarations().stream()
                        .map(Declaration::lines)
                        .map(String::valueOf)
                        .collect(Collectors.joining(" or "))
                : "1 to " + batch.eventKeys().size();
    }

    private static RefusedException notWhole(Run run, String key, String found) {
        return RefusedException.operator("The object s3://"
                + run.stream().settings().account().bucket() + "/" + key + " is there and is not whole (" + found
                + "). Nothing was written over it, and the batch of "
                + Count.of(run.batch().eventKeys().size(), "event")
                + " stays pending. Look at it: if it has all that is wanted, run 'state settle --stored'; if not, move it"
                + " out of the prefix and run 'state settle --missing', which has the events read again.");
    }
}
