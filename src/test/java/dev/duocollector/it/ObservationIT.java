// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static dev.duocollector.simulator.Misbehavior.forbidden;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.metrics.Metric;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.testing.FreePort;
import dev.duocollector.testing.RawServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the runnable jar shows of itself: over HTTP, in a file, and as lines of JSON. */
class ObservationIT {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** Pages of 13 kB that are more than two sockets' buffers hold. */
    private static final int UNREAD = 1000;

    private final CollectorJar jar = CollectorJar.built();
    private final World world = World.inRealTime().set("observe.enabled", "true");
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @BeforeEach
    void showEvents() {
        Instant now = Instant.now();
        world.events.add(
                new MadeUpEvents(1).spread(3, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5))));
    }

    @AfterEach
    void closeWorld() {
        world.close();
    }

    @Test
    void run_showsHealthAndMetrics_andASecondOneGoesWithout() throws Exception {
        int port = FreePort.find();
        world.set("observe.port", String.valueOf(port))
                .set("duo.schedule", "0/3 * * * * ?")
                .set("duo.schedule-jitter", "0s");
        world.duo.misbehave(request -> true, forbidden());
        try (CollectorProcess run = jar.start(folder, CollectorJar.environment(world), "run")) {
            patiently().until(() -> answer(port, "/observe/health/ready").statusCode() == 503);
            HttpResponse<String> down = answer(port, "/observe/health/ready");
            assertThat(message(down))
                    .startsWith("Needs an operator. Duo does not let")
                    .contains("'Grant read log'");
            assertThat(answer(port, "/observe/health/live").statusCode()).isEqualTo(200);

            world.duo.behave();
            patiently().until(() -> answer(port, "/observe/health/ready").statusCode() == 200);
            assertThat(message(answer(port, "/observe/health"))).startsWith("Collected through ");
            String scrape = answer(port, "/observe/metrics").body();
            for (Metric metric : Metric.values()) {
                assertThat(scrape).containsPattern("(?m)^" + metric.prometheusName() + "[ {]");
            }
            assertThat(scrape.lines())
                    .contains("duo_telephony_events_written_total 3.0", "duo_telephony_objects_written_total 1.0");
            assertThat(answer(port, "/").body()).contains("1 log, none in trouble.", World.API_HOST);
            assertThat(run.output())
                    .contains(
                            "Status page: http://127.0.0.1:" + port + "/.",
                            "Health and metrics: http://127.0.0.1:" + port + "/observe/health");

            try (CollectorProcess second = jar.start(folder, CollectorJar.environment(world), "run")) {
                patiently()
                        .until(() -> second.output().contains("Nothing to read yet")
                                || second.output().contains("Window "));
                assertThat(second.logged("WARN"))
                        .filteredOn(line -> line.contains("127.0.0.1:" + port))
                        .singleElement()
                        .asString()
                        .contains("Health and metrics cannot be shown", "observe.port", "observe.enabled=false");
            }
            run.terminate();
            assertThat(run.exitCode()).as(run.output()).isZero();
            run.assertNothingSecret();
        }
    }

    /** The server shows health and metrics on this machine, and is neither a proxy, nor an echo, nor there for other origins. */
    @Test
    void run_showsFiguresToThisMachineOnly_andDoesNothingElse() throws Exception {
        int port = FreePort.find();
        world.set("observe.port", String.valueOf(port));
        try (CollectorProcess run = jar.start(folder, CollectorJar.environment(world), "run");
                RawServer elsewhere = RawServer.start()) {
            patiently()
                    .until(() -> raw(port, "GET /observe/health/live HTTP/1.1").startsWith("HTTP/1.1 200 "));

            for (String path :
                    List.of("/", "/?find=x", "/observe/health", "/observe/metrics", "/observe/health/live")) {
                for (String method : List.of("GET", "OPTIONS")) {
                    assertThat(raw(
                                    port,
                                    method + " " + path + " HTTP/1.1",
                                    "Origin: http://elsewhere.example",
                                    "Access-Control-Request-Method: GET",
                                    "X-Secret: echo-of-a-header",
                                    "x-SECRET-two: echo-of-a-header",
                                    "CamelHttpUri: http://127.0.0.1:" + elsewhere.port() + "/",
                                    "Long-Running-Action: echo-of-a-header"))
                            .as(method + " " + path)
                            .startsWith("HTTP/1.1 ")
                            .doesNotContainIgnoringCase("access-control-")
                            .doesNotContain("echo-of-a-header", "elsewhere.example");
                }
            }
            String target = "http://127.0.0.1:" + elsewhere.port() + "/observe/health";
            for (String request : List.of(
                    "GET /proxy HTTP/1.1",
                    "GET /proxy/" + target + " HTTP/1.1",
                    "POST / HTTP/1.1",
                    "GET /x HTTP/1.1",
                    "GET /observe/info HTTP/1.1",
                    "GET /q/dev HTTP/1.1",
                    "POST /observe/metrics HTTP/1.1",
                    "GET " + target.replace("/observe/health", "/x") + " HTTP/1.1",
                    "CONNECT 127.0.0.1:" + elsewhere.port() + " HTTP/1.1")) {
                assertThat(raw(port, request)).as(request).doesNotContainPattern("^HTTP/1\\.1 2");
            }
            assertThat(elsewhere.connections()).isZero();
            assertThatThrownBy(() -> new Socket("127.0.0.2", port).close())
                    .as("another address, even of this machine")
                    .isInstanceOf(IOException.class);
            assertThat(raw(port, "GET /observe/health/live HTTP/1.1")).startsWith("HTTP/1.1 200 ");
            assertThat(run.output()).contains("Health and metrics: ");
            run.terminate();
        }
    }

    /** One that sends no more than a part of its request, or does not read, is cut off; nobody waits for it, the end neither. */
    @Test
    void slowClients_keepNobodyWaiting_andAreCutOff() throws Exception {
        int port = FreePort.find();
        world.set("observe.port", String.valueOf(port));
        List<Socket> slow = new ArrayList<>();
        try (CollectorProcess run = jar.start(folder, CollectorJar.environment(world), "run")) {
            patiently()
                    .until(() -> raw(port, "GET /observe/health/live HTTP/1.1").startsWith("HTTP/1.1 200 "));
            for (int client = 0; client < 12; client++) {
                slow.add(connected(port, "GET /observe/health"));
            }

            assertThat(raw(port, "GET /observe/health/live HTTP/1.1")).startsWith("HTTP/1.1 200 ");
            for (Socket socket : slow) {
                assertThat(isCutOff(socket)).isTrue();
            }
            String manyPages = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(UNREAD);
            for (int client = 0; client < 12; client++) {
                slow.add(connected(port, manyPages));
            }
            assertThat(raw(port, "GET /observe/health/live HTTP/1.1")).startsWith("HTTP/1.1 200 ");
            run.terminate();
            assertThat(run.exitCode()).as(run.output()).isZero();
            assertThat(run.output()).contains("Health and metrics: ").doesNotContain("ExecutorService");
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    private static boolean isCutOff(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            // Reset, as something that it sent was not read.
            return true;
        }
    }

    private static Socket connected(int port, String sent) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.getOutputStream().write(sent.getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    /** Sends a request's head and returns the answer as it came; empty if the connection was closed instead. */
    private static String raw(int port, String... head) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            String lines = String.join("\r\n", head) + "\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(lines.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void once_opensNoPort_andLeavesItsFiguresInAFile() throws IOException {
        Path file = folder.resolve("duo.prom");
        Files.writeString(folder.resolve("application.properties"), "log.format=json\nmetrics.textfile=" + file + "\n");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            world.set("observe.port", String.valueOf(taken.getLocalPort())).set("metrics.push", "http://127.0.0.1:1");
            try (CollectorProcess once = jar.start(folder, CollectorJar.environment(world), "once")) {
                assertThat(once.exitCode()).as(once.output()).isZero();
                List<JsonNode> lines =
                        once.standardOutput().lines().map(ObservationIT::json).toList();
                assertThat(lines)
                        .extracting(line -> line.path("log.level").asText())
                        .containsExactly("INFO", "INFO", "WARN");
                assertThat(lines.get(0).path("message").asText()).contains("application.properties");
                JsonNode report = lines.get(1);
                assertThat(report.path("message").asText()).startsWith("Window ");
                assertThat(report.path("duo.run.id").asText()).matches("[0-9a-f]{8}");
                assertThat(report.fieldNames())
                        .toIterable()
                        .contains("@timestamp", "ecs.version", "log.logger", "process.thread.name", "service.name");
                assertThat(lines.get(2).path("message").asText()).contains("could not be pushed");
                once.assertNothingSecret();
            }
        }
        assertThat(file).content().contains("duo_telephony_events_written_total 3.0\n");
    }

    /** A run that nobody looks at pays for none of it. */
    @Test
    void whatIsOff_isNotLoaded() throws Exception {
        Path ofService = folder.resolve("service.classes");
        Path ofOnce = folder.resolve("once.classes");
        int port = FreePort.find();
        world.set("observe.port", String.valueOf(port));
        try (CollectorProcess run = jar.start(
                List.of("-Xlog:class+load:file=" + ofService), folder, CollectorJar.environment(world), "run")) {
            patiently().until(() -> answer(port, "/").statusCode() == 200);
            run.terminate();
            assertThat(run.exitCode()).as(run.output()).isZero();
        }
        try (CollectorProcess once = jar.start(
                List.of("-Xlog:class+load:file=" + ofOnce), folder, CollectorJar.environment(world), "once")) {
            assertThat(once.exitCode()).as(once.output()).isZero();
        }

        assertThat(loaded(ofService))
                .contains(
                        "dev.duocollector.page.StatusPage",
                        "dev.duocollector.metrics.LastDay",
                        "com.sun.net.httpserver.HttpServer");
        assertThat(loaded(ofOnce)).isEmpty();
        assertThat(ofOnce).content().contains(" dev.duocollector.metrics.CollectorStatus ");
    }

    private static List<String> loaded(Path classes) throws IOException {
        Pattern ofServer = Pattern.compile("(?:dev\\.duocollector\\.page|dev\\.duocollector\\.metrics\\.LastDay"
                + "|dev\\.duocollector\\.app\\.ObservationServer|com\\.sun\\.net\\.httpserver)\\S*");
        try (Stream<String> lines = Files.lines(classes)) {
            return lines.flatMap(line -> ofServer.matcher(line).results())
                    .map(MatchResult::group)
                    .distinct()
                    .toList();
        }
    }

    @Test
    void wrongValues_areRefused() {
        world.set("observe.port", "none").set("log.format", "xml");
        try (CollectorProcess once = jar.start(folder, CollectorJar.environment(world), "once")) {
            assertThat(once.exitCode()).isEqualTo(2);
            assertThat(once.logged("ERROR"))
                    .hasSize(2)
                    .anyMatch(line -> line.contains("observe.port is 'none'. Allowed: a whole number, 1 to 65535."))
                    .anyMatch(line -> line.contains("log.format is 'xml'. Allowed: human or json."));
        }
    }

    private HttpResponse<String> answer(int port, String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(PATIENCE)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String message(HttpResponse<String> health) {
        for (JsonNode check : json(health.body()).path("checks")) {
            if (check.path("name").asText().equals("duo-telephony")) {
                return check.path("message").asText();
            }
        }
        throw new AssertionError("No check duo-telephony in " + health.body());
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError("No JSON: " + text, e);
        }
    }

    private static ConditionFactory patiently() {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsMatching(e -> e instanceof ConnectException);
    }
}
