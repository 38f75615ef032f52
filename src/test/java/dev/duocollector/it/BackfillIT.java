// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.testing.Nightly;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands {@code backfill} and {@code verify} of the runnable jar. */
class BackfillIT {

    private final Instant to = Instant.now().minus(Duration.ofDays(2)).truncatedTo(ChronoUnit.SECONDS);
    private final Instant from = to.minus(Duration.ofDays(1));

    @TempDir
    Path folder;

    /** Killed in the middle of an object, stopped in the middle, and run to the end: each event is there once. */
    @Nightly
    @Test
    void backfillThatIsKilledAndStopped_goesOn_andIsVerified() throws Exception {
        try (World world = World.inRealTime().set("duo.page.size", "10").set("s3.compression", "none")) {
            List<SimulatedEvent> events = new ArrayList<>(new MadeUpEvents(31).spread(200, from, to));
            world.events.add(events);

            CountDownLatch fourthObject = after(world, 4);
            try (CollectorProcess victim = start(world, "backfill")) {
                assertThat(fourthObject.await(60, TimeUnit.SECONDS))
                        .as(victim.output())
                        .isTrue();
                victim.kill();
            }
            int afterKill = world.objects().size();
            assertThat(afterKill).isBetween(3, 19);

            world.set("duo.page.pause", "20s");
            CountDownLatch nextObject = after(world, 1);
            try (CollectorProcess stopped = start(world, "backfill")) {
                assertThat(nextObject.await(60, TimeUnit.SECONDS))
                        .as(stopped.output())
                        .isTrue();
                stopped.terminate();
                assertThat(stopped.exitCode()).as(stopped.output()).isEqualTo(1);
            }
            assertThat(world.objects().size()).isBetween(afterKill, 19);

            world.set("duo.page.pause", "0s");
            world.s3Proxy.onRequest(request -> {});
            try (CollectorProcess last = start(world, "backfill")) {
                assertThat(last.exitCode()).as(last.output()).isZero();
                assertThat(last.logged("INFO"))
                        .anyMatch(line -> line.contains(" continues with page "))
                        .last()
                        .asString()
                        .endsWith(" INFO  The back-fill of " + from + ".." + to + " is done.");
            }
            assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));

            verified(world, 0, "Every event is in the bucket exactly once.");
            String lost = world.objects().lastKey();
            World.s3()
                    .client()
                    .deleteObject(request -> request.bucket(world.bucket).key(lost));
            verified(world, 1, "Duo and the bucket differ.");
        }
    }

    private void verified(World world, int exitCode, String last) {
        try (CollectorProcess verify = start(world, "verify")) {
            assertThat(verify.exitCode()).as(verify.output()).isEqualTo(exitCode);
            assertThat(verify.standardOutput().lines()).last().asString().startsWith(last);
            assertThat(verify.standardOutput()).startsWith(from + ".." + to + ": Duo shows 200 different events");
            assertThat(verify.output()).doesNotContain("202555");
        }
    }

    private CollectorProcess start(World world, String command) {
        return CollectorJar.built()
                .start(
                        folder,
                        CollectorJar.environment(world),
                        command,
                        "--from",
                        from.toString(),
                        "--to",
                        to.toString());
    }

    /** Opens when so many objects have been asked to be stored from now on. */
    private static CountDownLatch after(World world, int objects) {
        CountDownLatch reached = new CountDownLatch(1);
        AtomicInteger seen = new AtomicInteger();
        world.s3Proxy.onRequest(request -> {
            if (isObject(request) && seen.incrementAndGet() == objects) {
                reached.countDown();
            }
        });
        return reached;
    }

    private static boolean isObject(ProxiedRequest request) {
        return request.isWrite() && request.path().contains("/duo-telephony/");
    }
}
