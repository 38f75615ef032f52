// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duocollector.simulator.MadeUpEvents;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A clock that a test lets go on while a run of another thread has a request to Duo under way. */
class RequestsUnderWayTest {

    private static final Duration STEP = Duration.ofMinutes(20);
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Where a thread is that waits, or that is done. */
    private static final Set<Thread.State> AT_REST =
            EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.TERMINATED);

    private final World world = new World();

    /**
     * Makes a run, has the step come while its first request is signed but not with Duo yet, and returns Duo's status. How the
     * run goes on is not looked at: its next step may find that 20 minutes have gone by.
     */
    private int statusIfMeanwhile(Runnable step) throws InterruptedException {
        world.events.add(new MadeUpEvents(5).at(World.START.minus(Duration.ofMinutes(30))));
        Thread other = new Thread(step, "step");
        CountDownLatch first = new CountDownLatch(1);
        world.duoProxy.onRequest(request -> {
            if (first.getCount() == 1) {
                first.countDown();
                other.start();
                await().atMost(SOON).until(() -> AT_REST.contains(other.getState()));
            }
        });
        try (TestCollector collector = world.start()) {
            collector.run();
            other.join(SOON.toMillis());
            assertThat(first.getCount()).as("requests to come").isZero();
            assertThat(world.now()).isEqualTo(World.START.plus(STEP));
            return world.duo.requests().get(0).status();
        }
    }

    @Test
    void clockOfTheWorld_goesOnAfterTheAnswer() throws InterruptedException {
        try (world) {
            assertThat(statusIfMeanwhile(() -> world.advance(STEP))).isEqualTo(200);
        }
    }

    /** What the other test would show if the clock did not wait: a request that is late by more than Duo takes is refused. */
    @Test
    void clockThatDoesNotWait_makesTheDateWrong() throws InterruptedException {
        try (world) {
            assertThat(statusIfMeanwhile(() -> world.clock.advance(STEP))).isEqualTo(401);
            assertThat(world.duo.takeRefusal(40105).detail()).contains("PT5M");
        }
    }
}
