// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The request line, the headers and the body of one HTTP request, as they came over the wire.
 *
 * @param target the request target: path and raw query
 * @param headers values by lower-case name, repeated headers with all their values
 * @param body empty without a Content-Length
 */
record ReceivedRequest(String method, String target, String protocol, Map<String, List<String>> headers, String body) {
    private static final String END = "\r\n\r\n";
    private static final int HEAD_BYTES_MAX = 64 * 1024;
    private static final int BODY_BYTES_MAX = 1024 * 1024;

    /**
     * Reads the next request of a connection.
     *
     * @return empty when the client has closed the connection between two requests
     * @throws IOException if what came is not an HTTP request within the bounds
     */
    static Optional<ReceivedRequest> read(BufferedInputStream in) throws IOException {
        String text = readText(in);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String[] lines = text.split("\r\n");
        String[] parts = lines[0].split(" ", -1);
        if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
            throw new IOException("Not an HTTP/1 request line: " + lines[0]);
        }
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new IOException("A header without a name");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            headers.computeIfAbsent(name, key -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        int length = contentLength(headers);
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new IOException("The body ends after " + body.length + " of " + length + " bytes");
        }
        return Optional.of(new ReceivedRequest(parts[0], parts[1], parts[2], headers, new String(body, UTF_8)));
    }

    /** Returns whether the client may send its next request over this connection. */
    boolean keepsAlive() {
        return List.of("GET", "POST").contains(method)
                && protocol.equals("HTTP/1.1")
                && !headers.containsKey("transfer-encoding")
                && headers.getOrDefault("connection", List.of()).stream().noneMatch("close"::equalsIgnoreCase);
    }

    private static int contentLength(Map<String, List<String>> headers) throws IOException {
        String length = headers.getOrDefault("content-length", List.of("0")).get(0);
        if (!length.matches("[0-9]{1,7}") || Integer.parseInt(length) > BODY_BYTES_MAX) {
            throw new IOException("Content-Length must be at most " + BODY_BYTES_MAX + ": was " + length);
        }
        return Integer.parseInt(length);
    }

    /** Returns everything up to the empty line, one character a byte. */
    private static String readText(BufferedInputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(END, text.length() - END.length()) < 0) {
            int c = in.read();
            if (c < 0 && text.isEmpty()) {
                return "";
            }
            if (c < 0 || text.length() == HEAD_BYTES_MAX) {
                throw new IOException("No end of the request's head within " + text.length() + " bytes");
            }
            text.append((char) c);
        }
        return text.toString();
    }
}
