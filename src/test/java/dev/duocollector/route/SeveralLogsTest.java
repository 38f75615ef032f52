// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.duocollector.app.CamelApplication;
import dev.duocollector.cli.StateConsole;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.run.RunReport;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.Selection;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.MemoryEventStore;
import dev.duocollector.simulator.Misbehavior;
import dev.duocollector.simulator.RecordedRequest;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.simulator.SimulatedLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.apache.camel.spi.RouteController;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Three logs of one account in one process: each event of each once, and none in another's way. */
class SeveralLogsTest {

    private static final List<String> LOGS = List.of("telephony", "authentication", "activity");
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private World world = new World();
    private final Logs logs = Logs.capture();
    private final Map<String, List<SimulatedEvent>> events = new TreeMap<>();

    @AfterEach
    void close() {
        logs.close();
        world.close();
    }

    private void setUp() {
        world.set("duo.logs", String.join(",", LOGS)).set("duo.page.size", "2");
        MadeUpEvents make = new MadeUpEvents(5);
        add("telephony", world.events, make, MadeUpEvents::at);
        add("authentication", world.authentication, make, MadeUpEvents::authentication);
        add("activity", world.activity, make, MadeUpEvents::activity);
    }

    private void add(
            String log,
            MemoryEventStore store,
            MadeUpEvents make,
            BiFunction<MadeUpEvents, Instant, SimulatedEvent> event) {
        List<SimulatedEvent> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(event.apply(make, World.START.minus(Duration.ofMinutes(50 - 9 * i))));
        }
        store.add(made);
        events.put(log, made);
    }

    private void assertEveryEventOnce(String log) {
        assertThat(World.lines(world.objects(log)))
                .as(log)
                .containsExactlyInAnyOrderElementsOf(World.stored(log, events.get(log)));
        assertThat(world.objects(log).keySet()).as(log).allMatch(key -> key.startsWith("duo-" + log + "/" + log + "_"));
    }

    @Test
    void storesEachEventOnce_underThePrefixOfItsLog_withAStateOfItsOwn() {
        setUp();
        try (TestCollector collector = world.start()) {
            for (String log : LOGS) {
                RunReport report = collector.runOf(log);
                assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
                assertThat(report.line()).startsWith(log + ": Window ").contains("5 new events");
            }
        }
        LOGS.forEach(this::assertEveryEventOnce);
        assertThat(world.everything().keySet())
                .filteredOn(key -> key.endsWith(".json"))
                .containsExactlyInAnyOrder(
                        "duo-telephony-state/" + World.API_HOST + ".json",
                        "duo-authentication-state/" + World.API_HOST + ".json",
                        "duo-activity-state/" + World.API_HOST + ".json");
        assertThat(logs.secrets()).as("secrets in the log").isEmpty();

        world.clock.advance(Duration.ofMinutes(30));
        try (TestCollector restarted = world.start()) {
            for (String log : LOGS) {
                assertThat(restarted.runOf(log).line()).as("run again").contains(" 0 new events");
            }
        }
        LOGS.forEach(this::assertEveryEventOnce);
    }

    /** Beside the events, and once more after a restart: each line under the name of its object, by the table of its log. */
    @Test
    void udmOfEachLog_isMadeByItsOwnTable_underAPrefixOfItsOwn() {
        setUp();
        world.set("udm.prefix", "duo-{log}-udm");
        Map<String, String> labels =
                Map.of("telephony", "DUO_TELEPHONY", "authentication", "DUO_AUTH", "activity", "DUO_ACTIVITY");
        for (int runs = 0; runs < 2; runs++) {
            try (TestCollector collector = world.start()) {
                for (String log : LOGS) {
                    RunReport report = collector.runOf(log);
                    assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
                    assertEveryEventOnce(log);
                    Map<String, List<String>> expected = new TreeMap<>();
                    world.objects(log)
                            .forEach((key, bytes) -> expected.put(
                                    key.replaceFirst("/", "-udm/"),
                                    World.lines(Map.of(key, bytes)).stream()
                                            .map(line -> World.udm(
                                                    line, DuoLog.named(log).orElseThrow()))
                                            .toList()));
                    Map<String, List<String>> found = new TreeMap<>();
                    world.objects(log + "-udm")
                            .forEach((key, bytes) -> found.put(key, World.lines(Map.of(key, bytes))));
                    assertThat(found).as(log).hasSize(3).isEqualTo(expected);
                    assertThat(found.values())
                            .allSatisfy(lines -> assertThat(lines)
                                    .allMatch(line -> line.contains("\"logType\":\"" + labels.get(log) + "\"")));
                }
            }
            world.clock.advance(Duration.ofMinutes(30));
        }
        assertThat(logs.lines(Level.WARN)).noneMatch(line -> line.contains("cannot be mapped"));
    }

    /** Whatever fails for one log, and however, the others are read; and once it works again, nothing is missing or twice. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "activity, OPERATOR, may not read it",
        "authentication, FAILED, is not answered by Duo",
        "telephony, FAILED, has no usable answer"
    })
    void oneThatFails_stopsNoOther(String broken, RunOutcome outcome, String how) {
        if (how.equals("may not read it")) {
            world.close();
            world = new World(duo -> duo.forbid(SimulatedLog.ACTIVITY));
        }
        setUp();
        world.set("duo.retry.max-elapsed", "20ms");
        String path = "/admin/v2/logs/" + broken;
        if (how.equals("is not answered by Duo")) {
            world.duo.misbehave(request -> request.path().equals(path), Misbehavior.droppedConnection());
        } else if (how.equals("has no usable answer")) {
            world.duo.misbehave(request -> request.path().equals(path), Misbehavior.notJson());
        }
        try (TestCollector collector = world.start()) {
            for (String log : LOGS) {
                RunReport report = collector.runOf(log);
                assertThat(report.outcome())
                        .as(report.line())
                        .isEqualTo(log.equals(broken) ? outcome : RunOutcome.DONE);
                assertThat(report.line()).startsWith(log + ": ");
            }
        }
        LOGS.stream().filter(log -> !log.equals(broken)).forEach(this::assertEveryEventOnce);
        assertThat(world.objects(broken)).isEmpty();
        if (outcome == RunOutcome.OPERATOR) {
            assertThat(logs.lines(Level.ERROR))
                    .singleElement()
                    .asString()
                    .startsWith("activity: Duo does not let this application read the activity log")
                    .contains("Grant read log", "your edition")
                    .hasLineCount(1);
            world.duo.takeRefusal(40301);
            return;
        }
        world.duo.behave();
        try (TestCollector collector = world.start()) {
            assertThat(collector.runOf(broken).outcome()).isEqualTo(RunOutcome.DONE);
        }
        assertEveryEventOnce(broken);
    }

    /** A run that ends after each of its requests to S3, as when the program is killed there, resumed by a new process. */
    @ParameterizedTest
    @ValueSource(strings = {"authentication", "activity"})
    void diesAfterAnyRequest_andDeliversEachEventOnce(String log) {
        setUp();
        try (TestCollector collector = world.start()) {
            collector.runOf(log);
            assertEveryEventOnce(log);
            int requests = world.s3Proxy.requests().size();
            assertThat(requests).as("requests of a whole run").isGreaterThan(6);
            for (int n = 0; n < requests; n++) {
                world.reset();
                setUp();
                int last = n;
                AtomicInteger count = new AtomicInteger();
                world.s3Proxy.plan(request -> count.incrementAndGet() > last ? Fault.ANSWER_403 : Fault.NONE);
                collector.restart(world.clock);
                assertThat(collector.runOf(log).outcome())
                        .as("after request " + n)
                        .isEqualTo(RunOutcome.OPERATOR);
                world.s3Proxy.plan(FaultPlan.none());
                collector.restart(world.clock);
                RunReport report = collector.runOf(log);
                assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
                assertEveryEventOnce(log);
            }
        }
    }

    /** By the schedule: each log has a trigger of its own, and a log that hangs holds up no other. */
    @Test
    void runsByTheSchedule_eachByItsOwn() {
        setUp();
        world.set("duo.schedule.auto-startup", "true")
                .set("duo.schedule-jitter", "0s")
                .set("duo.schedule", "0 0 0 1 1 ? 2099")
                .set("duo.schedule.activity", "* * * * * ?");
        AtomicInteger asked = new AtomicInteger();
        world.duo.misbehave(
                request -> request.path().endsWith("/telephony") && asked.incrementAndGet() == 1,
                Misbehavior.slowPage(Duration.ofSeconds(5)));
        try (TestCollector collector = world.start()) {
            assertThat(collector.context().isStarted()).isTrue();
            await().atMost(SOON).untilAsserted(() -> {
                assertEveryEventOnce("authentication");
                assertEveryEventOnce("activity");
            });
            assertThat(world.objects("telephony")).as("still waiting").isEmpty();
            await().atMost(SOON).untilAsserted(() -> assertEveryEventOnce("telephony"));
            SimulatedEvent later = new MadeUpEvents(7).activity(world.now().plus(Duration.ofMinutes(5)));
            world.activity.add(later);
            events.get("activity").add(later);
            world.advance(Duration.ofMinutes(20));
            await().atMost(SOON).untilAsserted(() -> assertEveryEventOnce("activity"));
        }
        assertThat(world.duo.requests())
                .extracting(RecordedRequest::path)
                .filteredOn(path -> path.endsWith("/authentication"))
                .as("requests of the log whose time has not come")
                .hasSizeLessThanOrEqualTo(4);
    }

    /** The command, on the system's clock: side by side, and with the worst exit code. */
    @Test
    void once_readsAllLogs_andExitsWithTheWorst() {
        world.close();
        world = World.inRealTime();
        Instant time = Instant.now().minus(Duration.ofMinutes(20));
        MadeUpEvents make = new MadeUpEvents(5);
        world.events.add(make.at(time));
        world.authentication.add(make.authentication(time));
        world.activity.add(make.activity(time));
        world.set("duo.logs", String.join(",", LOGS)).set("duo.retry.max-elapsed", "20ms");
        world.duo.misbehave(request -> request.path().endsWith("/activity"), Misbehavior.notJson());

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(application().dryRun(new PrintStream(out, true, UTF_8), false))
                .isEqualTo(1);
        assertThat(out.toString(UTF_8).lines())
                .anyMatch(line -> line.startsWith("telephony: One page of it: 1 event, 1 of them new"))
                .anyMatch(line -> line.startsWith("authentication: One page of it: 1 event, 1 of them new"))
                .noneMatch(line -> line.contains("aperson") || line.contains("198.51.100"));
        assertThat(world.everything()).as("written by a dry run").isEmpty();

        assertThat(application().runOnce()).isEqualTo(1);
        assertThat(world.lines("telephony")).hasSize(1);
        assertThat(world.lines("authentication")).hasSize(1);
        assertThat(world.lines("activity")).isEmpty();

        world.duo.behave();
        Path figures = folder.resolve("duo.prom");
        world.set("metrics.textfile", figures.toString());
        assertThat(application()
                        .of(new Selection(Optional.empty(), Optional.of(DuoLog.ACTIVITY)))
                        .runOnce())
                .isZero();
        assertThat(figures).content().contains("duo_telephony_events_written_total{log=\"activity\"} 1.0");
        assertThat(world.lines("activity"))
                .containsExactlyElementsOf(World.stored("activity", world.activity.events()));
        assertThat(application().runOnce()).isZero();
        LOGS.forEach(log -> assertThat(world.lines(log)).as(log).hasSize(1));
    }

    private CamelApplication application() {
        return CamelApplication.withoutSchedule(Map.of(), world.settings);
    }

    /** By what is in the bucket alone, without Duo's keys, and without a collector. */
    @Test
    void status_showsEachLog_andTellsTheLateAndTheRefused() {
        setUp();
        StateConsole console = new StateConsole(world.settings, world.clock);
        try (TestCollector collector = world.start()) {
            collector.runOf("telephony");
            world.clock.advance(Duration.ofHours(4));
            collector.runOf("activity");
        }

        StateConsole.Result shown = console.status();
        assertThat(shown.exitCode()).isZero();
        assertThat(shown.out().lines())
                .satisfiesExactly(
                        row -> assertThat(row).startsWith("LOG ").contains("COVERED THROUGH"),
                        row -> assertThat(row).matches("telephony +2026-11-23T07:57:50Z +4 h 2 min"),
                        row -> assertThat(row).matches("authentication +- +- +no run has stored anything yet"),
                        row -> assertThat(row).matches("activity +2026-11-23T11:57:50Z +2 min 10 s"));

        StateConsole.Result late = console.status("--max-lag", "3h", "--json");
        assertThat(late.exitCode()).isEqualTo(1);
        assertThat(late.out())
                .hasLineCount(1)
                .contains("\"log\":\"telephony\"")
                .containsPattern("\"log\":\"activity\".*\"lagSeconds\":130[^}]*\"late\":false")
                .containsPattern("\"log\":\"telephony\"[^}]*\"late\":true")
                .containsPattern("\"log\":\"authentication\"[^}]*\"coveredThrough\":null[^}]*\"late\":true");

        world.putState("{}");
        StateConsole.Result refused = console.status();
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).startsWith("telephony: The state at s3://").hasLineCount(1);
        assertThat(refused.out()).contains("the state is refused").containsPattern("activity +2026-11-23T11:57:50Z");
    }

    /** Each state by its name: one of several is changed only if it is named. */
    @Test
    void state_isChanged_ifItsLogIsNamed() {
        setUp();
        StateConsole console = new StateConsole(world.settings, world.clock);
        try (TestCollector collector = world.start()) {
            for (String log : LOGS) {
                collector.runOf(log);
            }
        }
        String telephony = world.state();

        StateConsole.Result unnamed = console.state("set-through", "2026-11-23T07:00:00Z", "--yes");
        assertThat(unnamed.exitCode()).isEqualTo(2);
        assertThat(unnamed.err())
                .contains("Add --log: there are telephony, authentication, activity.")
                .hasLineCount(1);

        StateConsole.Result named = console.state("set-through", "2026-11-23T07:00:00Z", "--yes", "--log", "activity");
        assertThat(named.exitCode()).as(named.err()).isZero();
        assertThat(console.state("show", "--log", "activity").out()).contains("through 2026-11-23T07:00:00Z");
        assertThat(console.state("show").out().lines().filter(line -> line.startsWith("Account")))
                .hasSize(3);
        assertThat(world.state()).as("the other state").isEqualTo(telephony);
        assertThat(console.state("import", "s3://" + world.bucket + "/state.json", "--log", "activity")
                        .err())
                .contains("Only the state of the guide's Lambda for the telephony log");
        assertThat(console.state("show", "--log", "audit").exitCode()).isEqualTo(2);
    }

    /** Started again, as an operator may by JMX, and held up in between: each log continues by its schedule. */
    @Test
    void schedule_continues_afterTheRoutesWereHeldUp() throws Exception {
        setUp();
        world.set("duo.schedule.auto-startup", "true")
                .set("duo.schedule-jitter", "0s")
                .set("duo.schedule", "* * * * * ?");
        String impatient = Files.readString(Path.of("routes", "schedule.camel.yaml"))
                .replace("offerTimeout: 10000", "offerTimeout: 100");
        try (TestCollector collector =
                TestCollector.start(world.settings, world.clock, Map.of("schedule.camel.yaml", impatient))) {
            await().atMost(SOON).untilAsserted(() -> LOGS.forEach(this::assertEveryEventOnce));
            RouteController routes = collector.context().getRouteController();

            routes.suspendRoute("runs");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(logs.lines(Level.WARN))
                            .as("times that could not be handed on")
                            .hasSizeGreaterThanOrEqualTo(2));
            routes.resumeRoute("runs");
            routes.stopRoute("start");
            routes.startRoute("start");
            LOGS.forEach(this::addLater);
            world.advance(Duration.ofMinutes(20));

            await().atMost(SOON).untilAsserted(() -> LOGS.forEach(this::assertEveryEventOnce));
        }
    }

    private void addLater(String log) {
        Instant time = world.now().plus(Duration.ofMinutes(5));
        MadeUpEvents make = new MadeUpEvents(7);
        SimulatedEvent later = switch (log) {
            case "telephony" -> make.at(time);
            case "authentication" -> make.authentication(time);
            default -> make.activity(time);
        };
        Map.of("telephony", world.events, "authentication", world.authentication, "activity", world.activity)
                .get(log)
                .add(later);
        events.get(log).add(later);
    }

    /** Also a log that is the only one, or the first, whose trigger is the route's own. */
    @ParameterizedTest
    @ValueSource(strings = {"authentication", "authentication,activity"})
    void scheduleOfTheFirstLog_counts(String collected) {
        setUp();
        world.set("duo.logs", collected)
                .set("duo.schedule.auto-startup", "true")
                .set("duo.schedule-jitter", "0s")
                .set("duo.schedule", "0 0 0 1 1 ? 2099")
                .set("duo.schedule.authentication", "* * * * * ?");
        try (TestCollector collector = world.start()) {
            assertThat(collector.context().isStarted()).isTrue();
            await().atMost(SOON).untilAsserted(() -> assertEveryEventOnce("authentication"));
            SimulatedEvent later =
                    new MadeUpEvents(7).authentication(world.now().plus(Duration.ofMinutes(5)));
            world.authentication.add(later);
            events.get("authentication").add(later);
            world.advance(Duration.ofMinutes(20));
            await().atMost(SOON).untilAsserted(() -> assertEveryEventOnce("authentication"));
        }
    }

    /** An operator's step sees which log's events it has. */
    @Test
    void stepsSeeTheLog() throws IOException {
        setUp();
        String steps = Files.readString(Path.of("routes", "event-steps.camel.yaml"))
                .replace("${body.size} new events", "${variable.log}: ${body.size} new events")
                .replace("DEBUG", "WARN");
        try (TestCollector collector =
                TestCollector.start(world.settings, world.clock, Map.of("event-steps.camel.yaml", steps))) {
            collector.runOf("activity");
            collector.runOf("telephony");
        }
        assertThat(logs.lines(Level.WARN))
                .anyMatch(line -> line.endsWith("activity: 2 new events"))
                .anyMatch(line -> line.endsWith("telephony: 2 new events"));
    }

    /** What a step throws may quote an event: with names, addresses and numbers of people in it. */
    @Test
    void personalData_isInNoLine() throws IOException {
        setUp();
        String steps = Files.readString(Path.of("routes", "event-steps.camel.yaml"));
        String throwing = steps.substring(0, steps.indexOf("        - log:"))
                + "        - throwException:\n            id: quote\n"
                + "            exceptionType: java.lang.IllegalStateException\n"
                + "            message: \"cannot take ${body[0][email]} ${body[0][auth_device][name]}\"\n";
        try (TestCollector collector =
                TestCollector.start(world.settings, world.clock, Map.of("event-steps.camel.yaml", throwing))) {
            RunReport report = collector.runOf("authentication");

            assertThat(report.line()).contains("cannot take [masked] [masked]");
            assertThat(world.authentication.events().get(0).json()).contains("a.person@example.com", "+1202555");
        }
        assertThat(logs.lines(Level.ERROR)).noneMatch(line -> line.contains("example.com"));
        assertThat(logs.secrets()).isEmpty();
    }

    @Test
    void isRefused_ifNothingSaysWhichLog() {
        setUp();
        try (TestCollector collector = world.start()) {
            RunReport report = collector.run();
            assertThat(report.outcome()).isEqualTo(RunOutcome.OPERATOR);
            assertThat(report.line())
                    .contains("the exchange variable stream is not set")
                    .contains("telephony or authentication or activity");
            assertThat(collector.runOf("administrator").line()).contains("'administrator'");
        }
        assertThat(world.everything()).isEmpty();
    }

    @Test
    void figuresThatMatter_areCountedForEachLog() {
        setUp();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (TestCollector collector = TestCollector.start(world.settings, world.clock, registry)) {
            collector.runOf("telephony");
            collector.runOf("activity");
        }
        for (String log : LOGS) {
            assertThat(registry.get("duo.telephony.events.written")
                            .tag("log", log)
                            .counter()
                            .count())
                    .as(log)
                    .isEqualTo(log.equals("authentication") ? 0 : 5);
        }
        assertThat(registry.get("duo.telephony.calls").counters())
                .as("calls, which only the telephony log has")
                .extracting(counter -> counter.count())
                .extracting(Double::intValue)
                .satisfies(counts -> assertThat(
                                counts.stream().mapToInt(Integer::intValue).sum())
                        .isEqualTo(5));
        assertThat(registry.get("duo.telephony.runs")
                        .tag("outcome", "done")
                        .counter()
                        .count())
                .isEqualTo(2);
    }
}
