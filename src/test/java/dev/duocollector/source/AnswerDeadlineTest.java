// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.duocollector.testing.RawServer;
import dev.duocollector.testing.TricklingServer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The client's own time-outs are far longer than any test here takes: none of them ends these answers. Nor does an interrupt,
 * so that a test which hangs must be left behind in a thread of its own.
 */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class AnswerDeadlineTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n";
    private static final String ARCHIVE_WITH_A_NAME = "\u001f\u008b\b\b\0\0\0\0\0\0";
    private static final String SERVER_HELLO = "\u0016\u0003\u0003@\0";

    static Stream<Arguments> endless() {
        return Stream.of(
                Arguments.of("the TLS handshake", "https", SERVER_HELLO),
                Arguments.of("a header", "http", "HTTP/1.1 200 OK\r\nServer: "),
                Arguments.of("the body", "http", OK + "\r\n"),
                Arguments.of(
                        "an archive's head, of which nothing is unpacked",
                        "http",
                        OK + "Content-Encoding: gzip\r\n\r\n" + ARCHIVE_WITH_A_NAME),
                Arguments.of("a refusal", "http", "HTTP/1.1 503 Busy\r\nContent-Length: 60000\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endless")
    void givesUp_whateverGoesOnForEver(String what, String scheme, String beginning) throws IOException {
        try (TricklingServer server = TricklingServer.start(beginning.getBytes(ISO_8859_1));
                CloseableHttpClient client = client(Duration.ofMillis(300))) {
            String uri = scheme + "://127.0.0.1:" + server.port() + "/";

            assertGivesUp(client, uri);
            assertGivesUp(client, uri);

            assertThat(server.connections())
                    .as("the first one is given up, and its place free")
                    .isEqualTo(2);
        }
    }

    private static void assertGivesUp(CloseableHttpClient client, String uri) {
        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> get(client, uri))
                .withMessage("The answer was not complete after 0.3 s");
    }

    @Test
    void leavesAlone_whatComesInTime() throws IOException {
        try (RawServer server = RawServer.start()
                        .answer("200 OK", "{}")
                        .answerAndClose(RawServer.head("200 OK", "Content-Length: 1"));
                CloseableHttpClient client = client(Duration.ofSeconds(50))) {
            String uri = "http://127.0.0.1:" + server.port() + "/";

            assertThat(get(client, uri)).asString().isEqualTo("{}");
            assertThatExceptionOfType(IOException.class)
                    .as("another failure is not put down to time")
                    .isThrownBy(() -> get(client, uri))
                    .withMessageStartingWith("Premature end");
        }
    }

    private static CloseableHttpClient client(Duration answerMax) {
        HttpClientBuilder builder = HttpClientBuilder.create()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnPerRoute(1)
                        .build());
        new DuoHttpClientConfigurer(null, Duration.ofMinutes(5), Duration.ofMinutes(5)).configureHttpClient(builder);
        // Around the configurer's own, which is as far off as its time-outs.
        builder.addExecInterceptorFirst("sooner", new AnswerDeadline(answerMax));
        return builder.build();
    }

    private static byte[] get(CloseableHttpClient client, String uri) throws IOException {
        return client.execute(new HttpGet(uri), answer -> EntityUtils.toByteArray(answer.getEntity()));
    }
}
