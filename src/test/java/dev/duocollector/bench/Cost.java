// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What a run by a scheduler costs, from the start of its process to its end: the guide's job in the naive way, the plain jar,
 * and the launcher with its archive made. Each run has an empty bucket. On its own:
 * {@code ./mvnw -Pbench -Dbench.main=dev.duocollector.bench.Cost}, some minutes long; with
 * {@code -Dbench.options=-Dearlier.jar=FILE} beside another version's jar, with {@code -Dbench.options=-Devents=200} for one size
 * alone, with {@code JAVA_HOME} on another Java.
 */
public final class Cost {

    private static final List<Integer> EVENTS = Stream.of(
                    System.getProperty("events", "0,200,10000").split(",", -1))
            .map(Integer::valueOf)
            .toList();
    private static final int RUNS = 5;

    private final Installed installed;
    private final Map<String, List<String>> ways = new LinkedHashMap<>();

    Cost(Path folder, Path jar) throws IOException {
        installed = Installed.in(folder, jar);
        String java = installed.java().toString();
        ways.put(
                "the guide's job, naive",
                List.of(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NaiveOnce.class.getName()));
        String earlier = System.getProperty("earlier.jar");
        if (earlier != null) {
            ways.put(
                    "an earlier jar",
                    List.of(java, "-jar", Path.of(earlier).toAbsolutePath().toString(), "once"));
        }
        ways.put("`java -jar … once`", List.of(java, "-jar", installed.jar().toString(), "once"));
        ways.put("`bin/duo-collector once`", List.of(installed.launcher().toString(), "once"));
    }

    /** The runnable jar is the argument. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int code = 1;
        try {
            new Cost(Path.of("target", "bench", "cost"), Path.of(args[0])).print();
            code = 0;
        } catch (IOException | IllegalStateException e) {
            Report.say("MISSED: %s%n", e.getMessage());
        } finally {
            // The servers' threads would go on.
            System.exit(code);
        }
    }

    /** Measures, and prints what SIZING quotes. */
    void print() throws IOException, InterruptedException {
        Report.say(
                "%n%s; medians of %d, least to most; the servers are on the same cores%n%n"
                        + "| a run | events | wall s | CPU s | peak MB |%n|---|--:|--:|--:|--:|%n",
                installed.java(), RUNS);
        for (int events : EVENTS) {
            // The first round makes the archive, and warms the servers.
            Map<String, List<Footprint>> runs = new HashMap<>();
            for (int round = -1; round < RUNS; round++) {
                for (Map.Entry<String, List<String>> way : ways.entrySet()) {
                    Footprint run = once(way.getValue(), events);
                    if (round >= 0) {
                        runs.computeIfAbsent(way.getKey(), key -> new ArrayList<>())
                                .add(run);
                    }
                }
            }
            ways.keySet()
                    .forEach(way -> Report.say(
                            "| %s | %,d | %s | %s | %s |%n",
                            way,
                            events,
                            row(runs.get(way), run -> run.wall().toMillis() / 1e3),
                            row(runs.get(way), run -> run.cpu().toMillis() / 1e3),
                            row(runs.get(way), run -> run.peakBytes() / 1e6)));
        }
    }

    private static String row(List<Footprint> runs, ToDoubleFunction<Footprint> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        return String.format(
                Locale.ROOT, "%.2f (%.2f to %.2f)", sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    private Footprint once(List<String> command, int events) throws IOException, InterruptedException {
        try (World world = World.inRealTime()) {
            Instant end = Instant.now().minus(Duration.ofMinutes(5));
            world.events.add(new MadeUpEvents(1).spread(events, end.minus(Duration.ofMinutes(50)), end));
            Path output = Files.createTempFile(installed.folder(), "run", ".log");
            Footprint run = Footprint.of(installed.process(command, world, output));
            int objects = world.objects().size()
                    + World.s3().objects(world.bucket, "naive/telephony").size();
            if (run.exitCode() != 0 || (objects > 0) != (events > 0)) {
                throw new IllegalStateException("A run did not come through: " + Files.readString(output));
            }
            Files.delete(output);
            return run;
        }
    }
}
