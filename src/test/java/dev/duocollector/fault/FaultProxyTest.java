// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each fault, before a server that keeps what it received and answers {@code got <body>}. */
@Timeout(20) // a client or proxy that hangs
class FaultProxyTest {

    private final Queue<String> received = new ConcurrentLinkedQueue<>();
    private final Queue<InetSocketAddress> connections = new ConcurrentLinkedQueue<>();
    /** Retries nothing by itself but GET and HEAD, which the tests of lost connections therefore do not use. */
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private HttpServer server;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = startServer(0);
        proxy = FaultProxy.inFrontOf(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        proxy.close();
        server.stop(0);
    }

    @Test
    void requestAndAnswer_areRelayed() throws Exception {
        HttpResponse<String> answer = send(request("/a/b?c=d%2Ce").PUT(BodyPublishers.ofString("beş")));

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).isEqualTo("got beş");
        assertThat(answer.headers().firstValue("x-host"))
                .as("the Host header that the server saw")
                .hasValue(proxy.uri().getAuthority());
        assertThat(received).containsExactly("PUT /a/b?c=d%2Ce beş");
        assertThat(proxy.requests()).singleElement().satisfies(request -> {
            assertThat(request.number()).isEqualTo(1);
            assertThat(request.method()).isEqualTo("PUT");
            assertThat(request.path()).isEqualTo("/a/b");
            assertThat(request.target()).isEqualTo("/a/b?c=d%2Ce");
            assertThat(request.contentLength()).isEqualTo(4);
            assertThat(request.fault()).isEqualTo(Fault.NONE);
            assertThat(request.status()).isEqualTo(201);
        });
        assertThat(proxy.faulted()).isEmpty();
    }

    @Test
    void bodyOfUnknownLength_isRelayed() throws Exception {
        byte[] body = "chunk".repeat(50_000).getBytes(StandardCharsets.UTF_8);

        HttpResponse<String> answer =
                send(request("/chunked").PUT(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(body))));

        assertThat(answer.body()).isEqualTo("got " + new String(body, StandardCharsets.UTF_8));
    }

    @Test
    void bodyHeldBackByTheClient_isAskedFor() throws Exception {
        HttpResponse<String> answer =
                send(request("/a").PUT(BodyPublishers.ofString("waited")).expectContinue(true));

        assertThat(answer.body()).isEqualTo("got waited");
        assertThat(received).containsExactly("PUT /a waited");
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 200", "GET, 204", "GET, 304"})
    void answerWithoutBody_leavesTheConnectionInOrder(String method, int status) throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(send(request("/status/" + status).method(method, BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(status);
        }
        assertThat(connections).containsOnly(connections.peek());
    }

    @Test
    void connections_areKeptAlive_onBothSides() throws Exception {
        for (int i = 0; i < 200; i++) {
            send(request("/status/204").PUT(BodyPublishers.ofString("a")));
        }
        assertThat(connections).hasSize(200).containsOnly(connections.peek());
    }

    @Test
    void restartedServer_isReachedOverTheSameClientConnection() throws Exception {
        send(request("/a").PUT(BodyPublishers.ofString("a")));
        int port = server.getAddress().getPort();
        server.stop(0);
        server = startServer(port);

        assertThat(send(request("/b").PUT(BodyPublishers.ofString("b"))).body()).isEqualTo("got b");
    }

    @Test
    void stoppedServer_isALostConnection_withoutAStatus() {
        server.stop(0);

        assertThatThrownBy(() -> send(request("/a").PUT(BodyPublishers.ofString("a"))))
                .isInstanceOf(IOException.class);
        assertThat(proxy.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.status()).isZero());
    }

    @Test
    void dropBefore_losesTheConnection_andTheServerSeesNothing() throws Exception {
        proxy.plan(FaultPlan.at(2, ProxiedRequest::isWrite, Fault.DROP_BEFORE));
        send(request("/a").PUT(BodyPublishers.ofString("a")));

        assertThatThrownBy(() -> send(request("/b").PUT(BodyPublishers.ofString("b"))))
                .isInstanceOf(IOException.class);
        send(request("/c").PUT(BodyPublishers.ofString("c")));

        assertThat(received).containsExactly("PUT /a a", "PUT /c c");
        assertThat(proxy.faulted()).singleElement().satisfies(request -> {
            assertThat(request.fault()).isEqualTo(Fault.DROP_BEFORE);
            assertThat(request.number()).isEqualTo(2);
            assertThat(request.status()).isZero();
        });
    }

    @Test
    void dropAfter_losesTheConnection_andTheServerHasAnswered() {
        proxy.plan(FaultPlan.every(1, request -> true, Fault.DROP_AFTER));

        assertThatThrownBy(() -> send(request("/a").PUT(BodyPublishers.ofString("a"))))
                .isInstanceOf(IOException.class);

        assertThat(received).containsExactly("PUT /a a");
        assertThat(proxy.faulted())
                .singleElement()
                .satisfies(request -> assertThat(request.status()).isEqualTo(201));
    }

    @ParameterizedTest
    @CsvSource({
        "ANSWER_503, true,  503, SlowDown",
        "ANSWER_403, true,  403, AccessDenied",
        "ANSWER_403, false, 403, 40301",
        "ANSWER_503, false, 503, Service Unavailable",
    })
    void answer_isGivenInTheServersStyle_andTheServerSeesNothing(Fault fault, boolean s3, int status, String text)
            throws Exception {
        proxy.plan(FaultPlan.at(1, request -> true, fault));

        HttpResponse<String> answer = send(request("/a", s3).PUT(BodyPublishers.ofString("a")));

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains(text);
        assertThat(received).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true, InternalError", "false, 50001"})
    void answer500After_hidesWhatTheServerAnswered(boolean s3, String text) throws Exception {
        proxy.plan(FaultPlan.at(1, request -> true, Fault.ANSWER_500_AFTER));

        HttpResponse<String> answer = send(request("/a", s3).PUT(BodyPublishers.ofString("a")));

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains(text);
        assertThat(received).containsExactly("PUT /a a");
        assertThat(proxy.faulted())
                .singleElement()
                .satisfies(request -> assertThat(request.status()).isEqualTo(201));
    }

    @Test
    void answerToHead_hasNoBody() throws Exception {
        proxy.plan(FaultPlan.at(1, request -> true, Fault.ANSWER_503));

        assertThat(send(request("/a", true).method("HEAD", BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(503);
        assertThat(send(request("/status/200").method("HEAD", BodyPublishers.noBody()))
                        .statusCode())
                .as("the next one on the same connection")
                .isEqualTo(200);
    }

    @Test
    void deliverLate_losesTheConnection_andTheServerSeesItWhenTold() throws Exception {
        proxy.plan(FaultPlan.at(1, request -> true, Fault.DELIVER_LATE));
        assertThatThrownBy(() -> send(request("/late").PUT(BodyPublishers.ofString("a"))))
                .isInstanceOf(IOException.class);
        send(request("/b").PUT(BodyPublishers.ofString("b")));
        assertThat(received).containsExactly("PUT /b b");

        assertThat(proxy.deliverLate()).singleElement().satisfies(request -> {
            assertThat(request.number()).isEqualTo(1);
            assertThat(request.status()).isEqualTo(201);
        });

        assertThat(received).containsExactly("PUT /b b", "PUT /late a");
        assertThat(proxy.requests()).extracting(ProxiedRequest::status).containsExactly(201, 201);
        assertThat(proxy.deliverLate()).as("a second time").isEmpty();
    }

    @Test
    void hang_lastsUntilTheClientGivesUp() {
        proxy.plan(FaultPlan.at(1, request -> true, Fault.HANG));

        assertThatThrownBy(() ->
                        send(request("/a").PUT(BodyPublishers.ofString("a")).timeout(Duration.ofMillis(300))))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(received).isEmpty();
    }

    @Test
    void close_endsWhatHangs_andStopsListening() throws Exception {
        CompletableFuture<ProxiedRequest> hangs = new CompletableFuture<>();
        proxy.onRequest(hangs::complete);
        proxy.plan(FaultPlan.at(1, request -> true, Fault.HANG));
        HttpRequest request = request("/a").PUT(BodyPublishers.ofString("a")).build();
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, BodyHandlers.ofString());
        assertThat(hangs.get(5, TimeUnit.SECONDS).fault()).isEqualTo(Fault.HANG);

        proxy.close();

        assertThatThrownBy(() -> answer.get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
        // Refused, unless another program has been given the port since.
        assertThatThrownBy(() -> send(request("/b").PUT(BodyPublishers.ofString("b"))))
                .isInstanceOf(IOException.class);
        assertThat(proxy.requests()).extracting(ProxiedRequest::path).containsExactly("/a");
    }

    @Test
    void hook_comesBeforeTheServer() throws Exception {
        CompletableFuture<List<String>> seenByServerBefore = new CompletableFuture<>();
        proxy.onRequest(request -> seenByServerBefore.complete(List.copyOf(received)));

        send(request("/a").PUT(BodyPublishers.ofString("a")));

        assertThat(seenByServerBefore).isCompletedWithValue(List.of());
    }

    @Test
    void reset_countsFromOneAgain() throws Exception {
        send(request("/a").PUT(BodyPublishers.ofString("a")));
        proxy.reset();
        assertThat(proxy.requests()).isEmpty();

        send(request("/b").PUT(BodyPublishers.ofString("b")));

        assertThat(proxy.requests()).singleElement().satisfies(request -> {
            assertThat(request.number()).isEqualTo(1);
            assertThat(request.path()).isEqualTo("/b");
        });
    }

    @Test
    void logicalId_isTheSame_forEqualMethodTargetAndBody() throws Exception {
        send(request("/a?b=1").PUT(BodyPublishers.ofString("a")));
        send(request("/a?b=1").PUT(BodyPublishers.ofString("a")).header("Date", "later"));
        send(request("/a?b=2").PUT(BodyPublishers.ofString("a")));
        send(request("/a?b=1").PUT(BodyPublishers.ofString("b")));
        send(request("/a?b=1").POST(BodyPublishers.ofString("a")));

        List<String> ids =
                proxy.requests().stream().map(ProxiedRequest::logicalId).toList();
        assertThat(ids.get(0)).isEqualTo(ids.get(1));
        assertThat(ids.subList(1, 5)).doesNotHaveDuplicates();
    }

    @Test
    void request_printsNoCredentials() throws Exception {
        send(request("/a").header("Authorization", "Basic hidden").PUT(BodyPublishers.ofString("a")));

        assertThat(proxy.requests().get(0).headers().toString()).doesNotContain("hidden");
    }

    private HttpServer startServer(int port) throws IOException {
        HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        started.createContext("/", this::answer);
        started.start();
        return started;
    }

    private void answer(HttpExchange exchange) throws IOException {
        connections.add(exchange.getRemoteAddress());
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        received.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
        exchange.getResponseHeaders().set("x-host", exchange.getRequestHeaders().getFirst("Host"));
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith("/status/")) {
            exchange.sendResponseHeaders(Integer.parseInt(path.substring("/status/".length())), -1);
        } else {
            byte[] answer = ("got " + body).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(201, answer.length);
            exchange.getResponseBody().write(answer);
        }
        exchange.close();
    }

    private HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(proxy.uri().resolve(target)).timeout(Duration.ofSeconds(10));
    }

    private HttpRequest.Builder request(String target, boolean s3) {
        HttpRequest.Builder request = request(target);
        return s3 ? request.header("x-amz-date", "20261123T081500Z") : request;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
