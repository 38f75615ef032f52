// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.fault;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the HTTP/1.1 messages of one direction of one connection, each up to its last byte and no further. */
final class HttpReader {

    /** Far above any head that Duo, S3 or the collector sends. */
    private static final int HEAD_BYTES_MAX = 256 * 1024;

    /** Above the 64 MiB at which the collector refuses a page, so that a test can send it one that is too large. */
    private static final int BODY_BYTES_MAX = 128 * 1024 * 1024;

    private static final int BUFFER_BYTES = 64 * 1024;

    private final InputStream in;

    /** What has arrived of a line; most are shorter. */
    private final byte[] ahead = new byte[256];

    HttpReader(InputStream in) {
        this.in = new BufferedInputStream(in, BUFFER_BYTES);
    }

    /** A message up to its empty line; nothing when the stream ends before the first byte. */
    Optional<HttpMessage> readHead() throws IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream(1024);
        String startLine = readLine(raw, HEAD_BYTES_MAX);
        if (raw.size() == 0) {
            return Optional.empty();
        }
        Map<String, String> fields = new HashMap<>();
        for (String line = readLine(raw, HEAD_BYTES_MAX); !line.isEmpty(); line = readLine(raw, HEAD_BYTES_MAX)) {
            String[] field = line.split(":", 2);
            if (field.length < 2) {
                throw new IOException("A header line of " + line.length() + " characters has no colon");
            }
            fields.merge(field[0].toLowerCase(Locale.ROOT), field[1].trim(), (first, next) -> first + "," + next);
        }
        return Optional.of(new HttpMessage(raw.toByteArray(), startLine, fields, new byte[0]));
    }

    /** The request with the body that its head announces. */
    HttpMessage readRequestBody(HttpMessage head) throws IOException {
        return head.isFramed() ? head.withBody(readFramed(head)) : head;
    }

    /** The response with its body: framed as its head announces, else up to the end of the stream. */
    HttpMessage readResponseBody(HttpMessage head, String requestMethod) throws IOException {
        if (head.isBodiless(requestMethod)) {
            return head;
        }
        return head.withBody(head.isFramed() ? readFramed(head) : in.readNBytes(BODY_BYTES_MAX));
    }

    /** Waits for the other side to close the connection, whatever it sends before. */
    void awaitEnd() throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }

    private byte[] readFramed(HttpMessage head) throws IOException {
        if (!head.isChunked()) {
            return readExactly(length(head.fields().getOrDefault("content-length", ""), 10));
        }
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        int size;
        do {
            size = length(readLine(raw, BODY_BYTES_MAX).split(";", 2)[0].trim(), 16);
            if (size > 0) {
                raw.write(readExactly(size));
                readLine(raw, BODY_BYTES_MAX);
            }
        } while (size > 0);
        boolean trailer;
        do {
            trailer = !readLine(raw, BODY_BYTES_MAX).isEmpty();
        } while (trailer);
        return raw.toByteArray();
    }

    private byte[] readExactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("The connection ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    /** The next line without its end, which is appended to {@code raw} whole; empty at a stream's end before any byte. */
    private String readLine(ByteArrayOutputStream raw, int bytesMax) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        boolean ended = false;
        while (!ended) {
            int arrived = peek();
            if (arrived == -1 && raw.size() + line.size() == 0) {
                return "";
            }
            int feed = indexOfLineFeed(arrived);
            ended = feed >= 0;
            int taken = ended ? feed + 1 : arrived;
            if (arrived == -1 || raw.size() + line.size() + taken > bytesMax) {
                throw new EOFException("A line without an end after " + line.size() + " bytes");
            }
            line.write(ahead, 0, taken);
            in.skipNBytes(taken);
        }
        line.writeTo(raw);
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /** Waits for the next bytes and copies them, without taking them; returns how many, or -1 at the stream's end. */
    private int peek() throws IOException {
        in.mark(ahead.length);
        int arrived = in.read(ahead);
        in.reset();
        return arrived;
    }

    private int indexOfLineFeed(int length) {
        int index = 0;
        while (index < length && ahead[index] != '\n') {
            index++;
        }
        return index < length ? index : -1;
    }

    private static int length(String digits, int radix) throws IOException {
        try {
            int length = Integer.parseInt(digits, radix);
            if (length >= 0 && length <= BODY_BYTES_MAX) {
                return length;
            }
        } catch (NumberFormatException e) {
            throw new IOException("Not the length of a body: \"" + digits + "\"", e);
        }
        throw new IOException("The length of a body, \"" + digits + "\", is not within 0.." + BODY_BYTES_MAX);
    }
}
