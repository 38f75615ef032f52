// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What a process took, as Linux tells it, looked at each 5 ms until it ended.
 *
 * @param exitCode what it exited with
 * @param wall from its start to its end
 * @param cpu in all its threads, in steps of 10 ms
 * @param peakBytes the most memory that was resident
 */
record Footprint(int exitCode, Duration wall, Duration cpu, long peakBytes) {

    /** A tick of {@code /proc/PID/stat} on each Linux that a JVM runs on. */
    private static final int TICKS_A_SECOND = 100;

    private static final long RUN_SECONDS_MAX = 300;

    /** Starts it, and waits for its end. */
    static Footprint of(ProcessBuilder builder) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = builder.start();
        Path folder = Path.of("/proc", Long.toString(process.pid()));
        long cpuTicks = 0;
        long peak = 0;
        while (!process.waitFor(5, TimeUnit.MILLISECONDS)) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(RUN_SECONDS_MAX)) {
                process.destroyForcibly();
                throw new IllegalStateException(builder.command() + " did not end");
            }
            cpuTicks = Math.max(cpuTicks, cpuTicks(folder));
            peak = Math.max(peak, peakBytes(folder));
        }
        return new Footprint(
                process.exitValue(),
                Duration.ofNanos(System.nanoTime() - start),
                Duration.ofMillis(cpuTicks * 1000 / TICKS_A_SECOND),
                peak);
    }

    /** Returns user and system time; 0 once the process is gone. Fields 14 and 15 of proc(5)'s stat, behind a name in parentheses. */
    static long cpuTicks(Path folder) {
        String stat = read(folder.resolve("stat"));
        if (stat.isEmpty()) {
            return 0;
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    /** Returns the high-water mark of resident memory; 0 once the process is gone. */
    static long peakBytes(Path folder) {
        return kilobytes(folder, "VmHWM:");
    }

    /** Returns what memory is resident now; 0 once the process is gone. */
    static long residentBytes(Path folder) {
        return kilobytes(folder, "VmRSS:");
    }

    private static long kilobytes(Path folder, String name) {
        return read(folder.resolve("status"))
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
