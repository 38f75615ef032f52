// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.fault;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One HTTP/1.1 request or response, byte for byte as it came, with just its framing understood (RFC 9112, sections 3 to 6).
 *
 * <p>The body is as sent: with chunked encoding it includes the chunks' frames. Nobody changes the arrays.
 */
final class HttpMessage {

    private final byte[] head;
    private final String startLine;
    private final Map<String, String> fields;
    private final byte[] body;

    HttpMessage(byte[] head, String startLine, Map<String, String> fields, byte[] body) {
        this.head = head;
        this.startLine = startLine;
        this.fields = Map.copyOf(fields);
        this.body = body;
    }

    /** A response of the proxy's own; to a HEAD without a body. */
    static HttpMessage response(String requestMethod, int status, String reason, String contentType, String text) {
        byte[] body = (requestMethod.equals("HEAD") ? "" : text).getBytes(StandardCharsets.UTF_8);
        String startLine = "HTTP/1.1 " + status + " " + reason;
        String head =
                startLine + "\r\nContent-Type: " + contentType + "\r\nContent-Length: " + body.length + "\r\n\r\n";
        return new HttpMessage(
                head.getBytes(StandardCharsets.ISO_8859_1),
                startLine,
                Map.of("content-length", String.valueOf(body.length)),
                body);
    }

    HttpMessage withBody(byte[] other) {
        return new HttpMessage(head, startLine, fields, other);
    }

    /** Returns this message with one header field set, whether it was there or not. */
    HttpMessage withField(String name, String value) {
        List<String> lines = new ArrayList<>(List.of(new String(head, StandardCharsets.ISO_8859_1).split("\r\n")));
        lines.removeIf(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1));
        lines.add(name + ": " + value);
        Map<String, String> more = new HashMap<>(fields);
        more.put(name.toLowerCase(Locale.ROOT), value);
        return new HttpMessage(
                (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1), startLine, more, body);
    }

    /** Returns this message without a header field. */
    HttpMessage withoutField(String name) {
        HttpMessage with = withField(name, "");
        Map<String, String> fewer = new HashMap<>(with.fields);
        fewer.remove(name.toLowerCase(Locale.ROOT));
        String text = new String(with.head, StandardCharsets.ISO_8859_1).replace(name + ": \r\n", "");
        return new HttpMessage(text.getBytes(StandardCharsets.ISO_8859_1), startLine, fewer, body);
    }

    void writeHeadTo(OutputStream out) throws IOException {
        out.write(head);
    }

    void writeBodyTo(OutputStream out) throws IOException {
        out.write(body);
    }

    byte[] body() {
        return body;
    }

    /** By lower-case name; a name that came twice has both values, with a comma between them. */
    Map<String, String> fields() {
        return fields;
    }

    /** The first word of a request. */
    String method() {
        return word(0);
    }

    /** The second word of a request: path and query. */
    String target() {
        return word(1);
    }

    /** The second word of a response. */
    int status() throws IOException {
        try {
            return Integer.parseInt(word(1));
        } catch (NumberFormatException e) {
            throw new IOException("Not an HTTP status line: \"" + startLine + "\"", e);
        }
    }

    /** Whether a response announces what comes before the one that counts, such as 100 Continue. */
    boolean isInterim() throws IOException {
        return status() / 100 == 1;
    }

    /** Whether a request's sender waits for 100 Continue before it sends the body. */
    boolean expectsContinue() {
        return "100-continue".equalsIgnoreCase(fields.get("expect"));
    }

    /** Whether a response to that method never has a body, whatever its fields say. */
    boolean isBodiless(String requestMethod) throws IOException {
        return requestMethod.equals("HEAD") || status() == 204 || status() == 304;
    }

    boolean isChunked() {
        return field("transfer-encoding").endsWith("chunked");
    }

    /** Whether the end of the body shows without the end of the connection. */
    boolean isFramed() {
        return isChunked() || fields.containsKey("content-length");
    }

    /** Whether a response is the last on its connection. */
    boolean endsConnection(String requestMethod) throws IOException {
        return field("connection").contains("close")
                || word(0).equals("HTTP/1.0")
                || (!isFramed() && !isBodiless(requestMethod));
    }

    private String field(String name) {
        return fields.getOrDefault(name, "").toLowerCase(Locale.ROOT);
    }

    private String word(int index) {
        String[] words = startLine.split(" ", 3);
        return index < words.length ? words[index] : "";
    }
}
