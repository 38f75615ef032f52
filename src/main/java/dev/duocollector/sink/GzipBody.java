// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Processor;

/** Compresses the body with gzip (RFC 1952). The same body gives the same bytes: no name and no time goes into the header. */
public final class GzipBody implements Processor {

    private static final String PLAIN_BYTES = "plainBytes";

    /** Returns the length of what was compressed last in this exchange, once; empty if nothing was since it was asked. */
    public static OptionalLong plainBytes(Exchange exchange) {
        Object plain = exchange.removeVariable(PLAIN_BYTES);
        return plain instanceof Integer bytes ? OptionalLong.of(bytes) : OptionalLong.empty();
    }

    @Override
    public void process(Exchange exchange) throws IOException, InvalidPayloadException {
        byte[] plain = exchange.getMessage().getMandatoryBody(byte[].class);
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(plain.length / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(plain);
        }
        exchange.setVariable(PLAIN_BYTES, plain.length);
        exchange.getMessage().setBody(compressed.toByteArray());
    }
}
