// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Several collectors at once on one checkpoint, with requests that fail at random. The proxy lets one write of the state
 * through at a time: the embedded server's If-Match is a HEAD and then a PUT, so that two racing writers can both win there,
 * which S3 rules out.
 */
class SeveralCollectorsTest {

    private static final int ROUNDS = 6;
    private static final Duration STEP = Duration.ofMinutes(20);

    @ParameterizedTest
    @CsvSource({"2, 1", "2, 2", "2, 3", "3, 4", "3, 5", "3, 6"})
    void everyEventOnce_withSeveralCollectorsOnOneCheckpoint(int collectors, long seed) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(collectors);
        boolean udm = seed % 2 == 0;
        try (World world = new World().set("duo.page.size", "2").set("duo.retry.max-elapsed", "0s")) {
            world.set("udm.prefix", udm ? World.UDM_PREFIX : "");
            List<SimulatedEvent> events = events(seed);
            world.events.add(events);
            world.s3Proxy.serializing(request -> request.path().contains("duo-telephony-state"));
            world.s3Proxy.plan(FaultPlan.random(
                    seed, 0.05, ProxiedRequest::isWrite, Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.ANSWER_500_AFTER));
            world.duoProxy.plan(FaultPlan.random(seed, 0.05, request -> true, Fault.DROP_BEFORE, Fault.ANSWER_503));
            List<TestCollector> racing = new ArrayList<>();
            for (int i = 0; i < collectors; i++) {
                racing.add(world.start());
            }
            int owned = 0;
            for (int round = 0; round < ROUNDS; round++) {
                owned += race(threads, racing);
                world.clock.advance(STEP);
            }
            finish(world, racing.get(0));

            assertThat(world.lines())
                    .as("seed %d, %d runs gave way to another collector", seed, owned)
                    .containsExactlyInAnyOrderElementsOf(World.stored(events));
            if (udm) {
                world.assertUdmOfEveryObject();
            }
            assertThat(owned).as("runs that gave way to another collector").isPositive();
            racing.forEach(TestCollector::abandon);
        } finally {
            threads.shutdown();
            assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    private static List<SimulatedEvent> events(long seed) {
        MadeUpEvents madeUp = new MadeUpEvents(seed);
        List<SimulatedEvent> events = new ArrayList<>(
                madeUp.spread(30, World.START.minus(Duration.ofMinutes(55)), World.START.plus(STEP.multipliedBy(4))));
        // Each third one is shown late, still within the lag and the overlap.
        for (int i = 0; i < events.size(); i += 3) {
            SimulatedEvent event = events.get(i);
            events.set(i, event.visibleFrom(event.ts().plus(Duration.ofMinutes(11))));
        }
        return events;
    }

    private static int race(ExecutorService threads, List<TestCollector> racing) throws Exception {
        List<Future<RunReport>> runs = new ArrayList<>();
        for (TestCollector collector : racing) {
            runs.add(threads.submit(collector::run));
        }
        int owned = 0;
        for (Future<RunReport> run : runs) {
            if (run.get(1, TimeUnit.MINUTES).outcome() == RunOutcome.OWNED) {
                owned++;
            }
        }
        return owned;
    }

    private static void finish(World world, TestCollector collector) {
        world.s3Proxy.plan(FaultPlan.none());
        world.duoProxy.plan(FaultPlan.none());
        for (int i = 0; i < ROUNDS; i++) {
            RunReport report = collector.run();
            if (i > 1 && report.outcome() == RunOutcome.DONE) {
                return;
            }
            world.clock.advance(STEP);
        }
        throw new AssertionError("Still not done after " + ROUNDS + " runs without a failure");
    }
}
