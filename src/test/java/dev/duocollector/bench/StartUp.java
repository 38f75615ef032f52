// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.route.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long {@code once} takes from the start of its process to its first request to Duo: the plain jar, and the jar with an
 * archive of its classes, made as SIZING.md says. Before that request the state is read and written, so two requests to S3
 * are in it.
 */
public final class StartUp {

    private static final int RUNS = 7;
    private static final double SHARE_MAX = 0.5;
    private static final long RUN_SECONDS_MAX = 120;

    private final Path jar;
    private final Path archive;

    StartUp(Path jar) {
        this.jar = jar.toAbsolutePath();
        archive = jar.resolveSibling("bench").resolve("collector.jsa").toAbsolutePath();
    }

    /** For this part of the benchmark alone: the runnable jar is the argument. */
    public static void main(String[] args) {
        new StartUp(Path.of(args[0])).print();
        System.exit(0);
    }

    /** Measures, and prints what SIZING quotes. */
    void print() {
        try {
            Files.createDirectories(archive.getParent());
            Files.deleteIfExists(archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        toFirstRequest(List.of("-XX:ArchiveClassesAtExit=" + archive));
        List<Double> plain = new ArrayList<>();
        List<Double> archived = new ArrayList<>();
        for (int run = 0; run < RUNS; run++) {
            plain.add(toFirstRequest(List.of()));
            archived.add(toFirstRequest(List.of("-XX:SharedArchiveFile=" + archive, "-XX:TieredStopAtLevel=1")));
        }
        double share = median(archived) / median(plain);
        Report.say("%n| once, to its first request to Duo | seconds (least to most) | size |%n|---|--:|--:|%n");
        row("plain jar", plain, "");
        row("with a class archive", archived, String.format(Locale.ROOT, "+ %.1f MB", size(archive) / 1e6));
        Report.say(
                "%n- %s: at most half the plain jar's time: %.0f %%%n",
                share <= SHARE_MAX ? "reached" : "MISSED", share * 100);
    }

    private static void row(String what, List<Double> seconds, String size) {
        List<Double> sorted = seconds.stream().sorted().toList();
        Report.say(
                "| %s | **%.2f** (%.2f to %.2f) | %s |%n",
                what, median(seconds), sorted.get(0), sorted.get(sorted.size() - 1), size);
    }

    private static double median(List<Double> seconds) {
        return seconds.stream().sorted().toList().get(seconds.size() / 2);
    }

    /** Starts a first run of a collector, waits for its end, and returns the seconds to its first request. */
    private double toFirstRequest(List<String> options) {
        AtomicLong asked = new AtomicLong();
        try (World world = World.inRealTime()) {
            world.duoProxy.onRequest((ProxiedRequest request) -> asked.compareAndSet(0, System.nanoTime()));
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(options);
            command.addAll(List.of("-jar", jar.toString(), "once"));
            Path output = Files.createTempFile(archive.getParent(), "start-up", ".log");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(archive.getParent().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment(world));
            long start = System.nanoTime();
            Process process = builder.start();
            boolean ended = process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS);
            process.destroyForcibly();
            if (!ended || process.exitValue() != 0 || asked.get() == 0) {
                throw new IllegalStateException("The collector did not come through: " + Files.readString(output));
            }
            Files.delete(output);
            return (asked.get() - start) / 1e9;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> environment(World world) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "AWS_ACCESS_KEY_ID", World.s3().accessKey(),
                "AWS_SECRET_ACCESS_KEY", World.s3().secretKey(),
                "AWS_EC2_METADATA_DISABLED", "true"));
        world.settings.forEach((setting, value) -> environment.put(
                setting.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), value));
        return environment;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
