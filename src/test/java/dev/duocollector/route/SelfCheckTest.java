// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.Misbehavior;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.simulator.SimulatedLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With verify.schedule, yesterday is compared with the bucket, and what came too late for its window is told of. */
class SelfCheckTest {

    private static final Duration STEP = Duration.ofSeconds(30);
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Yesterday's noon; now is eight o'clock. */
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final World world =
            new World().set("duo.logs", "telephony,activity").set("verify.schedule", "0 * * * * ?");
    private final MadeUpEvents make = new MadeUpEvents(5);
    private final Logs logs = Logs.capture();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void close() {
        logs.close();
        world.close();
    }

    /** Stores an event of the day before, and one of yesterday. */
    private void collectYesterday() {
        collectFrom(NOON.minus(Duration.ofHours(13)));
    }

    /** Has a first run at that time, half an hour after an event, and one now, an event later. */
    private void collectFrom(Instant first) {
        world.clock.set(first);
        addAt(first.minus(Duration.ofMinutes(30)));
        runEach();
        addAt(first.plus(Duration.ofMinutes(90)));
        world.clock.set(World.START);
        runEach();
        logs.clear();
    }

    private void runEach() {
        try (TestCollector collector = world.start()) {
            assertThat(collector.runOf("telephony").outcome().exitCode()).isZero();
            assertThat(collector.runOf("activity").outcome().exitCode()).isZero();
        }
    }

    private void addAt(Instant time) {
        world.events.add(make.at(time));
        world.activity.add(List.of(make.activity(time)));
    }

    /** Starts a service that makes no run, so that what is seen is the comparison's. */
    private TestCollector service() {
        world.set("duo.schedule.auto-startup", "true").set("duo.schedule", "0 0 0 1 1 ? 2099");
        try {
            String schedule = Files.readString(Path.of("routes", "schedule.camel.yaml"));
            String late = "${variable.late} == true";
            assertThat(schedule).contains(late);
            return TestCollector.start(
                    world.settings,
                    world.clock,
                    Map.of(
                            "schedule.camel.yaml",
                            schedule.replace(late, "${variable.late} == null"),
                            "self-check.camel.yaml",
                            Files.readString(Path.of("routes", "self-check.camel.yaml"))
                                    .replace("period: 60000", "period: 100")
                                    .replace("delay: 60000", "delay: 100")),
                    registry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits, and has the time of the next minute come meanwhile. */
    private ConditionFactory soon() {
        return await().atMost(SOON).conditionEvaluationListener(condition -> world.advance(STEP));
    }

    private double figure(String name, String log) {
        return registry.get("duo.telephony." + name).tag("log", log).gauge().value();
    }

    @Test
    void eventThatCameTooLate_isAWarning_aFigure_andTheCommandThatStoresIt() {
        collectYesterday();
        SimulatedEvent late = make.at(NOON);
        world.events.add(late);
        Map<String, byte[]> before = world.everything();
        try (TestCollector collector = service()) {
            assertThat(collector.context().getRoutes()).isNotEmpty();
            soon().untilAsserted(() -> {
                assertThat(logs.lines(Level.WARN))
                        .contains(
                                "telephony: Compared 2026-11-22 with the bucket: Duo shows 2 different events; 1 missing"
                                        + " (OPERATIONS, \"Verify\"). To store what is missing: backfill --log telephony --from 2026-11-22 --to 2026-11-22.");
                assertThat(logs.lines(Level.INFO))
                        .contains(
                                "activity: Compared 2026-11-22 with the bucket: Duo shows 1 different event; each is there"
                                        + " once.");
            });
            assertThat(figure("verify.missing", "telephony")).isEqualTo(1);
            assertThat(figure("verify.missing", "activity")).isZero();
            assertThat(figure("verify.timestamp", "activity")).isGreaterThan((double) World.START.getEpochSecond());
            assertThat(logs.lines(Level.WARN)).noneMatch(line -> line.startsWith("activity: "));
        }
        assertThat(world.objects().keySet())
                .as("objects of yesterday's comparison")
                .isSubsetOf(before.keySet());
        assertThat(logs.secrets()).as("secrets in the log").isEmpty();
    }

    /** A day that is not collected to its end, or that may have begun before the first window, shows nothing. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            never run                 | false | it is not collected to its end yet
            begun after its end       | true  | nothing was stored before its end
            """)
    void dayThatShowsNothing_isNotCompared(String what, boolean isCollected, String reason) {
        addAt(NOON);
        if (isCollected) {
            addAt(World.START.minus(Duration.ofMinutes(10)));
            runEach();
        }
        try (TestCollector collector = service()) {
            assertThat(collector.context().getRoutes()).isNotEmpty();
            soon().untilAsserted(() -> assertThat(logs.lines(Level.INFO))
                    .contains(
                            "telephony: 2026-11-22 is not compared with the bucket: " + reason + ".",
                            "activity: 2026-11-22 is not compared with the bucket: " + reason + "."));
            assertThat(figure("verify.missing", "telephony")).isNaN();
            assertThat(logs.lines(Level.INFO)).noneMatch(line -> line.contains("Compared"));
        }
    }

    /** What lies before the first window is not the collector's; what lies after its end is. */
    @Test
    void dayOfTheFirstWindow_isComparedFromItsEndOn() {
        addAt(NOON.minus(Duration.ofHours(6)));
        collectFrom(NOON);
        addAt(NOON.plus(Duration.ofHours(2)));
        try (TestCollector collector = service()) {
            assertThat(collector.context().getRoutes()).isNotEmpty();
            soon().untilAsserted(() ->
                    assertThat(figure("verify.missing", "activity")).isEqualTo(1));
        }
    }

    /** What the next window reads once more may still come, and the command that the line names would be refused. */
    @Test
    void dayWithinTheOverlap_isComparedADayLater() {
        world.set("duo.overlap", "9h");
        collectYesterday();
        addAt(World.START.minus(Duration.ofMinutes(510)));
        try (TestCollector collector = service()) {
            soon().untilAsserted(() -> assertThat(logs.lines(Level.INFO))
                    .contains("telephony: Compared 2026-11-21 with the bucket: Duo shows 0 different events; each is"
                            + " there once."));
            assertThat(logs.lines(Level.WARN)).isEmpty();
            world.advance(Duration.ofMinutes(30));
            assertThat(collector.runOf("telephony").outcome().exitCode()).isZero();
        }
        assertThat(world.lines()).hasSize(3);
    }

    /** Where Google's guide was followed before, the Lambda's objects stay under the prefix, and come first there. */
    @Test
    void objectsOfALambda_beginNoWindow() {
        collectYesterday();
        Instant before = NOON.minus(Duration.ofDays(9));
        LambdaObjects.put(world, before, List.of(make.at(before.minus(Duration.ofMinutes(1)))));
        addAt(NOON);
        try (TestCollector collector = service()) {
            assertThat(collector.context().getRoutes()).isNotEmpty();
            soon().untilAsserted(() -> {
                assertThat(figure("verify.missing", "activity")).isEqualTo(1);
                assertThat(figure("verify.missing", "telephony")).isEqualTo(1);
            });
        }
    }

    /** A comparison that fails is that log's line; it is no run that failed, and the other log is compared. */
    @Test
    void comparisonThatFails_isTold_andCountsAsNoRun() {
        collectYesterday();
        world.set("duo.retry.max-elapsed", "0s");
        world.duo.misbehave(
                request -> request.path().equals(SimulatedLog.TELEPHONY.path()), Misbehavior.serverError(503));
        String state = world.state();
        try (TestCollector collector = service()) {
            assertThat(collector.context().getRoutes()).isNotEmpty();
            soon().untilAsserted(() -> {
                assertThat(logs.lines(Level.WARN))
                        .anyMatch(
                                line -> line.startsWith("telephony: Not compared with the bucket: Duo keeps failing"));
                assertThat(figure("verify.missing", "activity")).isZero();
            });
            assertThat(figure("verify.missing", "telephony")).isNaN();
            assertThat(registry.get("duo.telephony.runs")
                            .tag("outcome", "failed")
                            .counter()
                            .count())
                    .isZero();
        }
        assertThat(world.state()).isEqualTo(state);
    }

    /** S3 fails in the middle of a comparison: the next run of the log has its turn, and no worker is lost. */
    @Test
    void bucketThatFailsInTheMiddle_isTold_andHoldsUpNoRun() {
        collectYesterday();
        world.s3Proxy.plan(FaultPlan.every(
                1, request -> !request.isWrite() && request.path().endsWith(".ndjson"), Fault.ANSWER_403));
        try (TestCollector collector = service()) {
            soon().untilAsserted(() -> assertThat(logs.lines(Level.ERROR))
                    .filteredOn(line ->
                            line.startsWith("telephony: Not compared with the bucket: S3 refused" + " s3:GetObject"))
                    .hasSizeGreaterThan(9));
            addAt(World.START.minus(Duration.ofMinutes(5)));
            world.advance(Duration.ofMinutes(10));
            assertThat(collector.runOf("telephony").outcome().exitCode()).isZero();
            assertThat(figure("verify.missing", "telephony")).isNaN();
        }
        assertThat(world.lines()).hasSize(3);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            words       | daily            | Allowed: a Quartz cron expression, such as 0 30 3 * * ?
            five fields | 30 3 * * *       | Allowed: a Quartz cron expression, such as 0 30 3 * * ?
            never again | 0 0 0 1 1 ? 2001 | Allowed: a time that comes: this one never does
            """)
    void timeThatIsNone_isRefused(String what, String schedule, String allowed) {
        world.set("verify.schedule", schedule);
        assertThatThrownBy(world::start)
                .rootCause()
                .hasMessageStartingWith("Setting verify.schedule is '" + schedule + "'. " + allowed);
    }
}
