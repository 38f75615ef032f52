// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static dev.duocollector.simulator.Misbehavior.slowPage;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.route.World;
import dev.duocollector.settings.LogSettings;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.testing.Nightly;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The KAR in a stock Karaf that can reach no repository: what every collector does, and what is Karaf's own, the .cfg files
 * above all. One Karaf for all tests, which leave it waiting for settings.
 */
@Nightly
class KarafIT implements CollectorContract {

    private static final String CFG = "dev.duocollector.cfg";
    private static final String WAITING = "Waiting for settings";
    private static final String COLLECTING = "Collecting the telephony log of";

    /** What nobody must read: in Karaf, the .cfg is all that counts. */
    private static final String WRONG_LOOKBACK = "90m";

    private static final String ROUTES = "duo-routes";
    private static final String ACCOUNTS = "duo-accounts";

    private static Karaf karaf;
    private static String shippedCfg;
    private static List<String> firstWords;

    private final Instant now = Instant.now();
    private final List<SimulatedEvent> events =
            new MadeUpEvents(6).spread(10, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5)));
    private final World world = world();
    private final World other = World.inRealTime();

    @TempDir
    private Path folder;

    @BeforeAll
    static void deployTheKar() throws IOException {
        karaf = new Karaf(Path.of("target/karaf-it").toAbsolutePath())
                .with("DUO_LOOKBACK", WRONG_LOOKBACK)
                .with("JAVA_OPTS", "-Dduo.lookback=" + WRONG_LOOKBACK);
        karaf.deploy();
        karaf.start();
        karaf.fromTheBeginning().await(WAITING);
        shippedCfg = Files.readString(karaf.etc().resolve(CFG), UTF_8);
        firstWords = karaf.fromTheBeginning().logged("INFO|WARN|ERROR");
    }

    @AfterAll
    static void stopKaraf() {
        karaf.close();
    }

    @AfterEach
    void closeWorld() {
        world.close();
        other.close();
    }

    @Override
    public RunningCollector start(World world) {
        return start(CFG, world);
    }

    @Test
    void createsItsCfg_whichSaysEverySettingAndSetsNone() throws IOException {
        Properties shipped = new Properties();
        shipped.load(new StringReader(shippedCfg));
        assertThat(shipped).as("what counts before anybody has edited it").isEmpty();

        shipped.load(new StringReader(shippedCfg.replaceAll("(?m)^#(?=[a-z])", "")));
        assertThat(shipped)
                .isEqualTo(settingsOfTheJar())
                .containsKeys("duo.api.host", "duo.skey", "s3.bucket", "event.shape");
        assertThat(firstWords)
                .as("all that it says, with nothing filled in")
                .singleElement()
                .asString()
                .startsWith(WAITING + ": etc/" + CFG + " needs ");
    }

    @Test
    void startsAnew_whenTheCfgIsEdited() {
        try (RunningCollector collector = start(world.set("duo.page.size", "4"))) {
            patiently().until(() -> world.lines().size() == events.size());
            Karaf.Mark edited = karaf.mark();
            karaf.save(CFG, settings(world.set("duo.page.size", "3")));
            edited.await(COLLECTING);
            patiently().until(() -> limits().contains("3"));

            assertThat(limits().get(0)).isEqualTo("4");
            assertThat(collector.output()).contains("4 pages, 10 new events", "0 new events");
            assertThat(edited.logged("WARN|ERROR")).isEmpty();
            assertEveryEventOnce(world);
        }
    }

    @Test
    void readsTheCfgAlone_notTheEnvironment() {
        world.settings.remove("duo.lookback");
        try (RunningCollector collector = start(world)) {
            patiently().until(() -> world.lines().size() == events.size());

            assertThat(window()).isEqualTo(Duration.ofDays(1).minusMinutes(2).minus(LogSettings.WINDOW_MARGIN));
            assertThat(collector.isAlive()).isTrue();
        }
    }

    @Test
    void saysWhatTheJarSays_ofWrongSettings_andWaitsForBetterOnes() throws IOException {
        world.set("duo.page.size", "5000").set("duo.lookback", "400d").set("duo.page.sizes", "2");
        StringBuilder file = new StringBuilder();
        settings(world)
                .forEach((name, value) ->
                        file.append(name).append('=').append(value).append('\n'));
        Files.writeString(folder.resolve("application.properties"), file, UTF_8);
        List<String> saidByTheJar;
        try (CollectorProcess once = CollectorJar.built().start(folder, CollectorJar.credentials(), "once")) {
            assertThat(once.exitCode()).isEqualTo(2);
            saidByTheJar = once.logged("ERROR").stream()
                    .map(line -> line.replaceFirst("\\S+Z ERROR ", ""))
                    .toList();
        }
        Karaf.Mark wrong = karaf.mark();
        karaf.save(CFG, settings(world));
        wrong.await("Waiting for it to be saved again");

        assertThat(saidByTheJar).as("one line for each mistake").hasSize(3);
        assertThat(wrong.logged("WARN|ERROR"))
                .as("the file that is meant, too")
                .anyMatch(line -> line.contains("duo.page.sizes in etc/" + CFG))
                .extracting(line -> line.replace(" in etc/" + CFG, ""))
                .containsExactlyElementsOf(saidByTheJar);
        assertThat(world.everything()).isEmpty();

        world.settings.remove("duo.page.sizes");
        try (RunningCollector collector =
                start(world.set("duo.page.size", "1000").set("duo.lookback", "1h"))) {
            patiently().until(() -> world.lines().size() == events.size());
            collector.assertNothingSecret();
        }
    }

    @Test
    void takesTheRoutesInItsFolder_andTheOthersFromInside() throws IOException {
        Path routes = Files.createDirectory(karaf.etc().resolve(ROUTES));
        Files.writeString(routes.resolve("event-steps.camel.yaml"), """
                - route:
                    id: event-steps
                    from:
                      uri: direct:event-steps
                      steps:
                        - setBody: { jsonpath: "$[?(@.context != 'enrollment')]" }
                """, UTF_8);
        List<SimulatedEvent> left = events.stream()
                .filter(event -> !event.json().contains("\"context\":\"enrollment\""))
                .toList();
        try (RunningCollector collector = start(world)) {
            patiently()
                    .until(() -> collector.output().contains(left.size() + " stored in 1 object")
                            || world.lines().size() >= left.size());

            assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(left));
            assertThat(left).as("a filter with something to do").hasSizeLessThan(events.size());
        } finally {
            karaf.remove(ROUTES);
        }
    }

    /** Other slips are EventStepsAtStartTest's matter; what a scheme means depends on what is in the bundle. */
    @Test
    void saysWhereARouteIsBroken() throws IOException {
        Path routes = Files.createDirectory(karaf.etc().resolve(ROUTES));
        Files.writeString(routes.resolve("event-steps.camel.yaml"), """
                - route:
                    id: event-steps
                    from:
                      uri: direct:event-steps
                      steps:
                        - to: nosuchscheme:x
                """, UTF_8);
        Karaf.Mark broken = karaf.mark();
        karaf.save(CFG, settings(world));
        broken.await("Waiting for it to be saved again");
        karaf.remove(ROUTES);
        karaf.save(CFG, shippedCfg);
        broken.await(WAITING);

        assertThat(broken.logged("WARN|ERROR"))
                .singleElement()
                .asString()
                .contains("event-steps.camel.yaml", "nosuchscheme");
        assertThat(world.duo.requests()).isEmpty();
    }

    @Test
    void saysSoLoudly_whenItsRoutesFolderIsEmpty() throws IOException {
        Path routes = Files.createDirectory(karaf.etc().resolve(ROUTES));
        Karaf.Mark empty = karaf.mark();
        karaf.save(CFG, settings(world));
        empty.await("Waiting for it to be saved again");
        karaf.remove(ROUTES);

        assertThat(empty.logged("ERROR"))
                .singleElement()
                .asString()
                .contains("No route was loaded", routes.toString(), "*.camel.yaml");
        assertThat(world.duo.requests()).isEmpty();
        try (RunningCollector collector = start(world.set("duo.page.size", "999"))) {
            patiently().until(() -> world.lines().size() == events.size());
            assertThat(collector.isAlive()).isTrue();
        }
    }

    @Test
    void keepsTryingUntilS3IsThere() {
        world.s3Proxy.plan(FaultPlan.every(1, request -> true, Fault.DROP_BEFORE));
        try (RunningCollector collector = start(world)) {
            patiently().until(() -> collector.output().split("S3 could not be reached", -1).length > 2);
            assertThat(world.duo.requests()).isEmpty();
            world.s3Proxy.plan(FaultPlan.none());
            patiently().until(() -> world.lines().size() == events.size());

            assertEveryEventOnce(world);
        }
    }

    @Test
    void keepsTwoTenantsApart() {
        for (World tenant : List.of(world, other)) {
            tenant.set("duo.schedule", "* * * * * ?").set("duo.schedule-jitter", "0s");
        }
        other.events.add(events);
        world.s3Proxy.plan(
                FaultPlan.every(1, request -> request.isWrite() && !World.isState(request), Fault.ANSWER_503));
        try (RunningCollector globex = start("dev.duocollector-globex.cfg", other)) {
            try (RunningCollector acme = start("dev.duocollector-acme.cfg", world)) {
                patiently().until(() -> !world.s3Proxy.faulted().isEmpty());
                patiently().until(() -> windows(other) >= 3);
                assertEveryEventOnce(other);
                assertThat(world.objects()).as("of the tenant whose S3 is away").isEmpty();
                assertThat(globex.output().lines().filter(line -> line.contains("10 stored in 1 object")))
                        .as("the run of the other")
                        .singleElement()
                        .asString()
                        .contains("duo-telephony-collector-globex");

                world.s3Proxy.plan(FaultPlan.none());
                patiently().until(() -> world.lines().size() == events.size());
                // The run says so at its end, a while after its object is in the bucket.
                patiently().until(() -> acme.output().contains("Camel (duo-telephony-collector-acme) thread"));
            }
            long before = windows(other);
            patiently().until(() -> windows(other) >= before + 2);
            assertThat(globex.output())
                    .contains("duo-telephony-collector-acme has ended.")
                    .doesNotContain("duo-telephony-collector-globex has ended.");
        }
        assertEveryEventOnce(world);
        assertEveryEventOnce(other);
    }

    /**
     * As an operator writes it: the container puts its own folder in. The folder is looked at more often than is shipped. One
     * account has its secret key in its file, one in a file of its own, one in a vault.
     */
    @Test
    void followsAFolderOfAccounts_andNothingElseIsNeeded() throws IOException {
        Path accounts = Files.createDirectory(karaf.etc().resolve(ACCOUNTS));
        Path routes = Files.createDirectory(karaf.etc().resolve(ROUTES));
        Files.writeString(
                routes.resolve("schedule.camel.yaml"),
                Files.readString(Path.of("routes/schedule.camel.yaml"))
                        .replace("period: 60000", "period: 100")
                        .replace("delay: 60000", "delay: 100"));
        List.of("duo.api.host", "duo.ikey", "duo.skey").forEach(world.settings::remove);
        world.set("duo.accounts", "${karaf.etc}/" + ACCOUNTS).set("duo.logs", "telephony,authentication");
        FolderAccount acme = new FolderAccount(world, "acme", 1).writeTo(accounts);
        FolderAccount globex = new FolderAccount(world, "globex", 2);
        FolderAccount hooli = new FolderAccount(world, "hooli", 3);
        HttpServer vault = vault(hooli.inVault());
        try (RunningCollector collector = start(world)) {
            patiently().untilAsserted(acme::assertEveryEventOnce);
            globex.writeWithKeyFileTo(accounts);
            hooli.writeWithVaultTo(accounts);
            patiently().untilAsserted(globex::assertEveryEventOnce);
            patiently().untilAsserted(hooli::assertEveryEventOnce);
            Files.delete(accounts.resolve("acme.properties"));
            patiently().until(() -> collector.output().contains("acme/authentication is no longer collected"));

            assertThat(collector.output())
                    .contains("Collecting 2 logs of 1 account (" + accounts + ")")
                    .contains("globex/telephony is collected into s3://" + world.bucket + "/duo-telephony/globex");
            collector.assertNothingSecret();
        } finally {
            vault.stop(0);
            karaf.remove(ROUTES);
            karaf.remove(ACCOUNTS);
        }
    }

    /** An AWS Secrets Manager that has one secret, and that the collector asks. */
    private HttpServer vault(String answer) throws IOException {
        HttpServer vault = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        vault.createContext("/", exchange -> {
            byte[] secret = answer.getBytes(UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
            exchange.sendResponseHeaders(200, secret.length);
            exchange.getResponseBody().write(secret);
            exchange.close();
        });
        vault.start();
        world.set("camel.vault.aws.region", "eu-central-1")
                .set("camel.vault.aws.defaultCredentialsProvider", "true")
                .set("camel.vault.aws.overrideEndpoint", "true")
                .set(
                        "camel.vault.aws.uriEndpointOverride",
                        "http://127.0.0.1:" + vault.getAddress().getPort());
        return vault;
    }

    @Test
    void endsEachStreamAtItsPage_whenItIsUninstalled() throws IOException {
        world.set("duo.page.size", "4").set("duo.accounts", folder.toString());
        FolderAccount acme = new FolderAccount(world, "acme", 1).writeTo(folder);
        world.duo.misbehave(1, 2, slowPage(Duration.ofSeconds(6)));
        Karaf.Mark mark = karaf.mark();
        karaf.save(CFG, settings(world));
        patiently().until(() -> world.duo.requests().size() == 2);
        karaf.undeploy();
        mark.await("duo-telephony-collector has ended.");

        assertThat(mark.logged("INFO"))
                .anyMatch(line -> line.startsWith("telephony: Stopped in window"))
                .anyMatch(line -> line.startsWith("acme/telephony: Stopped in window"));
        assertThat(mark.logged("WARN|ERROR")).isEmpty();
        assertThat(world.duo.requests())
                .as("requests, the page under way of each being the last")
                .hasSize(2);
        assertThat(world.lines()).as("the pages under way").hasSize(8);
        assertThat(world.state()).doesNotContain("\"pending\"");
        assertThat(karaf.etc().resolve(CFG)).exists();

        Karaf.Mark again = karaf.mark();
        karaf.deploy();
        again.await("Collecting 2 logs of 2 accounts");
        try (RunningCollector collector = start(world)) {
            patiently().untilAsserted(() -> {
                acme.assertEveryEventOnce("telephony");
                assertThat(world.lines()).hasSize(events.size() + 6).containsAll(World.stored(events));
            });
            assertThat(collector.isAlive()).isTrue();
        }
    }

    private RunningCollector start(String cfg, World world) {
        Deployed started = new Deployed(cfg, karaf.mark());
        karaf.save(cfg, settings(world));
        if (!karaf.isAlive()) {
            karaf.start();
        }
        return started;
    }

    /** A collector in the common Karaf. It ends with its file, or, if that is the one that comes with the KAR, with its content. */
    private static final class Deployed implements RunningCollector {

        private final String cfg;
        private final Karaf.Mark mark;

        private Deployed(String cfg, Karaf.Mark mark) {
            this.cfg = cfg;
            this.mark = mark;
        }

        @Override
        public String output() {
            return mark.log();
        }

        @Override
        public boolean isAlive() {
            return karaf.isAlive();
        }

        @Override
        public void kill() {
            karaf.kill();
        }

        @Override
        public void close() {
            if (!karaf.isAlive() || !Files.exists(karaf.etc().resolve(cfg))) {
                return;
            }
            Karaf.Mark closing = karaf.mark();
            if (cfg.equals(CFG)) {
                karaf.save(CFG, shippedCfg);
                closing.await(WAITING);
            } else {
                karaf.remove(cfg);
                closing.await("has ended.");
            }
        }
    }

    private World world() {
        World world = World.inRealTime();
        world.events.add(events);
        return world;
    }

    /** As the .cfg has them. */
    private static Map<String, String> settings(World world) {
        Map<String, String> settings = new HashMap<>(world.settings);
        settings.remove("duo.schedule.auto-startup");
        // Of the jar's own; a container's log would say that it has no effect.
        settings.remove("observe.enabled");
        return settings;
    }

    private static Properties settingsOfTheJar() throws IOException {
        Properties settings = new Properties();
        settings.load(new StringReader(Files.readString(Path.of("application.properties"), UTF_8)));
        return settings;
    }

    private List<String> limits() {
        return world.duo.requests().stream()
                .map(request -> request.query().get("limit"))
                .toList();
    }

    private Duration window() {
        Map<String, String> query = world.duo.requests().get(0).query();
        return Duration.ofMillis(Long.parseLong(query.get("maxtime")) - Long.parseLong(query.get("mintime")));
    }

    private static long windows(World world) {
        return world.duo.requests().stream()
                .map(request -> request.query().get("maxtime"))
                .distinct()
                .count();
    }

    private void assertEveryEventOnce(World world) {
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
    }

    private static ConditionFactory patiently() {
        return await().atMost(Karaf.PATIENCE).pollInterval(Duration.ofMillis(50));
    }
}
