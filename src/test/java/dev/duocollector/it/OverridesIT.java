// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static dev.duocollector.simulator.Misbehavior.forbidden;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.route.World;
import dev.duocollector.settings.LogSettings;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.testing.RawServer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies in the working directory, stands in the environment or is said to the JVM, before what the jar brings. */
class OverridesIT {

    private final CollectorJar jar = CollectorJar.built();
    private final World world = World.inRealTime();
    private final Map<String, String> environment = new HashMap<>(CollectorJar.environment(world));
    private final List<SimulatedEvent> events = new MadeUpEvents(3)
            .spread(
                    12,
                    Instant.now().minus(Duration.ofMinutes(50)),
                    Instant.now().minus(Duration.ofMinutes(5)));

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
    void takesWhatDiffersFromTheFile_andTheRestFromTheJar() throws IOException {
        StringBuilder file = new StringBuilder();
        world.set("duo.page.size", "4")
                .settings
                .forEach((setting, value) ->
                        file.append(setting).append('=').append(value).append('\n'));
        settingsFile(file.toString().replace("duo.schedule.auto-startup=false\n", ""));
        environment.clear();
        environment.putAll(CollectorJar.credentials());
        environment.put("DUO_LOOKBACK", "PT2H");

        assertCollectsAll();
        assertThat(query("limit")).as("from the file").isEqualTo("4");
        assertThat(window())
                .as("from the environment, before the file")
                .isEqualTo(Duration.ofHours(2).minusMinutes(2).minus(LogSettings.WINDOW_MARGIN));
        assertThat(query("sort")).as("from the jar").isEqualTo("ts:asc");
    }

    @Test
    void takesTheStepsThatTheOperatorChanged_andTheOtherRoutesFromTheJar() throws IOException {
        Path routes = Files.createDirectory(folder.resolve("routes"));
        eventSteps(routes, dropping("enrollment"));

        try (CollectorProcess once = once()) {
            assertThat(once.exitCode()).as(once.output()).isZero();
        }
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(without("enrollment")));
        assertThat(events)
                .as("a filter with something to do")
                .hasSizeGreaterThan(world.lines().size());
    }

    @Test
    void takesTheRoutesFromTheFolder_whereAllOfThemLie() throws IOException {
        Path routes = copyRoutes();
        eventSteps(routes, dropping("verify"));

        try (CollectorProcess once = once()) {
            assertThat(once.exitCode()).as(once.output()).isZero();
        }
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(without("verify")));
    }

    @Test
    void takesTheRoutesFromTheJar_whereTheFolderIsEmpty() throws IOException {
        Files.createDirectory(folder.resolve("routes"));

        assertCollectsAll();
    }

    /** It takes the place of the shipped one. */
    @Test
    void namesTheRouteFiles_whereAnErrorHandlerForAllRoutesKeepsTheReportAway() throws IOException {
        Path file = Files.writeString(
                Files.createDirectory(folder.resolve("routes")).resolve("mine.camel.yaml"),
                "- errorHandler:\n    noErrorHandler: {}\n",
                UTF_8);
        world.duo.misbehave(1, 1, forbidden());
        try (CollectorProcess once = once()) {
            assertThat(once.exitCode()).as(once.output()).isEqualTo(2);
            assertThat(once.logged("ERROR"))
                    .singleElement()
                    .asString()
                    .contains("ended without a report (", "A route file changes how it ends", file.toString());
        }

        Files.delete(file);
        assertCollectsAll();
    }

    /** What is wrong with a file is EventStepsAtStartTest's matter. */
    @Test
    void refusesBrokenRoutes_inOneLineWithThePlace() throws IOException {
        eventSteps(Files.createDirectory(folder.resolve("routes")), "- lod: hello");

        assertRefused("lod", "event-steps.camel.yaml, line 6, column 11");
    }

    private void assertRefused(String... said) {
        try (CollectorProcess once = once()) {
            assertThat(once.exitCode()).as(once.output()).isEqualTo(2);
            assertThat(once.output().lines()).hasSize(1);
            assertThat(once.logged("ERROR").get(0)).contains(said);
        }
        assertThat(world.everything()).isEmpty();
        assertThat(world.duo.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"camel.main.shutdownTimeout=soon", "camel.component.quartz.passsword=2"})
    void refusesAnOptionThatDoesNotExist_withoutItsValue(String option) throws IOException {
        settingsFile(option);

        try (CollectorProcess once = once()) {
            assertThat(once.exitCode()).as(once.output()).isEqualTo(2);
            assertThat(once.output().lines()).hasSize(1);
            assertThat(once.logged("ERROR").get(0))
                    .contains("Setting " + option.substring(0, option.indexOf('=')) + " does not exist")
                    .doesNotContain(option);
        }
    }

    @Test
    void asksDuoThroughTheProxyOfTheJvm() {
        String page = "{\"stat\":\"OK\",\"response\":{\"items\":[],\"metadata\":{}}}";
        try (RawServer proxy = RawServer.start().answer("200 OK", page, "Content-Type: application/json")) {
            environment.put("DUO_BASE_URL", "http://localhost:1");
            try (CollectorProcess once = jar.start(
                    List.of("-Dhttp.proxyHost=127.0.0.1", "-Dhttp.proxyPort=" + proxy.port(), "-Dhttp.nonProxyHosts="),
                    folder,
                    environment,
                    "once")) {
                assertThat(once.exitCode()).as(once.output()).isZero();
            }
            assertThat(proxy.requests()).hasSize(1);
            assertThat(proxy.requests().get(0)).startsWith("GET http://localhost:1/admin/v2/logs/telephony?");
        }
    }

    @Test
    void trustsTheCertificatesOfTheJvm() throws IOException {
        try (TlsRelay duo = TlsRelay.inFrontOf(world.duo.uri(), folder)) {
            environment.put("DUO_BASE_URL", duo.uri().toString());
            try (CollectorProcess untrusting = once()) {
                assertThat(untrusting.exitCode()).as(untrusting.output()).isEqualTo(2);
                assertThat(untrusting.output().lines()).hasSize(1);
                assertThat(untrusting.logged("ERROR").get(0)).contains("-Djavax.net.ssl.trustStore=");
            }
            assertThat(world.objects()).isEmpty();

            try (CollectorProcess trusting = jar.start(duo.trustOptions(), folder, environment, "once")) {
                assertThat(trusting.exitCode()).as(trusting.output()).isZero();
            }
            assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
        }
    }

    private void assertCollectsAll() {
        try (CollectorProcess once = once()) {
            assertThat(once.exitCode()).as(once.output()).isZero();
        }
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
    }

    private CollectorProcess once() {
        return jar.start(folder, environment, "once");
    }

    private void settingsFile(String text) throws IOException {
        Files.writeString(folder.resolve("application.properties"), text, UTF_8);
    }

    private Path copyRoutes() throws IOException {
        Path routes = Files.createDirectory(folder.resolve("routes"));
        try (DirectoryStream<Path> shipped = Files.newDirectoryStream(Path.of("routes"))) {
            for (Path file : shipped) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        return routes;
    }

    private static void eventSteps(Path routes, String step) throws IOException {
        Files.writeString(routes.resolve("event-steps.camel.yaml"), """
                - route:
                    id: event-steps
                    from:
                      uri: direct:event-steps
                      steps:
                        %s
                """.formatted(step), UTF_8);
    }

    private static String dropping(String context) {
        return "- setBody: { jsonpath: \"$[?(@.context != '" + context + "')]\" }";
    }

    private List<SimulatedEvent> without(String context) {
        return events.stream()
                .filter(event -> !event.json().contains("\"context\":\"" + context + "\""))
                .toList();
    }

    private String query(String parameter) {
        return world.duo.requests().get(0).query().get(parameter);
    }

    private Duration window() {
        return Duration.ofMillis(Long.parseLong(query("maxtime")) - Long.parseLong(query("mintime")));
    }
}
