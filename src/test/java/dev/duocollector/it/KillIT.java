// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static dev.duocollector.simulator.Misbehavior.emptyPage;
import static dev.duocollector.simulator.Misbehavior.lackingEvent;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.route.TestStream;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.Misbehavior;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.testing.Nightly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * SIGKILL for the runnable jar's own JVM, in the middle of a run, again and again, each restart being the next victim. Real
 * processes, real time: a victim dies a random moment after a random number of its requests, or at the very write of which the
 * store keeps nothing or a part; or it meets a store, a Duo or a clock that lies before it dies. A victim collects three logs
 * of two accounts side by side, and so dies in the middle of several runs. Afterwards every event of every stream is in the
 * stream's own place once. A build kills until every adversary has been met; {@code -Dkill.kills=50} kills more often.
 */
class KillIT {

    private static final int LINEAGES = 2;

    /** Kills of all lineages together, at least; those of several processes on one checkpoint grow with them. */
    private static final int KILLS = Integer.getInteger("kill.kills", 12);

    /** Events come for so long, too. */
    private static final int MINUTES_MAX = 5 + KILLS / 10;

    /** Processes until one has met an adversary: the one before may have left an object for which a run ends before it writes. */
    private static final int TRIES_MAX = 5;

    /** Fewer than the overlap alone takes, so that nearly every victim is still in its run. */
    private static final int REQUESTS_MAX = 30;

    private static final int EVENTS_BEFORE = 200;
    private static final int EVENTS_A_MINUTE = 300;
    private static final int MOMENT_MILLIS_MAX = 12;
    private static final int LAST_RUNS_MAX = 5;

    /** Events this close to the end of what is covered may have been shown just before or just after it was read. */
    private static final Duration EDGE = Duration.ofSeconds(5);

    /** Requests between what a victim meets and its death. */
    private static final int REQUESTS_AFTERWARDS_MAX = 4;

    private static final List<Duration> JUMPS =
            List.of(Duration.ofMinutes(4), Duration.ofHours(1), Duration.ofHours(-1), Duration.ofDays(200));

    /** What victims meet, one after the other, and then again. A lineage goes on to the next when one has been met. */
    enum Adversary {
        /** None: it dies a random moment after a random number of its requests. */
        MOMENT,
        STORE_EMPTY(Fault.STORE_EMPTY),
        ANSWER_412(Fault.ANSWER_412),
        /** Dies at a write that never arrives: the next run finds its batch missing. */
        LOST(Fault.DROP_BEFORE),
        /** The object of a missing batch is there, as a HEAD says. */
        FOUND(Fault.ANSWER_FOUND),
        S3_CLOCK,
        STORE_CUT(Fault.STORE_CUT),
        SWALLOW(Fault.SWALLOW),
        /** Duo's first answer, to a recovery, is empty. */
        EMPTY_RECOVERY,
        DUO_CLOCK,
        WITHOUT_ETAG(Fault.ANSWER_WITHOUT_ETAG),
        /** Duo's first answer, to a recovery, lacks an event. */
        LACKING_RECOVERY;

        private final Fault fault;

        Adversary() {
            this(Fault.NONE);
        }

        Adversary(Fault fault) {
            this.fault = fault;
        }

        /** Whether it dies at the write, since it could not know of the lie. */
        private boolean isLethal() {
            return fault == Fault.DROP_BEFORE || isStored();
        }

        private boolean isStored() {
            return fault == Fault.STORE_EMPTY || fault == Fault.STORE_CUT;
        }

        /** Whether only the recovery of a batch whose object is missing meets it. */
        private boolean needsMissingBatch() {
            return this == FOUND || this == EMPTY_RECOVERY || this == LACKING_RECOVERY;
        }

        private boolean isMet(ProxiedRequest request) {
            return switch (this) {
                case FOUND -> request.method().equals("HEAD");
                // Not at a write of UDM events, with which the batch would be there.
                case LOST -> isWriteOfEvents(request) && !request.path().contains("-udm/");
                default -> isWriteOfEvents(request);
            };
        }
    }

    private static boolean isWriteOfEvents(ProxiedRequest request) {
        return request.isWrite() && !isState(request);
    }

    private static boolean isState(ProxiedRequest request) {
        return request.path().contains("-state/");
    }

    /** What an operator is called for, and nothing else. */
    private static final Pattern OPERATORS =
            Pattern.compile("is there and is not whole|This machine's clock says|took two writes of");

    private final Map<Adversary, Integer> met = new ConcurrentHashMap<>();
    private final AtomicInteger movedAway = new AtomicInteger();

    /** The most streams of which one process left a batch pending. */
    private final AtomicInteger pendingTogether = new AtomicInteger();

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void everyEventOnce_afterKills() throws Exception {
        ExecutorService lineages = Executors.newFixedThreadPool(LINEAGES);
        List<Future<Integer>> kills = new ArrayList<>();
        for (int lineage = 1; lineage <= LINEAGES; lineage++) {
            int number = lineage;
            kills.add(lineages.submit(() -> lineage(number)));
        }
        int killed = 0;
        for (Future<Integer> lineage : kills) {
            killed += lineage.get(MINUTES_MAX, TimeUnit.MINUTES);
        }
        lineages.shutdown();

        System.out.printf(
                "KillIT: %d processes killed in the middle of a run, of up to %s streams at once; met: %s%n",
                killed, pendingTogether, met);
        assertThat(killed).as("processes killed in the middle of a run").isGreaterThanOrEqualTo(KILLS);
        assertThat(met).as("what victims have met").containsOnlyKeys(Adversary.values());
        assertThat(movedAway.get()).as("objects that were not whole").isPositive();
        assertThat(pendingTogether.get())
                .as("streams that one process left a batch pending of")
                .isGreaterThan(1);
    }

    /** One bucket, and what is collected into it. */
    private record Story(World world, List<TestStream> streams, boolean hasUdm) implements AutoCloseable {

        /** Returns those of which a batch is pending. */
        List<TestStream> pending(SortedMap<String, byte[]> bucket) {
            return streams.stream()
                    .filter(stream -> state(stream, bucket).contains("\"pending\":{"))
                    .toList();
        }

        /** Returns the first of which a batch is pending and its object not there. */
        Optional<TestStream> missing() {
            SortedMap<String, byte[]> bucket = world.everything();
            return pending(bucket).stream()
                    .filter(stream -> bucket.keySet().stream()
                            .noneMatch(key -> state(stream, bucket).contains("\"objectKey\":\"" + key + "\"")))
                    .findFirst();
        }

        private static String state(TestStream stream, SortedMap<String, byte[]> bucket) {
            return new String(bucket.getOrDefault(stream.stateKey(), new byte[0]), UTF_8);
        }

        @Override
        public void close() {
            world.close();
        }
    }

    @Nightly
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void everyEventOnce_whenSeveralProcessesOnOneCheckpointAreKilled(int processes) throws IOException {
        Random random = new Random(processes);
        try (Story story = processes == 2 ? ofSeveralStreams(processes) : ofOneStream(processes)) {
            for (int round = 0; round < Math.max(1, KILLS / 6); round++) {
                Victims victims = new Victims(story, random, Adversary.MOMENT, 1);
                List<CollectorProcess> racing = new ArrayList<>();
                for (int i = 0; i < processes; i++) {
                    racing.add(start(story));
                }
                for (CollectorProcess process : racing) {
                    victims.awaitMoment(process);
                    process.close();
                }
            }
            finish(story);

            assertEveryEventOnce(story, processes);
        }
    }

    /**
     * One bucket; returns how many processes were killed in the middle of a run. Each lineage goes through its
     * own part of the adversaries first, and on in their circle until it has killed its share.
     */
    private int lineage(int number) throws IOException {
        Random random = new Random(number);
        List<Adversary> circle = new ArrayList<>(List.of(Adversary.values()));
        int part = (circle.size() + LINEAGES - 1) / LINEAGES;
        Collections.rotate(circle, -(number - 1) * part);
        int share = (KILLS + LINEAGES - 1) / LINEAGES;
        int killed = 0;
        try (Story story = ofSeveralStreams(number)) {
            for (int turn = 0; turn < part || (killed < share && turn < part + 6 * share); turn++) {
                killed += meet(story, random, circle.get(turn % circle.size()));
            }
            finish(story);
            assertEveryEventOnce(story, number);
        }
        return killed;
    }

    /** Starts victims until one has met the adversary; returns how many were killed. */
    private int meet(Story story, Random random, Adversary adversary) {
        int killed = 0;
        boolean hasMet = false;
        for (int attempt = 1; attempt <= TRIES_MAX && !hasMet; attempt++) {
            Adversary next = adversary.needsMissingBatch() && story.missing().isEmpty() ? Adversary.LOST : adversary;
            Victims victims = new Victims(story, random, next, attempt);
            try (CollectorProcess process = start(story)) {
                if (victims.awaitMoment(process)) {
                    process.kill();
                    victims.killed();
                    killed++;
                    int pending = story.pending(story.world().everything()).size();
                    pendingTogether.accumulateAndGet(pending, Math::max);
                } else {
                    // Its run was over before its moment came.
                    assertEndIsExplained(story.world(), process, next);
                }
            }
            if (victims.hasMet()) {
                met.merge(next, 1, Integer::sum);
                hasMet = next == adversary;
            }
        }
        return killed;
    }

    private void assertEndIsExplained(World world, CollectorProcess process, Adversary adversary) {
        int exitCode = process.exitCode();
        String output = process.output();
        if (exitCode == 2) {
            assertThat(process.logged("ERROR"))
                    .as("%s: %s", adversary, output)
                    .isNotEmpty()
                    .allMatch(line -> OPERATORS.matcher(line).find());
            operatorActs(world, output);
        } else {
            assertThat(exitCode)
                    .as("%s: %s", adversary, output)
                    .isLessThanOrEqualTo(adversary == Adversary.MOMENT ? 0 : 1);
        }
    }

    /** Moves away the object that a line names. */
    private void operatorActs(World world, String output) {
        for (String key : world.everything().keySet()) {
            if (output.contains("s3://" + world.bucket + "/" + key + " is there and is not whole")) {
                World.s3()
                        .client()
                        .deleteObject(delete -> delete.bucket(world.bucket).key(key));
                movedAway.incrementAndGet();
            }
        }
    }

    /** Three logs of two accounts. */
    private Story ofSeveralStreams(long seed) throws IOException {
        World world = world(seed);
        Path accounts = Files.createDirectory(folder.resolve("accounts-" + seed));
        world.set("duo.accounts", accounts.toString()).set("duo.logs", "telephony,authentication,activity");
        List<TestStream> streams = new ArrayList<>(TestStream.ofOwnAccount(world));
        streams.addAll(TestStream.ofNewAccount(world, accounts, "acme", 1));
        return withEvents(new Story(world, streams, hasUdm(seed)), seed);
    }

    private static Story ofOneStream(long seed) {
        World world = world(seed);
        return withEvents(new Story(world, TestStream.ofOwnAccount(world).subList(0, 1), hasUdm(seed)), seed);
    }

    private static boolean hasUdm(long seed) {
        return seed % 2 == 0;
    }

    private static World world(long seed) {
        World world = World.inRealTime()
                // With UDM objects and gzip in every other story.
                .set("udm.prefix", hasUdm(seed) ? TestStream.UDM_PREFIX : "")
                .set("s3.compression", hasUdm(seed) ? "gzip" : "none")
                .set("duo.page.size", "3")
                .set("duo.overlap", "1m")
                .set("duo.lookback", "2h");
        // One state write at a time: the embedded server's If-Match is a HEAD and then a PUT, where S3's is one step.
        world.s3Proxy.serializing(KillIT::isState);
        return world;
    }

    /** Adds as many events for one stream as for several together. */
    private static Story withEvents(Story story, long seed) {
        MadeUpEvents madeUp = new MadeUpEvents(seed);
        Instant now = Instant.now();
        int share = story.streams().size();
        for (TestStream stream : story.streams()) {
            List<SimulatedEvent> events =
                    new ArrayList<>(stream.spread(madeUp, EVENTS_BEFORE / share, now.minus(Duration.ofHours(1)), now));
            events.addAll(stream.spread(
                    madeUp, EVENTS_A_MINUTE * MINUTES_MAX / share, now, now.plus(Duration.ofMinutes(MINUTES_MAX))));
            for (int i = 0; i < events.size(); i += 7) {
                // Later than the lag, within the overlap.
                events.set(i, events.get(i).visibleFrom(events.get(i).ts().plusSeconds(150)));
            }
            stream.duo().add(events);
        }
        return story;
    }

    private CollectorProcess start(Story story) {
        return CollectorJar.built().start(folder, CollectorJar.environment(story.world()), "once");
    }

    private void finish(Story story) {
        Victims.none(story.world());
        int done = 0;
        for (int run = 0; run < LAST_RUNS_MAX && done < 2; run++) {
            try (CollectorProcess process = start(story)) {
                int exitCode = process.exitCode();
                if (exitCode == 2) {
                    assertEndIsExplained(story.world(), process, Adversary.MOMENT);
                }
                done += exitCode == 0 ? 1 : 0;
            }
            Instant second = Instant.now().plusSeconds(1);
            Awaitility.await().until(() -> Instant.now().isAfter(second));
        }
        assertThat(done).as("last runs that were done").isEqualTo(2);
    }

    private static void assertEveryEventOnce(Story story, long seed) {
        SortedMap<String, byte[]> bucket = story.world().everything();
        for (TestStream stream : story.streams()) {
            String what = stream + ", seed " + seed;
            Instant covered = covered(Story.state(stream, bucket));
            List<String> lines = stream.lines(bucket);
            Set<String> inTime = new HashSet<>(stream.stored(stream.duo().events().stream()
                    .filter(event -> event.ts().isBefore(covered.minus(EDGE).minus(Duration.ofMinutes(1))))
                    .toList()));

            assertThat(lines).as("%s: no line twice", what).doesNotHaveDuplicates();
            assertThat(inTime)
                    .as("%s: events that were shown in time", what)
                    .hasSizeGreaterThan(EVENTS_BEFORE * 3 / 4 / story.streams().size());
            assertThat(new HashSet<>(lines)).as("%s: every event", what).containsAll(inTime);
            assertThat(new HashSet<>(stream.stored(stream.duo().events())))
                    .as("%s: nothing else", what)
                    .containsAll(lines);
            if (story.hasUdm()) {
                stream.assertUdmOfEveryObject(bucket);
            }
        }
        assertThat(bucket.keySet())
                .as("seed %d: no other object", seed)
                .allMatch(key -> story.streams().stream()
                        .anyMatch(stream -> stream.has(key) || (story.hasUdm() && stream.hasUdm(key))));
    }

    private static Instant covered(String state) {
        try {
            return Instant.parse(JSON.readTree(state).path("committedThrough").asText());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError("The state is not JSON", e);
        }
    }

    /** Picks a moment in a run: some requests after its first or after what it meets, and then some milliseconds. */
    private static final class Victims {

        private final World world;
        private final Story story;
        private final Adversary adversary;
        private final CountDownLatch moment = new CountDownLatch(1);
        private final CountDownLatch killed = new CountDownLatch(1);
        private final CountDownLatch stored = new CountDownLatch(1);
        private final AtomicBoolean met = new AtomicBoolean();
        private final AtomicInteger seen = new AtomicInteger();
        private final int requests;
        private final long nanos;

        /** From the second attempt on it is what comes first, since a process may have no second write. */
        Victims(Story story, Random random, Adversary adversary, int attempt) {
            this.story = story;
            world = story.world();
            this.adversary = adversary;
            boolean counted = adversary == Adversary.MOMENT;
            requests = 1 + random.nextInt(counted ? REQUESTS_MAX : REQUESTS_AFTERWARDS_MAX);
            nanos = TimeUnit.MICROSECONDS.toNanos(random.nextInt(1000 * MOMENT_MILLIS_MAX));
            none(world);
            met.set(counted);
            Duration jump = JUMPS.get(random.nextInt(JUMPS.size()));
            int after = attempt == 1 ? random.nextInt(REQUESTS_AFTERWARDS_MAX) : 0;
            int nth = attempt == 1 && adversary != Adversary.FOUND ? 1 + random.nextInt(2) : 1;
            switch (adversary) {
                case S3_CLOCK -> world.s3Proxy.dateAnswers(jumping(jump, after));
                case DUO_CLOCK -> world.duoProxy.dateAnswers(jumping(jump, 0));
                case EMPTY_RECOVERY -> shorten(emptyPage());
                case LACKING_RECOVERY -> shorten(lackingEvent());
                default ->
                    world.s3Proxy.plan(
                            FaultPlan.logical(FaultPlan.at(nth, this::isMet, adversary.fault), FaultPlan.Tries.FIRST));
            }
            world.s3Proxy.storage((request, change) -> {
                world.replace(request, change);
                stored.countDown();
            });
            world.duoProxy.onRequest(this::count);
            world.s3Proxy.onRequest(this::count);
        }

        private boolean isMet(ProxiedRequest request) {
            boolean onlyOfMissing = adversary.isStored() || adversary == Adversary.FOUND;
            return adversary.isMet(request) && !(onlyOfMissing && isThere(request));
        }

        /**
         * A recovery may write UDM events that are there already; the store refuses that, and stores nothing. And of several
         * batches that are pending, some may be there.
         */
        private boolean isThere(ProxiedRequest request) {
            String key = request.path().substring(world.bucket.length() + 2);
            try {
                World.s3().client().headObject(head -> head.bucket(world.bucket).key(key));
                return true;
            } catch (NoSuchKeyException e) {
                return false;
            }
        }

        /** Lets everybody say the truth. */
        static void none(World world) {
            world.s3Proxy.plan(FaultPlan.none());
            world.s3Proxy.dateAnswers(Clock.systemUTC());
            world.duoProxy.dateAnswers(Clock.systemUTC());
            world.duo.behave();
            world.s3Proxy.onRequest(request -> {});
            world.duoProxy.onRequest(request -> {});
        }

        private Function<ProxiedRequest, Optional<Instant>> jumping(Duration jump, int after) {
            AtomicInteger answers = new AtomicInteger();
            return request -> {
                boolean jumped = answers.incrementAndGet() > after;
                if (jumped) {
                    met.set(true);
                }
                return Optional.of(jumped ? Instant.now().plus(jump) : Instant.now());
            };
        }

        /** Answers short to the first request that a recovery makes. */
        private void shorten(Misbehavior misbehavior) {
            Optional<TestStream> missing = story.missing();
            AtomicBoolean armed = new AtomicBoolean(missing.isPresent());
            world.duo.misbehave(
                    request ->
                            missing.filter(stream -> stream.isAskedBy(request)).isPresent() && armed.getAndSet(false),
                    call -> {
                        met.set(true);
                        return misbehavior.answer(call);
                    });
        }

        private void count(ProxiedRequest request) {
            if (request.fault() != Fault.NONE) {
                met.set(true);
                if (adversary.isLethal()) {
                    moment.countDown();
                    await(killed);
                }
            } else if (met.get() && !adversary.isLethal() && seen.incrementAndGet() == requests) {
                moment.countDown();
            }
        }

        boolean hasMet() {
            return met.get();
        }

        /** Waits for the moment; false if the process ended before. */
        boolean awaitMoment(CollectorProcess process) {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(2))
                    .pollDelay(Duration.ZERO)
                    .atMost(CollectorProcess.EXIT_MAX)
                    .until(() -> moment.getCount() == 0 || !process.isAlive());
            if (!adversary.isLethal()) {
                LockSupport.parkNanos(nanos);
            }
            return process.isAlive();
        }

        /** Lets the write that it died at go on to the store, and waits until the store has made of it what it does. */
        void killed() {
            killed.countDown();
            if (adversary.isStored()) {
                await(stored);
            }
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(CollectorProcess.EXIT_MAX.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
