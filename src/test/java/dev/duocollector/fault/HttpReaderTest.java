// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A message comes out as it went in, and what follows it stays unread. In the tables {@code ~} is a line's end. */
class HttpReaderTest {

    private static final String NEXT = "HEAD /next HTTP/1.1\r\n\r\n";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "no body          | GET /a?b=c%2Cd HTTP/1.1~hOST:h:1~X-Odd:   two  blanks ~~",
                "length           | PUT /a HTTP/1.1~Content-Length: 4~~a~b",
                "length of 0      | PUT /a HTTP/1.1~Content-Length: 0~~",
                "chunks           | PUT /a HTTP/1.1~Transfer-Encoding: Chunked~~A;x=y~0123456789~1~.~0~~",
                "chunk with lines | PUT /a HTTP/1.1~Transfer-Encoding: chunked~~4~~~~0~~",
                "trailers         | PUT /a HTTP/1.1~Transfer-Encoding: chunked~~1~.~0~x-amz-checksum-crc32: AAAA~b: c~~",
            })
    void request_isReadToItsLastByte(String name, String lines) throws IOException {
        String request = lines.replace("~", "\r\n");
        HttpReader reader = reader(request + NEXT);

        HttpMessage read = reader.readRequestBody(reader.readHead().orElseThrow());

        assertThat(text(read)).isEqualTo(request);
        assertThat(reader.readHead())
                .hasValueSatisfying(next -> assertThat(next.target()).isEqualTo("/next"));
        assertThat(reader.readHead()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "length     | GET  | false | HTTP/1.1 200 OK~Content-Length: 3~~abc",
                "chunks     | GET  | false | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abc~0~~",
                "to a HEAD  | HEAD | false | HTTP/1.1 200 OK~Content-Length: 300~~",
                "no content | PUT  | false | HTTP/1.1 204 No Content~~",
                "unchanged  | GET  | false | HTTP/1.1 304 Not Modified~ETag: \"a\"~~",
                "last       | GET  | true  | HTTP/1.1 200 OK~Connection: close~Content-Length: 0~~",
            })
    void response_isReadToItsLastByte(String name, String method, boolean ends, String lines) throws IOException {
        String response = lines.replace("~", "\r\n");
        HttpReader reader = reader(response + NEXT);

        HttpMessage read = reader.readResponseBody(reader.readHead().orElseThrow(), method);

        assertThat(text(read)).isEqualTo(response);
        assertThat(read.endsConnection(method)).isEqualTo(ends);
        assertThat(reader.readHead()).isPresent();
    }

    @Test
    void response_isReadToTheEndOfTheConnection_whenItAnnouncesNoLength() throws IOException {
        String response = "HTTP/1.1 200 OK\r\n\r\nall of it";
        HttpReader reader = reader(response);

        HttpMessage read = reader.readResponseBody(reader.readHead().orElseThrow(), "GET");

        assertThat(text(read)).isEqualTo(response);
        assertThat(read.endsConnection("GET")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PUT /a HTTP/1.1~Content-Length: 5~~abcd",
                "PUT /a HTTP/1.1~Content-Length: 5",
                "PUT /a HTTP/1.1~Content-Length: -1~~",
                "PUT /a HTTP/1.1~Content-Length: 999999999~~",
                "PUT /a HTTP/1.1~Content-Length: five~~",
                "PUT /a HTTP/1.1~Transfer-Encoding: chunked~~5~abcde~",
                "PUT /a HTTP/1.1~Transfer-Encoding: chunked~~0~",
                "PUT /a HTTP/1.1~no colon~~",
            })
    void request_isRefused_whenCutOrMalformed(String lines) {
        HttpReader reader = reader(lines.replace("~", "\r\n"));

        assertThatThrownBy(() -> reader.readRequestBody(reader.readHead().orElseThrow()))
                .isInstanceOf(IOException.class);
    }

    private static HttpReader reader(String text) {
        return new HttpReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static String text(HttpMessage message) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        message.writeHeadTo(out);
        message.writeBodyTo(out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
