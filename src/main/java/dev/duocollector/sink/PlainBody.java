// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import java.io.IOException;
import java.io.InputStream;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Processor;

/** Reads the body of a stored object to its end, through gzip if it is that; the counterpart of {@link GzipBody}. */
public final class PlainBody implements Processor {

    @Override
    public void process(Exchange exchange) throws IOException, InvalidPayloadException {
        try (InputStream stored = PlainStream.of(exchange.getMessage().getMandatoryBody(InputStream.class))) {
            exchange.getMessage().setBody(stored.readAllBytes());
        }
    }
}
