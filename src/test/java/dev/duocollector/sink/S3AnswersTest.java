// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.duocollector.route.World;
import dev.duocollector.settings.AccountSettings.S3Connection;
import dev.duocollector.sink.S3Answers.S3BodyException;
import dev.duocollector.testing.RawServer;
import dev.duocollector.testing.TricklingServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.InterceptorContext;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** An S3 that is slow, silent or cut off holds up nobody, whatever is asked for and however it is read. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class S3AnswersTest {

    private static final Duration ATTEMPT_MAX = Duration.ofMillis(300);
    private static final Duration CALL_MAX = Duration.ofMillis(900);

    /** Far less than a socket's time-out, a minute. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** What a program asks S3 for. */
    private interface Call {
        void make(S3Client s3) throws IOException;
    }

    @BeforeAll
    static void haveCredentials() {
        World.s3();
    }

    static Stream<Arguments> calls() {
        return Stream.concat(reads(), Stream.of(Arguments.of("write", (Call)
                s3 -> s3.putObject(put -> put.bucket("b").key("k"), RequestBody.fromString("x")))));
    }

    /** Of a write's answer the head is all that counts, and nobody reads on. */
    static Stream<Arguments> reads() {
        return Stream.of(
                Arguments.of("state", (Call) s3 -> s3.getObjectAsBytes(get())),
                Arguments.of("object", (Call) s3 -> {
                    try (InputStream object = s3.getObject(get())) {
                        object.readAllBytes();
                    }
                }),
                Arguments.of("object, byte by byte", (Call) s3 -> {
                    try (InputStream object = s3.getObject(get())) {
                        while (object.read() >= 0) {}
                    }
                }),
                Arguments.of("listing", (Call) s3 -> s3.listObjectsV2(list -> list.bucket("b"))));
    }

    private static GetObjectRequest get() {
        return GetObjectRequest.builder().bucket("b").key("k").build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reads")
    void trickle_ends(String what, Call call) {
        byte[] beginning = RawServer.head("200 OK", "Content-Length: 1000000", "ETag: \"a\"");
        try (TricklingServer trickling = TricklingServer.start(beginning);
                S3Client s3 = client(trickling.port())) {
            assertFails(call, s3);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void trickleOfTheHead_ends(String what, Call call) {
        try (TricklingServer trickling = TricklingServer.start("HTTP/1.1 200 OK\r\nX-A: ".getBytes(UTF_8));
                S3Client s3 = client(trickling.port())) {
            assertFails(call, s3);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    void silence_ends(String what, Call call) {
        try (TricklingServer trickling = TricklingServer.start(new byte[0]);
                S3Client s3 = client(trickling.port())) {
            assertFails(call, s3);
        }
    }

    /** By itself: the other one is too long to help. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({"of a try, PT0.3S, PT1H", "of a call, PT1H, PT0.9S"})
    void eachDeadline_endsSilence(String what, Duration attemptMax, Duration callMax) {
        try (TricklingServer trickling = TricklingServer.start(new byte[0]);
                S3Client s3 = S3Clients.create(connection(trickling.port()), attemptMax, callMax)) {
            assertFails(client -> client.headObject(head -> head.bucket("b").key("k")), s3);
        }
    }

    /** A write that is begun when its batch has just been declared has ended before the fence lets no more through. */
    @Test
    void deadlines_areShorterThanAWriteMayTake() {
        try (S3Client s3 = S3Clients.create(connection(1))) {
            ClientOverrideConfiguration bounds = s3.serviceClientConfiguration().overrideConfiguration();
            assertThat(bounds.apiCallAttemptTimeout()).contains(Duration.ofMinutes(2));
            assertThat(bounds.apiCallTimeout().orElseThrow()).isLessThan(WriteFence.AFTER_DECLARATION_MAX);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reads")
    void cut_isTheConnections(String what, Call call) {
        try (RawServer cutting = RawServer.start();
                S3Client s3 = client(cutting.port())) {
            for (int attempt = 0; attempt < 4; attempt++) {
                cutting.answerAndClose(
                        RawServer.head("200 OK", "Content-Length: 10", "ETag: \"a\""), "<a>45".getBytes(UTF_8));
            }
            assertFails(call, s3);
        }
    }

    private static void assertFails(Call call, S3Client s3) {
        long start = System.nanoTime();
        Throwable failure = catchThrowable(() -> call.make(s3));

        assertThat(failure).isInstanceOfAny(SdkClientException.class, S3BodyException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PATIENCE);
    }

    /** To close a connection reads it to its end, unless it is given up. */
    @Test
    void objectThatIsNotReadOn_isGivenUp() throws IOException {
        byte[] beginning = RawServer.head("200 OK", "Content-Length: 1000000000", "ETag: \"a\"");
        long start = System.nanoTime();
        try (TricklingServer trickling = TricklingServer.start(beginning);
                S3Client s3 = client(trickling.port())) {
            try (InputStream object = s3.getObject(get())) {
                assertThat(object.read()).isEqualTo('x');
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PATIENCE);
    }

    @Test
    void answerThatIsNoObject_isBounded() {
        // One long text: of as many elements the SDK would make a tree that takes the heap of the tests.
        String listing = "<ListBucketResult><Name>" + "a".repeat(S3Answers.BYTES_MAX) + "</Name></ListBucketResult>";
        try (RawServer large = RawServer.start();
                S3Client s3 = S3Clients.create(connection(large.port()))) {
            for (int attempt = 0; attempt < 4; attempt++) {
                large.answer("200 OK", listing, "Content-Type: application/xml");
            }
            assertThatExceptionOfType(SdkClientException.class)
                    .isThrownBy(() -> s3.listObjectsV2(list -> list.bucket("b")))
                    .satisfies(failure -> assertThat(failure).hasStackTraceContaining("larger than 16777216 bytes"));
        }
    }

    /** The bound is on the wait for each mebibyte, so a large object may take its time, and so may who reads it. */
    @Test
    void objectThatComes_isRead_howeverLargeAndHoweverSlowlyItIsRead() throws IOException {
        AtomicLong nanos = new AtomicLong();
        InputStream slow = new ByteArrayInputStream(new byte[10 * 1024 * 1024]) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                nanos.addAndGet(Duration.ofMillis(100).toNanos());
                return super.read(buffer, offset, Math.min(length, 1024 * 1024 / 2));
            }
        };
        InputStream body = bounded(slow, nanos);

        long read = 0;
        byte[] buffer = new byte[1024 * 1024];
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            read += n;
            nanos.addAndGet(Duration.ofHours(1).toNanos());
        }
        assertThat(read).isEqualTo(10 * 1024 * 1024);
    }

    @Test
    void lastBytes_mayBeFew_andTheirEndLate() throws IOException {
        AtomicLong nanos = new AtomicLong();
        InputStream late = new ByteArrayInputStream(new byte[10]) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                int read = super.read(buffer, offset, length);
                nanos.addAndGet(read < 0 ? ATTEMPT_MAX.multipliedBy(2).toNanos() : 0);
                return read;
            }
        };

        assertThat(bounded(late, nanos).readAllBytes()).hasSize(10);
        assertThat(nanos).as("the end was waited for").hasValueGreaterThan(ATTEMPT_MAX.toNanos());
    }

    private static InputStream bounded(InputStream body, AtomicLong nanos) {
        InterceptorContext context = InterceptorContext.builder()
                .request(get())
                .httpResponse(SdkHttpResponse.builder().statusCode(200).build())
                .responseBody(body)
                .build();
        Optional<InputStream> bounded =
                new S3Answers(ATTEMPT_MAX, nanos::get).modifyHttpResponseContent(context, new ExecutionAttributes());
        return bounded.orElseThrow();
    }

    private static S3Client client(int port) {
        return S3Clients.create(connection(port), ATTEMPT_MAX, CALL_MAX);
    }

    private static S3Connection connection(int port) {
        return new S3Connection(
                Optional.of("eu-central-1"),
                Optional.of(URI.create("http://127.0.0.1:" + port)),
                true,
                Optional.empty(),
                false);
    }
}
