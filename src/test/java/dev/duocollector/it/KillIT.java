// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SIGKILL for the runnable jar's own JVM, in the middle of a run, again and again, each restart being the next victim. Real
 * processes, real time: a victim dies a random moment after a random number of its requests. Afterwards every event is in the
 * bucket once.
 */
class KillIT {

    private static final int LINEAGES = 2;
    private static final int KILLS_EACH = 26;

    /** Fewer than the overlap alone takes, so that nearly every victim is still in its run. */
    private static final int REQUESTS_MAX = 30;

    private static final int MOMENT_MILLIS_MAX = 12;
    private static final int LAST_RUNS_MAX = 5;

    /** Events this close to the end of what is covered may have been shown just before or just after it was read. */
    private static final Duration EDGE = Duration.ofSeconds(5);

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void everyEventOnce_afterFiftyKills() throws Exception {
        ExecutorService lineages = Executors.newFixedThreadPool(LINEAGES);
        List<Future<Integer>> kills = new ArrayList<>();
        for (int lineage = 1; lineage <= LINEAGES; lineage++) {
            long seed = lineage;
            kills.add(lineages.submit(() -> lineage(seed)));
        }
        int killed = 0;
        for (Future<Integer> lineage : kills) {
            killed += lineage.get(5, TimeUnit.MINUTES);
        }
        lineages.shutdown();

        assertThat(killed).as("processes killed in the middle of a run").isGreaterThanOrEqualTo(50);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void everyEventOnce_whenSeveralProcessesOnOneCheckpointAreKilled(int processes) {
        Random random = new Random(processes);
        try (World world = world(processes)) {
            for (int round = 0; round < 3; round++) {
                Victims victims = new Victims(world, random);
                List<CollectorProcess> racing = new ArrayList<>();
                for (int i = 0; i < processes; i++) {
                    racing.add(start(world));
                }
                for (CollectorProcess process : racing) {
                    victims.awaitMoment(process);
                    process.close();
                }
            }
            finish(world);

            assertEveryEventOnce(world, processes);
        }
    }

    /** One account and its bucket; returns how many processes were killed in the middle of a run. */
    private int lineage(long seed) {
        Random random = new Random(seed);
        int killed = 0;
        try (World world = world(seed)) {
            for (int victim = 0; killed < KILLS_EACH && victim < 6 * KILLS_EACH; victim++) {
                Victims victims = new Victims(world, random);
                try (CollectorProcess process = start(world)) {
                    if (victims.awaitMoment(process)) {
                        process.kill();
                        killed++;
                    } else {
                        // Its run was over before its moment came.
                        assertThat(process.exitCode()).as(process.output()).isZero();
                    }
                }
            }
            finish(world);
            assertEveryEventOnce(world, seed);
        }
        return killed;
    }

    private static World world(long seed) {
        World world = World.inRealTime()
                // With UDM objects in every other story.
                .set("udm.prefix", seed % 2 == 0 ? World.UDM_PREFIX : "")
                .set("duo.page.size", "3")
                .set("duo.overlap", "1m")
                .set("duo.lookback", "2h");
        // One state write at a time: the embedded server's If-Match is a HEAD and then a PUT, where S3's is one step.
        world.s3Proxy.serializing(request -> request.path().contains("duo-telephony-state"));
        MadeUpEvents madeUp = new MadeUpEvents(seed);
        Instant now = Instant.now();
        List<SimulatedEvent> events = new ArrayList<>(madeUp.spread(200, now.minus(Duration.ofHours(1)), now));
        events.addAll(madeUp.spread(1500, now, now.plus(Duration.ofMinutes(5))));
        for (int i = 0; i < events.size(); i += 7) {
            // Later than the lag, within the overlap.
            events.set(i, events.get(i).visibleFrom(events.get(i).ts().plusSeconds(150)));
        }
        world.events.add(events);
        return world;
    }

    private CollectorProcess start(World world) {
        return CollectorJar.built().start(folder, CollectorJar.environment(world), "once");
    }

    private void finish(World world) {
        int done = 0;
        for (int run = 0; run < LAST_RUNS_MAX && done < 2; run++) {
            try (CollectorProcess process = start(world)) {
                int exitCode = process.exitCode();
                assertThat(exitCode).as(process.output()).isLessThan(2);
                done += exitCode == 0 ? 1 : 0;
            }
            Instant second = Instant.now().plusSeconds(1);
            Awaitility.await().until(() -> Instant.now().isAfter(second));
        }
        assertThat(done).as("last runs that were done").isEqualTo(2);
    }

    private static void assertEveryEventOnce(World world, long seed) {
        Instant covered = covered(world);
        List<String> lines = world.lines();
        Set<String> inTime = new HashSet<>(World.stored(world.events.events().stream()
                .filter(event -> event.ts().isBefore(covered.minus(EDGE).minus(Duration.ofMinutes(1))))
                .toList()));

        assertThat(lines).as("seed %d: no line twice", seed).doesNotHaveDuplicates();
        assertThat(inTime).as("events that were shown in time").hasSizeGreaterThan(150);
        assertThat(new HashSet<>(lines)).as("seed %d: every event", seed).containsAll(inTime);
        assertThat(World.stored(world.events.events()))
                .as("seed %d: nothing else", seed)
                .containsAll(lines);
        if (seed % 2 == 0) {
            world.assertUdmOfEveryObject();
        }
        assertThat(world.everything().keySet())
                .as("seed %d: no other object", seed)
                .allMatch(key -> key.startsWith("duo-telephony/telephony_")
                        || key.equals(World.STATE_KEY)
                        || (seed % 2 == 0 && key.startsWith(World.UDM_PREFIX + "/telephony_")));
    }

    private static Instant covered(World world) {
        try {
            return Instant.parse(
                    JSON.readTree(world.state()).path("committedThrough").asText());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError("The state is no JSON", e);
        }
    }

    /** Picks a moment in a run: some requests after its first, and then some milliseconds. */
    private static final class Victims {

        private final CountDownLatch moment = new CountDownLatch(1);
        private final long nanos;

        Victims(World world, Random random) {
            int requests = 1 + random.nextInt(REQUESTS_MAX);
            nanos = TimeUnit.MICROSECONDS.toNanos(random.nextInt(1000 * MOMENT_MILLIS_MAX));
            AtomicInteger seen = new AtomicInteger();
            world.duoProxy.onRequest(request -> count(seen, requests));
            world.s3Proxy.onRequest(request -> count(seen, requests));
        }

        private void count(AtomicInteger seen, int requests) {
            if (seen.incrementAndGet() == requests) {
                moment.countDown();
            }
        }

        /** Waits for the moment; false if the process ended before. */
        boolean awaitMoment(CollectorProcess process) {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(2))
                    .pollDelay(Duration.ZERO)
                    .atMost(CollectorProcess.EXIT_MAX)
                    .until(() -> moment.getCount() == 0 || !process.isAlive());
            LockSupport.parkNanos(nanos);
            return process.isAlive();
        }
    }
}
