// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
 * {@code ./mvnw -Pbench -Dbench.main=dev.duocollector.bench.Cost}, some minutes long; with {@code -Dearlier.jar=FILE} beside
 * another version's jar, with {@code -Devents=200} for one size alone, with {@code JAVA_HOME} on another Java.
 */
public final class Cost {

    private static final List<Integer> EVENTS = Stream.of(
                    System.getProperty("events", "0,200,10000").split(",", -1))
            .map(Integer::valueOf)
            .toList();
    private static final int RUNS = 5;

    private final Path folder = Path.of("target", "bench", "cost").toAbsolutePath();
    private final Path java;
    private final Map<String, List<String>> ways = new LinkedHashMap<>();

    private Cost(Path jar) throws IOException {
        java = Path.of(System.getenv().getOrDefault("JAVA_HOME", System.getProperty("java.home")), "bin", "java");
        Path launcher = folder.resolve("bin").resolve("duo-collector");
        Files.createDirectories(launcher.getParent());
        Files.copy(
                Path.of("src", "main", "bin", "duo-collector"),
                launcher,
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
        Path copy = folder.resolve("duo-telephony-collector.jar");
        Files.copy(jar, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        ways.put(
                "the guide's job, naive",
                List.of(
                        java.toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NaiveOnce.class.getName()));
        String earlier = System.getProperty("earlier.jar");
        if (earlier != null) {
            ways.put(
                    "an earlier jar",
                    List.of(
                            java.toString(),
                            "-jar",
                            Path.of(earlier).toAbsolutePath().toString(),
                            "once"));
        }
        ways.put("`java -jar … once`", List.of(java.toString(), "-jar", copy.toString(), "once"));
        ways.put("`bin/duo-collector once`", List.of(launcher.toString(), "once"));
    }

    /** The runnable jar is the argument. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int code = 1;
        try {
            new Cost(Path.of(args[0])).print();
            code = 0;
        } catch (IOException | IllegalStateException e) {
            Report.say("MISSED: %s%n", e.getMessage());
        } finally {
            // The servers' threads would go on.
            System.exit(code);
        }
    }

    private void print() throws IOException, InterruptedException {
        Report.say(
                "%n%s; medians of %d, least to most; the servers are on the same cores%n%n"
                        + "| a run | events | wall s | CPU s | peak MB |%n|---|--:|--:|--:|--:|%n",
                java, RUNS);
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
            Path output = Files.createTempFile(folder, "run", ".log");
            Footprint run = Footprint.of(started(world, command, output));
            int objects = world.objects().size()
                    + World.s3().objects(world.bucket, "naive/telephony").size();
            if (run.exitCode() != 0 || (objects > 0) != (events > 0)) {
                throw new IllegalStateException("A run did not come through: " + Files.readString(output));
            }
            Files.delete(output);
            return run;
        }
    }

    private ProcessBuilder started(World world, List<String> command, Path output) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(Map.of(
                "PATH", "/usr/bin:/bin",
                "JAVA_HOME", java.getParent().getParent().toString(),
                "DUO_COLLECTOR_CACHE", folder.resolve("cache").toString(),
                "STATE_KEY", "naive/state.json",
                "AWS_ACCESS_KEY_ID", World.s3().accessKey(),
                "AWS_SECRET_ACCESS_KEY", World.s3().secretKey(),
                "AWS_EC2_METADATA_DISABLED", "true"));
        world.settings.forEach((setting, value) -> environment.put(
                setting.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), value));
        return builder;
    }
}
