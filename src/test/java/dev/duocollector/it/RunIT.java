// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static dev.duocollector.simulator.Misbehavior.forbidden;
import static dev.duocollector.simulator.Misbehavior.slowPage;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.duocollector.route.World;
import dev.duocollector.s3.EmbeddedS3;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.RecordedRequest;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.testing.FreePort;
import dev.duocollector.testing.Nightly;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.core.sync.RequestBody;

/** The runnable jar's {@code run}: when it reads, and what it outlives. */
class RunIT {

    /** From a signal to the end. Far below the waits that the signal must cut short, and above what a busy machine needs. */
    private static final Duration STOP_MAX = Duration.ofSeconds(15);

    /** For what takes a second or two on a machine with nothing else to do. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final CollectorJar jar = CollectorJar.built();
    private final World world = World.inRealTime();
    private final MadeUpEvents madeUp = new MadeUpEvents(4);
    private final Instant now = Instant.now();
    private final List<SimulatedEvent> events =
            madeUp.spread(10, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5)));

    @TempDir
    private Path folder;

    @BeforeEach
    void showEvents() {
        world.events.add(events);
    }

    @AfterEach
    void closeWorld() {
        world.close();
    }

    @Test
    void collectsAtOnce_andThenByTheSchedule() {
        world.set("duo.schedule", "0/2 * * * * ?").set("duo.schedule-jitter", "0s");
        SimulatedEvent late = madeUp.at(now.minus(Duration.ofMinutes(6)));
        try (CollectorProcess run = start("run")) {
            patiently().until(() -> world.lines().size() == events.size());
            world.events.add(late);
            patiently().until(() -> world.lines().size() == events.size() + 1);
            int before = world.duo.requests().size();
            patiently().until(() -> world.duo.requests().size() > before);
            run.terminate();

            assertThat(run.exitCode()).as(run.output()).isZero();
            assertThat(run.output().lines())
                    .as("the line at the start, a line for each run, and no other")
                    .hasSizeGreaterThan(2)
                    .allMatch(
                            line -> line.matches(
                                    "\\S+Z INFO  (\\[[0-9a-f]{8}] )?(Collecting|Window|Nothing to read yet:|Stopped in window) .*"));
            run.assertNothingSecret();
        }
        assertThat(world.lines()).contains(World.stored(List.of(late)).get(0)).doesNotHaveDuplicates();
    }

    @Test
    void isWhatTheJarDoes_withoutACommand() {
        try (CollectorProcess run = start()) {
            patiently().until(() -> world.lines().size() == events.size());
            assertThat(run.isAlive()).isTrue();
        }
    }

    /** One that counts the years otherwise, with digits that are not 0 to 9; the others are LocalesTest's matter. */
    @Nightly
    @Test
    void collects_whateverCalendarTheJvmHas() {
        List<String> jvm = List.of("-Duser.language=th", "-Duser.country=TH", "-Duser.variant=TH");
        try (CollectorProcess run = jar.start(jvm, folder, CollectorJar.environment(world), "run")) {
            patiently().until(() -> !run.isAlive() || world.lines().size() == events.size());
            run.terminate();
            assertThat(run.exitCode()).as(run.output()).isZero();
            assertThat(run.logged("INFO"))
                    .anyMatch(line -> line.contains("Window " + now.toString().substring(0, 5)));
        }

        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
        String year = now.toString().substring(0, 4);
        assertThat(world.objects().firstKey()).startsWith("duo-telephony/telephony_" + year);
        assertThat(world.state()).contains("\"committedThrough\":\"" + year + "-");
    }

    @Nightly
    @Test
    void makesAFirstRun_besideAnOlderOnesObjects_whenToldTo() {
        String older = "duo-telephony/telephony_20260101T081500.123Z_00001_0123456789ab.ndjson";
        World.s3().client().putObject(put -> put.bucket(world.bucket).key(older), RequestBody.fromString("{}\n"));
        try (CollectorProcess run = start("run")) {
            patiently().until(() -> !run.logged("ERROR").isEmpty());
            assertThat(run.logged("ERROR").get(0)).contains("run it once with --first");
            assertThat(world.duo.requests()).isEmpty();
        }
        assertThat(world.everything()).containsOnlyKeys(older);

        try (CollectorProcess run = start("run", "--first")) {
            patiently().until(() -> !run.isAlive() || world.lines().size() == events.size() + 1);
            assertThat(run.isAlive()).as(run.output()).isTrue();
        }
    }

    /** Where a setting's value lies in a vault. */
    @Test
    void waitsForAVault_andOnceDoesNot() throws IOException {
        int port = FreePort.find();
        Files.writeString(folder.resolve("application.properties"), """
                camel.vault.aws.defaultCredentialsProvider=true
                camel.vault.aws.region=us-east-1
                camel.vault.aws.overrideEndpoint=true
                camel.vault.aws.uriEndpointOverride=http://127.0.0.1:""" + port + "\n");
        world.set("duo.skey", "{{aws:duo-telephony/skey}}");
        for (String command : List.of("once", "check")) {
            try (CollectorProcess process = start(command)) {
                assertThat(process.exitCode()).as(process.output()).isEqualTo(1);
                assertThat(process.output()).contains("duo.skey", "{{aws:duo-telephony/skey}}");
            }
        }
        assertThat(world.everything()).isEmpty();

        try (CollectorProcess run = start("run")) {
            patiently()
                    .untilAsserted(() ->
                            assertThat(run.logged("WARN")).as(run.output()).hasSizeGreaterThan(1));
            assertThat(run.logged("WARN"))
                    .allMatch(line -> line.contains("duo.skey") && line.contains("Trying again in"));
            HttpServer vault = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            vault.createContext("/", exchange -> {
                byte[] secret = ("{\"Name\":\"x\",\"SecretString\":\"" + World.SKEY + "\"}").getBytes(UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
                exchange.sendResponseHeaders(200, secret.length);
                exchange.getResponseBody().write(secret);
                exchange.close();
            });
            vault.start();
            try {
                patiently().until(() -> world.lines().size() == events.size());
                run.terminate();
                assertThat(run.exitCode()).as(run.output()).isZero();
                run.assertNothingSecret();
            } finally {
                vault.stop(0);
            }
        }
    }

    @Test
    void neverMakesTwoRunsAtOnce() {
        Duration slow = Duration.ofMillis(1500);
        world.set("duo.schedule", "* * * * * ?").set("duo.schedule-jitter", "0s");
        world.duo.misbehave(request -> true, slowPage(slow));
        try (CollectorProcess run = start("run")) {
            patiently().until(() -> world.duo.requests().size() >= 4);
            run.terminate();
            assertThat(run.exitCode()).as(run.output()).isZero();
        }
        List<RecordedRequest> requests = world.duo.requests();
        for (int i = 1; i < requests.size(); i++) {
            assertThat(Duration.between(
                            requests.get(i - 1).at(), requests.get(i).at()))
                    .as("from request %d to the next, each being answered late", i)
                    .isGreaterThanOrEqualTo(slow);
        }
    }

    @Test
    void triesAgainAtTheNextTime_afterWhatAnOperatorMustMend() {
        world.set("duo.schedule", "0/2 * * * * ?").set("duo.schedule-jitter", "0s");
        world.duo.misbehave(1, 1, forbidden());
        try (CollectorProcess run = start("run")) {
            patiently().until(() -> world.lines().size() == events.size());
            assertThat(run.logged("ERROR")).singleElement().asString().contains("40301", "Grant read log");
        }
    }

    @Test
    void waitsForS3_withLongerAndLongerPauses() throws IOException {
        int port = FreePort.find();
        world.set("s3.endpoint", "http://127.0.0.1:" + port);
        AwsBasicCredentials credentials =
                AwsBasicCredentials.create(World.s3().accessKey(), World.s3().secretKey());
        try (CollectorProcess run = start("run")) {
            patiently()
                    .untilAsserted(() ->
                            assertThat(run.logged("WARN")).as(run.output()).hasSizeGreaterThan(2));
            assertThat(run.logged("WARN")).allMatch(line -> line.contains("S3 could not be reached"));
            List<Instant> failures = run.logged("WARN").stream()
                    .map(line -> Instant.parse(line.substring(0, line.indexOf(' '))))
                    .toList();
            assertThat(Duration.between(failures.get(0), failures.get(1))).isGreaterThan(Duration.ofSeconds(1));
            assertThat(Duration.between(failures.get(1), failures.get(2))).isGreaterThan(Duration.ofSeconds(2));

            try (EmbeddedS3 s3 = EmbeddedS3.inMemory(port, credentials)) {
                s3.createBucket(world.bucket);
                patiently()
                        .untilAsserted(() -> assertThat(run.logged("INFO"))
                                .as(run.output())
                                .anyMatch(line -> line.contains(" Window ")));
                assertThat(s3.objects(world.bucket, "duo-telephony/").values())
                        .singleElement()
                        .satisfies(object -> assertThat(new String(object, UTF_8).lines())
                                .containsExactlyElementsOf(World.stored(events)));
                run.terminate();
                assertThat(run.exitCode(STOP_MAX)).isZero();
            }
        }
    }

    private CollectorProcess start(String... command) {
        Map<String, String> environment = CollectorJar.environment(world);
        return jar.start(folder, environment, command);
    }

    private static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50));
    }
}
