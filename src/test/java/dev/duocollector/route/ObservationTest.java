// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.badRequest;
import static dev.duocollector.simulator.Misbehavior.forbidden;
import static dev.duocollector.simulator.Misbehavior.notJson;
import static dev.duocollector.simulator.Misbehavior.rateLimited;
import static dev.duocollector.simulator.Misbehavior.serverError;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.metrics.CollectorHealth;
import dev.duocollector.metrics.Metric;
import dev.duocollector.run.OtherNodes;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What operators see of runs: the figures, the health, and the run's name in the log. */
class ObservationTest {

    private static final String SHORT_EVENT = """
            {"context":"%s","credits":%s,"phone":"+12025550100","telephony_id":"%d","ts":"%s","txid":"t","type":"%s"}""";

    private static final String NO_SCHEDULE = """
            - route:
                id: schedule
                from:
                  uri: direct:never
                  steps:
                    - to: direct:telephony
            - beans: [{name: schedule-contract-6, type: java.lang.Object}]
            """;

    private final World world = new World().set("duo.page.size", "4");
    private final MeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void closeWorld() {
        world.close();
    }

    private TestCollector start() {
        return TestCollector.start(world.settings, world.clock, registry);
    }

    @Test
    void countsWhatARunDid_onceItIsConfirmed() {
        List<SimulatedEvent> events = spread(10);
        world.events.add(events);
        try (TestCollector collector = start()) {
            collector.run();
            assertThat(Map.of(
                            Metric.PAGES, value(Metric.PAGES),
                            Metric.EVENTS_RECEIVED, value(Metric.EVENTS_RECEIVED),
                            Metric.EVENTS_DUPLICATE, value(Metric.EVENTS_DUPLICATE),
                            Metric.EVENTS_WRITTEN, value(Metric.EVENTS_WRITTEN),
                            Metric.OBJECTS_WRITTEN, value(Metric.OBJECTS_WRITTEN),
                            Metric.RETRIES, value(Metric.RETRIES)))
                    .isEqualTo(Map.of(
                            Metric.PAGES, 4.0,
                            Metric.EVENTS_RECEIVED, 10.0,
                            Metric.EVENTS_DUPLICATE, 0.0,
                            Metric.EVENTS_WRITTEN, 10.0,
                            Metric.OBJECTS_WRITTEN, 3.0,
                            Metric.RETRIES, 0.0));
            long stored = world.objects().values().stream()
                    .mapToLong(object -> object.length)
                    .sum();
            assertThat(value(Metric.BYTES_WRITTEN)).isEqualTo((double) stored);
            assertThat(value(Metric.BYTES_RECEIVED)).isPositive();
            assertThat(value(Metric.REQUESTS, "outcome", "success")).isEqualTo(4);
            assertThat(value(Metric.RUNS, "outcome", "done")).isEqualTo(1);
            assertThat(sum(Metric.CALLS)).isEqualTo(10);
        }
    }

    @Test
    void countsTheOverlapsEvents_asDuplicatesAndNotAsWritten() {
        world.events.add(new MadeUpEvents(2).spread(3, before(Duration.ofMinutes(8)), before(Duration.ofMinutes(3))));
        try (TestCollector collector = start()) {
            collector.run();
            world.clock.advance(Duration.ofMinutes(5));
            collector.run();
        }

        assertThat(value(Metric.EVENTS_WRITTEN)).isEqualTo(3);
        assertThat(value(Metric.EVENTS_RECEIVED)).isEqualTo(6);
        assertThat(value(Metric.EVENTS_DUPLICATE)).isEqualTo(3);
        assertThat(sum(Metric.CALLS)).isEqualTo(3);
    }

    @Test
    void countsCallsAndCredits_byWhatTheyWereFor() {
        world.events.add(List.of(
                event(1, "authentication", "1", "sms"),
                event(2, "authentication", "2", "phone"),
                event(3, "authentication", "3", "phone"),
                event(4, "a new context of Duo's", "5", "carrier pigeon"),
                event(5, "verify", "\"seven\"", "sms"),
                event(6, "verify", "-8", "sms"),
                event(7, "verify", "99999999999999999999999999", "sms")));
        try (TestCollector collector = start()) {
            collector.run();
        }

        assertThat(value(Metric.CREDITS, "context", "authentication", "type", "phone"))
                .isEqualTo(5);
        assertThat(value(Metric.CALLS, "context", "authentication", "type", "phone"))
                .isEqualTo(2);
        assertThat(value(Metric.CREDITS, "context", "authentication", "type", "sms"))
                .isEqualTo(1);
        assertThat(value(Metric.CREDITS, "context", "other", "type", "other")).isEqualTo(5);
        assertThat(value(Metric.CALLS, "context", "verify", "type", "sms")).isEqualTo(3);
        assertThat(value(Metric.CREDITS, "context", "verify", "type", "sms"))
                .as("credits that are no count")
                .isZero();
        assertThat(registry.getMeters())
                .as("what Duo sent and the list of labels does not have")
                .noneMatch(meter -> meter.getId().toString().contains("pigeon"));
    }

    @Test
    void countsEachRequest_byHowItEnded() {
        world.events.add(spread(3));
        world.duo.misbehave(1, 1, rateLimited());
        world.duo.misbehave(2, 1, serverError(500));
        world.duo.misbehave(3, 1, notJson());
        world.duo.misbehave(4, 1, badRequest("40001"));
        try (TestCollector collector = start()) {
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.OPERATOR);
            assertThat(value(Metric.EVENTS_WRITTEN)).isZero();
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.DONE);
        }

        assertThat(value(Metric.REQUESTS, "outcome", "rate_limited")).isEqualTo(1);
        assertThat(value(Metric.REQUESTS, "outcome", "server_error")).isEqualTo(1);
        assertThat(value(Metric.REQUESTS, "outcome", "invalid")).isEqualTo(1);
        assertThat(value(Metric.REQUESTS, "outcome", "refused")).isEqualTo(1);
        assertThat(sum(Metric.REQUESTS)).isEqualTo(world.duo.requests().size());
        assertThat(value(Metric.RETRIES)).isEqualTo(3);
        assertThat(value(Metric.RUNS, "outcome", "operator")).isEqualTo(1);
        assertThat(value(Metric.LAST_RUN, "outcome", "operator")).isZero();
        assertThat(value(Metric.LAST_RUN, "outcome", "done")).isEqualTo(1);
    }

    @Test
    void countsARequestWithoutAnAnswer_asTheNetworks() {
        world.set("duo.base-url", "http://127.0.0.1:1").set("duo.retry.max-elapsed", "0s");
        try (TestCollector collector = start()) {
            collector.run();
        }

        assertThat(value(Metric.REQUESTS, "outcome", "network")).isEqualTo(1);
        assertThat(value(Metric.RUNS, "outcome", "failed")).isEqualTo(1);
    }

    @Test
    void countsWhatAStepDrops() {
        world.events.add(spread(3));
        String dropsTheFirst = """
                - route:
                    id: event-steps
                    description: Drops the first event.
                    errorHandler:
                      noErrorHandler: {}
                    from:
                      uri: direct
                      parameters:
                        name: event-steps
                      steps:
                        - script:
                            simple: "${body.remove(0)}"
                """;
        try (TestCollector collector = TestCollector.start(
                world.settings, world.clock, Map.of("event-steps.camel.yaml", dropsTheFirst), registry)) {
            collector.run();
        }

        assertThat(value(Metric.EVENTS_DROPPED)).isEqualTo(1);
        assertThat(value(Metric.EVENTS_WRITTEN)).isEqualTo(2);
        assertThat(sum(Metric.CALLS)).as("calls, whatever is kept of them").isEqualTo(3);
    }

    @Test
    void tellsHowFarBehindItIs_atTheMomentItIsAsked() {
        try (TestCollector collector = start()) {
            assertThat(value(Metric.LAG)).isNaN();
            collector.run();
            world.clock.advance(Duration.ofMinutes(7));

            assertThat(value(Metric.LAG)).isEqualTo(9 * 60.0 + 10);
            assertThat(value(Metric.LAST_SUCCESS_AGE)).isEqualTo(7 * 60.0);
            assertThat(value(Metric.LAST_SUCCESS)).isEqualTo((double) World.START.getEpochSecond());
            assertThat(value(Metric.COVERED_THROUGH)).isEqualTo((double)
                    World.START.minus(Duration.ofSeconds(130)).getEpochSecond());
        }
    }

    @Test
    void countsAGap() {
        try (TestCollector collector = start()) {
            collector.run();
            assertThat(value(Metric.GAPS)).isZero();
            world.clock.advance(Duration.ofDays(200));
            collector.run();
        }

        assertThat(value(Metric.GAPS)).isEqualTo(1);
    }

    /** The window is one, the time behind it another, which the same run tells if nothing is pending. */
    @ParameterizedTest(name = "a batch pending: {0}")
    @CsvSource({"false, 2", "true, 1"})
    void countsAGap_whereDuoKeepsNothingOfAnOpenWindow(boolean pending, int gaps) {
        world.events.add(spread(3));
        world.set("max.iterations", "1").set("duo.page.size", "2");
        world.s3Proxy.plan(
                request -> pending && request.isWrite() && request.path().contains("/duo-telephony/")
                        ? Fault.DROP_AFTER
                        : Fault.NONE);
        try (TestCollector collector = start()) {
            collector.run();
            assertThat(world.state().contains("\"pending\"")).isEqualTo(pending);
            world.s3Proxy.plan(FaultPlan.none());
            world.clock.advance(Duration.ofDays(200));

            collector.run();

            assertThat(value(Metric.GAPS)).isEqualTo(gaps);
            collector.run();
            assertThat(value(Metric.GAPS)).isEqualTo(2);
        }
    }

    @Test
    void needsNoRegistry() {
        world.events.add(spread(3));
        try (TestCollector collector = world.start()) {
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.DONE);
        }
        assertThat(world.lines()).hasSize(3);
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void everyMetric_isThereFromTheStart() {
        try (TestCollector collector = start()) {
            assertThat(collector.context().isStarted()).isTrue();
            for (Metric metric : Metric.values()) {
                assertThat(registry.find(metric.meterName()).meters())
                        .as(metric.meterName())
                        .isNotEmpty()
                        .allSatisfy(meter -> assertThat(meter.getId().getTags())
                                .extracting(tag -> tag.getKey())
                                .containsExactlyInAnyOrderElementsOf(metric.labels()));
            }
        }
    }

    @Test
    void isDown_whenAnOperatorMustAct_andUpAfterTheNextSuccess() {
        world.duo.misbehave(1, 1, forbidden());
        try (TestCollector collector = start()) {
            assertThat(health(collector).getState()).as("before the first run").isEqualTo(HealthCheck.State.UP);
            collector.run();
            HealthCheck.Result down = health(collector);
            assertThat(down.getState()).isEqualTo(HealthCheck.State.DOWN);
            assertThat(down.getMessage()).get().asString().contains("Needs an operator", "'Grant read log'");
            assertThat(liveness(collector)).as("liveness").doesNotContain(CollectorHealth.ID);

            collector.run();
            HealthCheck.Result up = health(collector);
            assertThat(up.getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(up.getMessage()).hasValue("Collected through 2026-11-23T07:57:50Z, 130 s ago.");
            assertThat(up.getDetails())
                    .containsEntry("last.run", "DONE")
                    .containsEntry("lag.seconds", 130L)
                    .containsKeys("last.success", "covered.through", "last.run.ended");
        }
    }

    @Test
    void isDown_whenNoRunSucceedsUntilTheThirdTimeOfTheSchedule_andUpAgain() {
        world.set("duo.retry.max-elapsed", "0s");
        try (TestCollector collector = scheduled("0 0 * * * ?")) {
            collector.run();
            world.duo.misbehave(request -> true, rateLimited());
            world.clock.set(Instant.parse("2026-11-23T11:00:59Z"));
            collector.run();
            assertThat(health(collector).getState())
                    .as("9, 10 and 11 o'clock, the jitter not over")
                    .isEqualTo(HealthCheck.State.UP);

            world.clock.set(Instant.parse("2026-11-23T11:01:01Z"));
            HealthCheck.Result down = health(collector);
            assertThat(down.getState()).isEqualTo(HealthCheck.State.DOWN);
            assertThat(down.getMessage())
                    .get()
                    .asString()
                    .startsWith("No run has succeeded since 2026-11-23T08:00:00Z. The last one ended at")
                    .contains("Duo allows no more requests for now");

            world.duo.behave();
            collector.run();
            assertThat(health(collector).getState()).isEqualTo(HealthCheck.State.UP);
        }
    }

    /** As in a cluster: a node is not in trouble for what another runs, but for what it ran last, and for what nobody runs. */
    @Test
    void isUp_whileAnotherNodeRunsTheStream() {
        world.duo.misbehave(1, 1, forbidden());
        AtomicReference<Instant> others = new AtomicReference<>();
        try (TestCollector collector = scheduled("0 0 * * * ?")) {
            collector.context().getRegistry().bind("nodes", (OtherNodes)
                    stream -> Optional.ofNullable(others.get()).filter(time -> stream.equals("telephony")));
            collector.run();
            assertThat(health(collector).getState()).as("it ran last").isEqualTo(HealthCheck.State.DOWN);

            others.set(Instant.parse("2026-11-23T12:00:07Z"));
            world.clock.set(Instant.parse("2026-11-23T14:59:00Z"));
            HealthCheck.Result up = health(collector);
            assertThat(up.getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(up.getMessage()).hasValue("Run by another node at 2026-11-23T12:00:07Z.");

            world.clock.set(Instant.parse("2026-11-23T15:01:01Z"));
            HealthCheck.Result down = health(collector);
            assertThat(down.getState()).as("nobody has run it three times").isEqualTo(HealthCheck.State.DOWN);
            assertThat(down.getMessage())
                    .hasValue(
                            "No run has succeeded since 2026-11-23T12:00:07Z. Another node began one then: see its log.");

            world.duo.misbehave(request -> true, forbidden());
            collector.run();
            assertThat(health(collector).getMessage()).get().asString().startsWith("Needs an operator");
        }
    }

    @Test
    void isDown_whenTheFirstRunDoesNotEnd() {
        try (TestCollector collector = scheduled("0 0 * * * ?")) {
            world.clock.advance(Duration.ofHours(4));

            assertThat(health(collector).getMessage()).get().asString().contains("None has ended since the start");
        }
    }

    @Test
    void staysUp_overTheNightsOfItsSchedule() {
        try (TestCollector collector = scheduled("0 0 8-17 ? * MON-FRI")) {
            world.clock.set(Instant.parse("2026-11-27T17:00:10Z"));
            collector.run();

            world.clock.set(Instant.parse("2026-11-30T09:59:00Z"));
            assertThat(health(collector).getState()).as("after the weekend").isEqualTo(HealthCheck.State.UP);
            world.clock.set(Instant.parse("2026-11-30T10:01:01Z"));
            assertThat(health(collector).getState()).isEqualTo(HealthCheck.State.DOWN);
        }
    }

    @Test
    void staysUp_whileALongRunReadsPages() {
        world.events.add(spread(10));
        world.set("max.iterations", "1");
        try (TestCollector collector = scheduled("0 0 * * * ?")) {
            for (int hours = 0; hours < 3; hours++) {
                world.clock.advance(Duration.ofHours(2));
                collector.run();
                assertThat(health(collector).getState()).isEqualTo(HealthCheck.State.UP);
            }
        }
    }

    @Test
    void timeDoesNotCount_whenNothingIsScheduled() {
        try (TestCollector collector = start()) {
            collector.run();
            world.clock.advance(Duration.ofDays(30));

            assertThat(health(collector).getState()).isEqualTo(HealthCheck.State.UP);
        }
    }

    @Test
    void everyLineOfARun_hasItsName_andNoOtherLine() {
        world.events.add(spread(10));
        world.duo.misbehave(2, 1, serverError(500));
        try (Logs logs = Logs.capture();
                TestCollector collector = start()) {
            collector.run();
            collector.run();

            List<String> names = logs.runs();
            assertThat(names).as("runs named in the log").hasSize(2).allMatch(name -> name.matches("[0-9a-f]{8}"));
            assertThat(logs.linesOf(names.get(0))).anyMatch(line -> line.startsWith("WARN ") && line.contains("500"));
            for (String name : names) {
                assertThat(logs.linesOf(name))
                        .as("one INFO line per run")
                        .filteredOn(line -> line.startsWith("INFO "))
                        .hasSize(1);
            }
            assertThat(logs.lines(Level.INFO)).hasSize(2);
            assertThat(org.slf4j.MDC.get("duo.run.id")).as("left behind").isNull();
        }
    }

    /** Starts a collector that takes itself for scheduled; the runs are the test's, whose clock Quartz does not know. */
    private TestCollector scheduled(String cron) {
        world.set("duo.schedule", cron).set("duo.schedule.auto-startup", "true");
        return TestCollector.start(world.settings, world.clock, Map.of("schedule.camel.yaml", NO_SCHEDULE), registry);
    }

    private HealthCheck.Result health(TestCollector collector) {
        return HealthCheckHelper.invokeReadiness(collector.context()).stream()
                .filter(result -> result.getCheck().getId().equals(CollectorHealth.ID))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> liveness(TestCollector collector) {
        return HealthCheckHelper.invokeLiveness(collector.context()).stream()
                .map(result -> result.getCheck().getId())
                .toList();
    }

    private double value(Metric metric, String... labels) {
        return sum(registry.find(metric.meterName()).tags(labels).meters());
    }

    private double sum(Metric metric) {
        return sum(registry.find(metric.meterName()).meters());
    }

    private static double sum(Iterable<? extends Meter> meters) {
        double sum = 0;
        for (Meter meter : meters) {
            sum += meter.measure().iterator().next().getValue();
        }
        return sum;
    }

    private List<SimulatedEvent> spread(int count) {
        return new MadeUpEvents(1).spread(count, before(Duration.ofMinutes(50)), before(Duration.ofMinutes(5)));
    }

    private static Instant before(Duration age) {
        return World.START.minus(age);
    }

    private static SimulatedEvent event(int number, String context, String credits, String type) {
        Instant ts = before(Duration.ofMinutes(50 - number));
        return new SimulatedEvent(
                ts, ts, String.valueOf(number), SHORT_EVENT.formatted(context, credits, number, ts, type));
    }
}
