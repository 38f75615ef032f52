// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.emptyPage;
import static dev.duocollector.simulator.Misbehavior.lostOffset;
import static dev.duocollector.simulator.Misbehavior.wrongTotal;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.metrics.Metric;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.Misbehavior;
import dev.duocollector.simulator.SimulatedEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An ordinary run to which Duo answers short once, so that its window seems to end early. */
class ShortAnswerTest {

    private final World world = new World().set("duo.page.size", "2").set("duo.retry.max-elapsed", "0s");
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<SimulatedEvent> events = new MadeUpEvents(3)
            .spread(5, World.START.minus(Duration.ofMinutes(50)), World.START.minus(Duration.ofMinutes(15)));

    ShortAnswerTest() {
        world.events.add(events);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private RunReport run() {
        try (TestCollector collector = TestCollector.start(world.settings, world.clock, registry)) {
            return collector.run();
        }
    }

    private double missing() {
        return registry.get(Metric.EVENTS_MISSING.meterName()).counter().count();
    }

    @ParameterizedTest(name = "{1} at request {0}")
    @CsvSource({
        "1, an empty page",
        "2, an empty page",
        "3, an empty page",
        "1, a page without offset",
        "2, a page without offset",
    })
    void windowThatSeemsToEndEarly_isReadToItsEnd(int request, String what) {
        Misbehavior misbehavior = what.equals("an empty page") ? emptyPage() : lostOffset();
        world.duo.misbehave(request, 1, misbehavior);

        try (Logs logs = Logs.capture()) {
            RunReport report = run();
            assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
            assertThat(logs.lines(Level.WARN)).isEmpty();
        }

        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
        assertThat(world.duo.requests()).hasSize(4 + 1);
        assertThat(missing()).isZero();
    }

    /** Its events lie further apart than the overlap, so their keys must be kept until it was asked for again. */
    @ParameterizedTest(name = "a stop before it is asked for again: {0}")
    @ValueSource(booleans = {false, true})
    void longPageThatSeemsToBeTheLast_isAskedForAgain(boolean stops) {
        world.set("duo.page.size", "4").set("max.iterations", stops ? "1" : "0");
        world.duo.misbehave(1, 1, lostOffset());

        RunReport report = run();
        assertThat(report.outcome()).as(report.line()).isEqualTo(stops ? RunOutcome.MORE : RunOutcome.DONE);
        world.set("max.iterations", "0");
        report = run();
        assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);

        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
    }

    @ParameterizedTest(name = "total_objects {0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "6                                     | 1",
                "94                                    | 89",
                "{\"relation\":\"eq\",\"value\":94}    | 89",
                "{\"value\":8,\"x\":{\"value\":[99]}}  | 3",
                "5                                     | 0",
                "4                                     | 0",
                "0                                     | 0",
                "-1                                    | 0",
                "-9223372036854775808                  | 0",
                "{\"value\":-9223372036854775808}     | 0",
                "null                                  | 0",
                "\"94\"                                | 0",
                "94.5                                  | 0",
                "99999999999999999999                  | 0",
                "[94]                                  | 0",
                "{\"relation\":\"eq\"}                 | 0",
            })
    void whatIsMissingAfterTheLastPageOnceMore_isAWarning_andDecidesNothing(String total, int missing) {
        world.duo.misbehave(request -> true, wrongTotal(total));

        try (Logs logs = Logs.capture()) {
            RunReport report = run();
            assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
            assertThat(logs.lines(Level.WARN)).hasSize(missing > 0 ? 1 : 0);
        }

        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
        assertThat(world.duo.requests()).hasSize(missing > 0 ? 5 : 4);
        assertThat(missing()).isEqualTo(missing);
        assertThat(world.state()).contains("\"committedThrough\":\"2026-11-23T07:57:50Z\"");
    }

    /** Of a batch that was declared and not stored. */
    @Test
    void whatIsMissingOfAForgottenBatch_counts_onceItIsForgotten() {
        world.s3Proxy.plan(request ->
                request.isWrite() && request.path().contains("/duo-telephony/") ? Fault.DROP_BEFORE : Fault.NONE);
        assertThat(run().outcome()).isEqualTo(RunOutcome.FAILED);
        world.s3Proxy.plan(FaultPlan.none());
        world.events.withdraw(events.get(1));
        assertThat(run().outcome()).isEqualTo(RunOutcome.PENDING);
        assertThat(missing()).isZero();
        world.clock.advance(Duration.ofMinutes(30));

        assertThat(run().outcome()).isEqualTo(RunOutcome.DONE);

        assertThat(missing()).isEqualTo(1);
        assertThat(world.lines()).hasSize(4);
    }

    /** Only of a window that one run reads from its start: the state keeps no total. */
    @ParameterizedTest
    @CsvSource({"1", "2"})
    void windowOverSeveralRuns_saysNothing(int pages) {
        world.duo.misbehave(request -> true, wrongTotal("94"));
        world.set("max.iterations", Integer.toString(pages));
        RunOutcome outcome = run().outcome();
        assertThat(outcome).isEqualTo(RunOutcome.MORE);
        world.set("max.iterations", "0");

        assertThat(run().outcome()).isEqualTo(RunOutcome.DONE);

        assertThat(missing()).isZero();
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
    }
}
