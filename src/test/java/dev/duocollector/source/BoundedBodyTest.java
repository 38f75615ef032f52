// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.duocollector.testing.Gzip;
import dev.duocollector.testing.RawServer;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each test ends within seconds, or the bound has not held: what is not cut off here never ends by itself. */
@Timeout(20)
class BoundedBodyTest {
    private static final int BODY_BYTES_MAX = 1000;

    private final RawServer server = RawServer.start();
    private final CloseableHttpClient client = client();

    private static CloseableHttpClient client() {
        // One connection at a time: a second request waits in vain for one that the first has not given back.
        HttpClientBuilder builder = HttpClientBuilder.create()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnPerRoute(1)
                        .build());
        new DuoHttpClientConfigurer(null, Duration.ofSeconds(5), Duration.ofSeconds(5), BODY_BYTES_MAX)
                .configureHttpClient(builder);
        return builder.build();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, BODY_BYTES_MAX})
    void readsWholeBody_upToBound(int length) throws IOException {
        byte[] body = "x".repeat(length).getBytes(StandardCharsets.UTF_8);
        server.answer(RawServer.head("200 OK", "Content-Length: " + length), body);
        server.answer(
                RawServer.head("200 OK", "Transfer-Encoding: chunked"),
                length == 0 ? new byte[0] : chunk(body),
                chunk());
        server.answer(gzipHead(Gzip.of(body)), Gzip.of(body));
        server.answer(
                RawServer.head("200 OK", "Transfer-Encoding: chunked", "Content-Encoding: gzip"),
                chunk(Gzip.of(body)),
                chunk());

        for (int i = 0; i < 4; i++) {
            assertThat(get()).as("answer " + i).isEqualTo(body);
        }
        assertThat(server.connections()).as("one for each").isEqualTo(4);
    }

    @Test
    void refusesLargerBody_atItsAnnouncement() throws IOException {
        server.answer(RawServer.head("200 OK", "Content-Length: " + (BODY_BYTES_MAX + 1)));

        assertRefused();
    }

    @Test
    void refusesLargerBody_withoutReadingOn() throws IOException {
        server.answer(RawServer.head("200 OK", "Transfer-Encoding: chunked"), chunk(new byte[BODY_BYTES_MAX + 1]));

        assertRefused();
    }

    @Test
    void refusesLargerBody_evenIfPackedSmall() throws IOException {
        byte[] packed = Gzip.of(new byte[BODY_BYTES_MAX + 1]);
        assertThat(packed).hasSizeLessThan(BODY_BYTES_MAX);
        server.answer(gzipHead(packed), packed);

        assertRefused();
    }

    private void assertRefused() throws IOException {
        assertThatExceptionOfType(AnswerTooLargeException.class)
                .isThrownBy(this::get)
                .withMessageContainingAll(BODY_BYTES_MAX + " bytes", "duo.base-url");

        assertNextRequestSucceeds_onNewConnection();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 10", "Transfer-Encoding: chunked"})
    void reportsCutBody_asClosedConnection(String framing) throws IOException {
        byte[] five = "12345".getBytes(StandardCharsets.UTF_8);
        server.answerAndClose(RawServer.head("200 OK", framing), framing.endsWith("chunked") ? chunk(five) : five);

        assertThatExceptionOfType(ConnectionClosedException.class).isThrownBy(this::get);

        assertNextRequestSucceeds_onNewConnection();
    }

    @Test
    void reportsCutArchive_asEndOfFile() throws IOException {
        byte[] packed = Gzip.of("12345".getBytes(StandardCharsets.UTF_8));
        byte[] cut = Arrays.copyOf(packed, packed.length - 9);
        server.answer(gzipHead(cut), cut);

        assertThatExceptionOfType(EOFException.class).isThrownBy(this::get);
    }

    @Test
    void keepsBeginning_ofLongRefusal() throws IOException {
        byte[] page = "x".repeat(BoundedBody.REFUSAL_BYTES_MAX + 1).getBytes(StandardCharsets.UTF_8);
        server.answer(RawServer.head("503 Busy", "Transfer-Encoding: chunked"), chunk(page));

        assertThat(get()).isEqualTo(Arrays.copyOf(page, BoundedBody.REFUSAL_BYTES_MAX));

        assertNextRequestSucceeds_onNewConnection();
    }

    @Test
    void keepsWholeRefusal_ofUsualLength() throws IOException {
        server.answer("401 Unauthorized", "{\"code\": 40103}");

        assertThat(get()).asString().isEqualTo("{\"code\": 40103}");
    }

    @Test
    void leavesAlone_whatHasNoBody() throws IOException {
        server.answer(RawServer.head("204 No Content"));

        assertThat(get()).isEmpty();
    }

    private void assertNextRequestSucceeds_onNewConnection() throws IOException {
        server.answer("200 OK", "{}");

        assertThat(get()).asString().isEqualTo("{}");
        assertThat(server.connections()).as("the first one is given up").isEqualTo(2);
    }

    private byte[] get() throws IOException {
        HttpGet request = new HttpGet(URI.create("http://127.0.0.1:" + server.port() + "/"));
        // Not closed: that would give up the connection, whatever the class under test did with it.
        ClassicHttpResponse response = client.executeOpen(null, request, null);
        return response.getEntity() == null ? new byte[0] : EntityUtils.toByteArray(response.getEntity());
    }

    private static byte[] gzipHead(byte[] packed) {
        return RawServer.head("200 OK", "Content-Encoding: gzip", "Content-Length: " + packed.length);
    }

    /** Returns one chunk; without bytes the last one. */
    private static byte[] chunk(byte... bytes) {
        if (bytes.length == 0) {
            return "0\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.UTF_8));
        chunk.writeBytes(bytes);
        chunk.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        return chunk.toByteArray();
    }
}
