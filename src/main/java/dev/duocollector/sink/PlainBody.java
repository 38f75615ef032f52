// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import dev.duocollector.sink.S3Answers.S3BodyException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Processor;

/**
 * Reads the body of a stored object to its end, through gzip if it is that; the counterpart of {@link GzipBody}. More than
 * 128 MiB, or a quarter of the heap, is not read: no page of events is that large, but a small object may unpack to it.
 */
public final class PlainBody implements Processor {

    /** The longest object that is read back, packed or not. */
    public static final int BYTES_MAX =
            (int) Math.min(128 * 1024 * 1024, Runtime.getRuntime().maxMemory() / 4);

    private final int bytesMax;

    public PlainBody() {
        this(BYTES_MAX);
    }

    PlainBody(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /**
     * @throws S3BodyException if the connection breaks or trickles
     * @throws StoredObjectException if the object does, or is too large
     */
    @Override
    public void process(Exchange exchange) throws IOException, InvalidPayloadException {
        InputStream body = exchange.getMessage().getMandatoryBody(InputStream.class);
        // Else a body that is cut short would be read once more before anything reports it.
        exchange.getMessage().setBody(null);
        try (InputStream stored = PlainStream.of(body)) {
            byte[] bytes = stored.readNBytes(bytesMax + 1);
            if (bytes.length > bytesMax) {
                throw new StoredObjectException("it holds more than " + bytesMax
                        + " bytes, the most that is read (128 MiB, or a quarter of the heap)");
            }
            exchange.getMessage().setBody(bytes);
        } catch (S3BodyException | StoredObjectException e) {
            throw e;
        } catch (IOException e) {
            throw new StoredObjectException("it is cut short or is not gzip", e);
        }
    }
}
