// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Processor;

/** Compresses the body with gzip (RFC 1952). The same body gives the same bytes: no name and no time goes into the header. */
public final class GzipBody implements Processor {

    @Override
    public void process(Exchange exchange) throws IOException, InvalidPayloadException {
        byte[] plain = exchange.getMessage().getMandatoryBody(byte[].class);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(plain.length / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(plain);
        }
        exchange.getMessage().setBody(compressed.toByteArray());
    }
}
