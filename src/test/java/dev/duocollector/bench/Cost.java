// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import java.io.IOException;
import java.net.ServerSocket;
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
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What a run by a scheduler costs, from the start of its process to its end: the guide's job in the naive way, the plain jar,
 * and the launcher with its archive made; and what a run of a service costs that the launcher started. Each run has an
 * empty bucket. On its own: {@code ./mvnw -Pbench -Dbench.main=dev.duocollector.bench.Cost}, some twenty minutes long; with
 * {@code -Dearlier.jar=FILE} beside another version's jar, with {@code -Devents=200} for one size alone, with {@code JAVA_HOME}
 * on another Java.
 */
public final class Cost {

    private static final List<Integer> EVENTS = Stream.of(
                    System.getProperty("events", "0,200,10000").split(",", -1))
            .map(Integer::valueOf)
            .toList();
    private static final int RUNS = 5;

    private static final int SERVICE_RUNS = 500;
    /** From then on the JVM is warm. */
    private static final int SERVICE_WARM_RUNS = 100;

    private static final int SERVICE_EVENTS = 60;
    private static final Duration SERVICE_MAX = Duration.ofMinutes(20);

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
            Cost cost = new Cost(Path.of(args[0]));
            cost.print();
            cost.service();
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

    /** Has the launcher's service make a run each second, and tells what the later ones took. */
    private void service() throws IOException, InterruptedException {
        try (World world = World.inRealTime()) {
            Instant now = Instant.now();
            Duration span = Duration.ofSeconds(2 * SERVICE_RUNS);
            world.events.add(new MadeUpEvents(1)
                    .spread(
                            (int) span.toSeconds() * SERVICE_EVENTS,
                            now.minus(MadeUpEvents.DELAY),
                            now.minus(MadeUpEvents.DELAY).plus(span)));
            world.set("duo.schedule", "* * * * * ?").set("duo.schedule.auto-startup", "true");
            world.set("observe.enabled", "true").set("observe.port", Integer.toString(freePort()));
            Path output = Files.createTempFile(folder, "service", ".log");
            List<String> command =
                    List.of(folder.resolve("bin").resolve("duo-collector").toString(), "run");
            Process process = started(world, command, output).start();
            Path proc = Path.of("/proc", Long.toString(process.pid()));
            try {
                long warm = 0;
                int warmRuns = 0;
                Instant end = now.plus(SERVICE_MAX);
                for (int runs = runs(output); runs < SERVICE_RUNS; runs = runs(output)) {
                    if (!process.isAlive() || Instant.now().isAfter(end)) {
                        throw new IllegalStateException("The service made " + runs + " runs: " + output);
                    }
                    if (warm == 0 && runs >= SERVICE_WARM_RUNS) {
                        warm = Footprint.cpuTicks(proc);
                        warmRuns = runs;
                    }
                    process.waitFor(200, TimeUnit.MILLISECONDS);
                }
                int runs = runs(output);
                double millis = (Footprint.cpuTicks(proc) - warm) * 10.0 / (runs - warmRuns);
                Report.say(
                        "%n`bin/duo-collector run`, a run each second with %d events or none: %.1f ms of CPU a run after the first %d,"
                                + " %.0f MB resident after %d, %.0f MB at most%n",
                        SERVICE_EVENTS,
                        millis,
                        warmRuns,
                        Footprint.residentBytes(proc) / 1e6,
                        runs,
                        Footprint.peakBytes(proc) / 1e6);
            } finally {
                process.destroy();
                process.waitFor(1, TimeUnit.MINUTES);
            }
        }
    }

    /** Counts the runs that stored something. */
    private static int runs(Path output) throws IOException {
        try (Stream<String> lines = Files.lines(output)) {
            return (int)
                    lines.filter(line -> line.contains(" stored in 1 object")).count();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
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
