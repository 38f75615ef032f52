// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An answer as a client gets it. The client is {@link HttpURLConnection}, since the newer one of Java 17 sends a
 * Content-Length with every GET, which the simulator refuses.
 */
record Reply(HttpURLConnection connection, int status, ByteBuffer body) {
    private static final int TIMEOUT_MILLIS = 10_000;

    static Reply of(HttpURLConnection connection) throws IOException {
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            byte[] body = in.readAllBytes();
            if (body.length < connection.getContentLength()) {
                // This client takes half a body for a whole one.
                throw new EOFException("Only " + body.length + " bytes of " + connection.getContentLength());
            }
            return new Reply(connection, status, ByteBuffer.wrap(body));
        }
    }

    String text() {
        return UTF_8.decode(body.duplicate()).toString();
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(connection.getHeaderField(name));
    }
}
