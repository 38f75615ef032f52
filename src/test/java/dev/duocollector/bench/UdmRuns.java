// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.simulator.MadeUpEvents;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The command {@code udm} over a file of many events, in a JVM of its own each time: the whole command, its start included. */
final class UdmRuns {

    static final int EVENTS = 1_000_000;
    static final String HEAP = "64m";

    private static final int RUNS = 3;
    private static final int MINUTES_MAX = 5;

    private final Path folder;

    UdmRuns(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes the runs and returns the median of their speeds, in events a second.
     *
     * @throws IllegalStateException if a run ends otherwise than with 0, or does not write one event a line
     */
    double eventsPerSecond() {
        try {
            Files.createDirectories(folder);
            Path events = folder.resolve("udm-in.ndjson");
            writeEvents(events);
            double[] speeds = new double[RUNS];
            for (int run = 0; run < RUNS; run++) {
                speeds[run] = EVENTS / seconds(events);
            }
            Arrays.sort(speeds);
            return speeds[RUNS / 2];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    private static void writeEvents(Path file) throws IOException {
        MadeUpEvents madeUp = new MadeUpEvents(1);
        Instant ts = Instant.parse("2026-11-23T08:00:00Z");
        try (BufferedWriter lines = Files.newBufferedWriter(file, UTF_8)) {
            for (int i = 0; i < EVENTS; i++) {
                ts = ts.plusMillis(100);
                String event = madeUp.at(ts).json().strip().replace("\n", "");
                lines.write(event.substring(0, event.length() - 1));
                lines.write(",\"eventtype\":\"telephony\",\"host\":\"api-00000000.duosecurity.com\",\"timestamp\":"
                        + ts.getEpochSecond() + "}\n");
            }
        }
    }

    private double seconds(Path events) throws IOException, InterruptedException {
        Path out = folder.resolve("udm-out.ndjson");
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + HEAP,
                        "dev.duocollector.cli.Main",
                        "udm",
                        events.toString())
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("udm-summary.txt").toFile());
        command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        long start = System.nanoTime();
        Process process = command.start();
        if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException("udm took more than " + MINUTES_MAX + " minutes");
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (process.exitValue() != 0) {
            throw new IllegalStateException("udm ended with " + process.exitValue() + ": "
                    + Files.readString(folder.resolve("udm-summary.txt")));
        }
        try (Stream<String> lines = Files.lines(out)) {
            long written = lines.count();
            if (written != EVENTS) {
                throw new IllegalStateException("udm wrote " + written + " of " + EVENTS + " events");
            }
        }
        return seconds;
    }
}
