// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import static dev.duocollector.simulator.Misbehavior.missingOffset;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether anything piles up in a service: one collector in a JVM of little memory makes run after run, an hour apart by its
 * clock, each with as many new events, and shows what it still holds after a full collection. On its own:
 * {@code ./mvnw -Pbench -Dbench.main=dev.duocollector.bench.ManyRuns}, some two minutes long.
 */
public final class ManyRuns {

    private static final int RUNS = 500;
    private static final List<Integer> LOOKS = List.of(10, 100, RUNS);
    private static final int EVENTS = 800;
    private static final String HEAP = "64m";
    private static final Duration STEP = Duration.ofHours(1);
    private static final Duration RUN_MAX = Duration.ofMinutes(2);

    /** What the JVM's own caches may take between two looks. */
    private static final long GROWTH_BYTES_MAX = 3_000_000;

    /** Objects of the program's own classes that may come and go: a key of the overlap, a log line's argument. */
    private static final double GROWTH_OBJECTS_MAX = 0.05;

    private final Path folder;

    ManyRuns(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) {
        System.exit(new ManyRuns(Path.of("target", "bench", "many-runs")).print() ? 0 : 1);
    }

    /** Makes the runs, prints what SIZING quotes, and returns whether nothing piled up. */
    boolean print() {
        Map<Integer, Heap> looks = new LinkedHashMap<>();
        String ended = "";
        try (World world = World.inModelTime()) {
            // What the AWS SDK signs is dated by the machine's clock, and no write may be signed long after its
            // declaration.
            world.advance(Duration.between(world.now(), Instant.now()));
            // The first event is an hour old when the first run begins, and by then some of the next second has gone
            // by.
            world.set("duo.lookback", "2h");
            // So that the last page of a run has events, which the run might be kept with.
            world.duo.misbehave(request -> true, missingOffset());
            try (Child service = Services.start(HEAP, folder, Service.class, world.settings)) {
                ended = work(world, service, looks);
            }
        }
        Report.say(
                "%nA service with -Xmx%s, %,d new events a run:%n%n| runs | heap after GC | the program's own objects |%n|--:|--:|--:|%n",
                HEAP, EVENTS);
        looks.forEach(
                (runs, heap) -> Report.say("| %,d | %.1f MB | %,d |%n", runs, heap.bytes() / 1e6, heap.ownObjects()));
        Heap first = looks.get(LOOKS.get(0));
        Heap last = looks.get(RUNS);
        if (first == null || last == null) {
            Report.say("%n- MISSED: %,d runs: %s%n", RUNS, ended);
            return false;
        }
        boolean bytes = last.bytes() - first.bytes() <= GROWTH_BYTES_MAX;
        boolean objects = last.ownObjects() <= first.ownObjects() * (1 + GROWTH_OBJECTS_MAX);
        Report.say(
                "%n- %s: the heap after %,d runs is that after %,d: %+.1f MB%n- %s: so are the program's own objects: %+,d%n",
                reached(bytes),
                RUNS,
                LOOKS.get(0),
                (last.bytes() - first.bytes()) / 1e6,
                reached(objects),
                last.ownObjects() - first.ownObjects());
        if (!objects) {
            Report.say("  most of them: %s%n", growth(first, last));
        }
        return bytes && objects;
    }

    private static String reached(boolean reached) {
        return reached ? "reached" : "MISSED";
    }

    /** Makes the runs, and returns how it ended if not all of them came through. */
    private static String work(World world, Child service, Map<Integer, Heap> looks) {
        MadeUpEvents madeUp = new MadeUpEvents(1);
        Instant start = world.now();
        for (int run = 1; run <= RUNS; run++) {
            world.events.add(madeUp.spread(EVENTS, world.now(), world.now().plus(STEP)));
            world.advance(STEP);
            try {
                require(service.ask(world.now().toString(), RUN_MAX));
                if (LOOKS.contains(run)) {
                    looks.put(run, Heap.parse(service.ask(Service.HEAP, RUN_MAX)));
                }
            } catch (IllegalStateException | UncheckedIOException e) {
                return "the service ended in run " + run + " (" + e.getMessage() + ")";
            }
        }
        // What lay within the lag.
        world.advance(STEP);
        require(service.ask(world.now().toString(), RUN_MAX));
        requireWhole(world, start);
        return "";
    }

    private static void require(String outcome) {
        if (!outcome.equals(RunOutcome.DONE.name())) {
            throw new IllegalStateException("a run ended " + outcome);
        }
    }

    /** Runs that lost an event are not worth their figures. */
    private static void requireWhole(World world, Instant start) {
        long lines = world.objects().values().stream()
                .mapToLong(bytes -> new String(bytes, UTF_8).lines().count())
                .sum();
        if (lines != (long) RUNS * EVENTS) {
            throw new IllegalStateException(
                    "Of " + RUNS * EVENTS + " events since " + start + ", the bucket has " + lines);
        }
    }

    private static String growth(Heap first, Heap last) {
        return last.own().keySet().stream()
                .sorted(Comparator.comparing((String name) -> -grown(first, last, name)))
                .limit(5)
                .map(name -> String.format("%s %+,d", name, grown(first, last, name)))
                .collect(Collectors.joining(", "));
    }

    private static long grown(Heap first, Heap last, String name) {
        return last.own().get(name) - first.own().getOrDefault(name, 0L);
    }
}
