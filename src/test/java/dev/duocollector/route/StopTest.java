// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.rateLimited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.CamelContextStoppingEvent;
import org.apache.camel.support.SimpleEventNotifierSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stop while a run is under way, as SIGTERM makes it: soon, at a page's boundary, with the state written. */
@Timeout(60)
class StopTest {

    /** Far less than the waits that the stop cuts short, and more than Camel's own second between two looks. */
    private static final Duration SOON = Duration.ofSeconds(10);

    /** Longer than Camel waits for a run that never ends. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Incident incident = new Incident();
    private final World world = incident.world;

    @AfterEach
    void close() {
        incident.close();
    }

    @Test
    void finishesThePageInHand() throws Exception {
        answerOnlyWhenStopping(2);

        String line = stopAtRequest(2);

        assertThat(line)
                .startsWith("Stopped in window ")
                .contains("2 pages, 4 new events, 0 dropped by your steps, 4 stored in 2 objects");
        assertThat(incident.requests()).hasSize(2);
        assertThat(world.lines()).hasSize(4);
        assertThat(world.state()).as("all of it is confirmed").doesNotContain("pending");
        goesOnWithPage(3);
    }

    /** Half of the batch would be stored as the whole of it, and the other half never. */
    @Test
    void finishesTheSearchForABatchInDoubt() throws Exception {
        world.s3Proxy.plan(
                FaultPlan.every(1, request -> request.isWrite() && !World.isState(request), Fault.DROP_BEFORE));
        incident.run(RunOutcome.FAILED);
        world.s3Proxy.plan(FaultPlan.none());
        SimulatedEvent joined =
                new MadeUpEvents(12).at(incident.events.get(0).ts().plusSeconds(1));
        world.events.add(joined);
        world.duoProxy.reset();
        answerOnlyWhenStopping(2);

        String line = stopAtRequest(1);

        assertThat(line)
                .startsWith("Stopped in window ")
                .contains("2 new events, 0 dropped by your steps, 2 stored in 1 object");
        assertThat(world.lines()).isEqualTo(World.stored(incident.events.subList(0, 2)));
        assertThat(world.state()).doesNotContain("pending");
        incident.restart();
        incident.repair();
        incident.run(RunOutcome.DONE).contains("4 new events");
    }

    @Test
    void waitsForNoRetry() throws Exception {
        incident.set("duo.retry.max-elapsed", "1h");
        world.duo.misbehave(2, 1, rateLimited(Duration.ofMinutes(5)));

        String line = stopAtRequest(2);

        assertThat(line)
                .contains(
                        "Duo allows no more requests for now",
                        "1 page, 2 new events, 0 dropped by your steps, 2 stored in 1 object");
        assertThat(incident.requests()).hasSize(2);
        assertThat(world.state()).doesNotContain("pending");
        goesOnWithPage(2);
    }

    @Test
    void waitsForNoPause() throws Exception {
        incident.set("duo.page.pause", "30s");

        String line = stopAtRequest(1);

        assertThat(line)
                .startsWith("Stopped in window ")
                .contains("1 page, 2 new events, 0 dropped by your steps, 2 stored in 1 object");
        assertThat(incident.requests()).hasSize(1);
        assertThat(world.state()).doesNotContain("pending");
        incident.set("duo.page.pause", "0s");
        goesOnWithPage(2);
    }

    /** Holds Duo's answer of that number, counted from the test's first, back until the collector has begun to stop. */
    private void answerOnlyWhenStopping(int number) {
        CompletableFuture<CamelEvent> untilStopping = new CompletableFuture<>();
        incident.collector().context().getManagementStrategy().addEventNotifier(new SimpleEventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof CamelContextStoppingEvent) {
                    untilStopping.complete(event);
                }
            }
        });
        world.duo.misbehave(number, 1, call -> {
            untilStopping.orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
            return call.answer().withDelay(Duration.ofMillis(200));
        });
    }

    /** Begins a run, stops the collector once Duo has seen that request, and returns the run's line. */
    private String stopAtRequest(int number) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        world.duoProxy.onRequest(request -> {
            if (request.number() == number) {
                asked.countDown();
            }
        });
        TestCollector collector = incident.collector();
        incident.logs.clear();
        CompletableFuture<RunReport> run = CompletableFuture.supplyAsync(collector::run);
        assertThat(asked.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

        long start = System.nanoTime();
        collector.stop();
        RunReport report = run.get(SOON.toSeconds(), TimeUnit.SECONDS);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        incident.ended(report, RunOutcome.STOPPED);
        assertThat(report.outcome().exitCode()).isZero();
        return report.line();
    }

    private void goesOnWithPage(int page) {
        world.duoProxy.reset();
        int before = world.duo.requests().size();
        incident.restart();
        incident.recoversWithoutLossOrDuplicate();
        assertThat(world.duo.requests().size() - before)
                .as("requests of the rest of the window, and of the next one")
                .isEqualTo(Incident.REQUESTS - (page - 1) + 1);
    }

    /** In a container or another application, which goes on without the collector; the runnable jar ends. */
    @Test
    void errorOfTheJvm_inAStep_endsTheContext() throws IOException {
        String collect = Files.readString(Path.of("routes", "collect.camel.yaml"));
        assertThat(collect).contains("dev.duocollector.run.ConfirmBatch");
        world.set("duo.schedule.auto-startup", "true");
        incident.routes(Map.of(
                "collect.camel.yaml",
                collect.replace("dev.duocollector.run.ConfirmBatch", WithoutMemory.class.getName())));

        DefaultCamelContext context = incident.collector().context();

        await().atMost(PATIENCE).until(context::isStopped);
        assertThat(incident.logs.reports())
                .singleElement()
                .asString()
                .startsWith("ERROR The collector ends: the JVM has met OutOfMemoryError");
        incident.restart();
        world.set("duo.schedule.auto-startup", "false");
        incident.routes(Map.of()).recoversWithoutLossOrDuplicate();
    }

    /** A step that the heap has no room for. */
    public static final class WithoutMemory implements Processor {

        @Override
        public void process(Exchange exchange) {
            throw new OutOfMemoryError("Java heap space");
        }
    }
}
