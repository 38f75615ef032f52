// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.RecordedRequest;
import dev.duocollector.simulator.SimulatedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractStringAssert;
import org.jspecify.annotations.Nullable;

/**
 * Five events in three pages, and what must be true of a run however it fails: one line says what happened and what to do,
 * no line holds a secret, a phone number or a stack trace, and once all is well again every event is in the bucket once.
 */
final class Incident implements AutoCloseable {

    /** Requests of a run that nothing goes wrong with: two events, two, one, none. */
    static final int REQUESTS = 4;

    /** How often a request is made that keeps failing: two waits of 16 to 20 ms, jitter included, exceed 30 ms. */
    static final int TRIES = 2;

    final World world = new World()
            .set("duo.page.size", "2")
            .set("duo.retry.delay-max", "20ms")
            .set("duo.retry.max-elapsed", "30ms");
    final Logs logs = Logs.capture();
    final List<SimulatedEvent> events = new MadeUpEvents(11)
            .spread(5, World.START.minus(Duration.ofMinutes(50)), World.START.minus(Duration.ofMinutes(5)));
    private Map<String, String> routes = Map.of();
    private @Nullable TestCollector collector;
    private int requestsBefore;

    Incident() {
        world.events.add(events);
    }

    /** Replaces a setting; takes effect with the next collector. */
    Incident set(String setting, String value) {
        world.set(setting, value);
        return this;
    }

    /** Replaces route files by their names; takes effect with the next collector. */
    Incident routes(Map<String, String> replaced) {
        routes = replaced;
        return this;
    }

    TestCollector collector() {
        if (collector == null) {
            collector = TestCollector.start(world.settings, world.clock, routes);
        }
        return collector;
    }

    /** Walks away from the collector; the next run is made by another, which knows nothing but what lies in the bucket. */
    void restart() {
        if (collector != null) {
            collector.close();
            collector = null;
        }
        // After a refusal the AWS SDK takes over the time of the answer, for all clients that are made later.
        world.clock.set(world.clock.instant());
    }

    /** Makes a run, which must end in this way, and returns its line. */
    AbstractStringAssert<?> run(RunOutcome outcome) {
        requestsBefore = world.duo.requests().size();
        logs.clear();
        return ended(collector().run(), outcome);
    }

    /** Checks a run's report, and everything that was logged on the way to it. */
    AbstractStringAssert<?> ended(RunReport report, RunOutcome outcome) {
        assertThat(report.outcome()).as(report.line()).isEqualTo(outcome);
        assertThat(logs.reports()).as("lines that report").containsExactly(report.level() + " " + report.line());
        assertThat(report.line()).hasLineCount(1);
        assertThat(logs.noise()).as("other trouble in the log").isEmpty();
        assertThat(logs.secrets()).as("secrets in the log").isEmpty();
        return assertThat(report.line()).as("the run's line");
    }

    /** The requests that Duo saw of the last run. */
    List<RecordedRequest> requests() {
        List<RecordedRequest> all = world.duo.requests();
        return all.subList(requestsBefore, all.size());
    }

    /** Ends all misbehavior and faults. */
    void repair() {
        world.duo.behave();
        world.duoProxy.plan(FaultPlan.none());
        world.s3Proxy.plan(FaultPlan.none());
    }

    /** Repairs what was broken; the next run must deliver what is missing, and the one after it find nothing new. */
    void recoversWithoutLossOrDuplicate() {
        repair();
        run(RunOutcome.DONE);
        assertEveryEventOnce();
        world.clock.advance(Duration.ofMinutes(5));
        run(RunOutcome.DONE).contains(" 0 new events, 0 dropped by your steps, 0 stored in 0 objects");
        assertEveryEventOnce();
    }

    void assertEveryEventOnce() {
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
    }

    @Override
    public void close() {
        restart();
        logs.close();
        world.close();
    }
}
