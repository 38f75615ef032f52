// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A started collector: its output, its end, and the signals that bring it about. Closing kills it if it still runs. */
final class CollectorProcess implements RunningCollector {

    /** Many times what a run against local servers takes; a process that needs longer hangs. */
    static final Duration EXIT_MAX = Duration.ofSeconds(60);

    private final Process process;
    private final Path out;
    private final Path err;

    private CollectorProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static CollectorProcess start(List<String> command, Path workingDirectory, Map<String, String> environment) {
        return start(new ProcessBuilder(command), workingDirectory, environment);
    }

    static CollectorProcess startReading(
            Path input, List<String> command, Path workingDirectory, Map<String, String> environment) {
        return start(new ProcessBuilder(command).redirectInput(input.toFile()), workingDirectory, environment);
    }

    /** Has the process write elsewhere; {@link #standardOutput} is empty then. */
    static CollectorProcess startWriting(
            Path output, List<String> command, Path workingDirectory, Map<String, String> environment) {
        return start(new ProcessBuilder(command), output, workingDirectory, environment);
    }

    private static CollectorProcess start(
            ProcessBuilder builder, Path workingDirectory, Map<String, String> environment) {
        return start(builder, null, workingDirectory, environment);
    }

    private static CollectorProcess start(
            ProcessBuilder builder, Path output, Path workingDirectory, Map<String, String> environment) {
        try {
            Path out = Files.createTempFile("collector", ".out");
            Path err = Files.createTempFile("collector", ".err");
            builder.directory(workingDirectory.toFile())
                    .redirectOutput(output == null ? out.toFile() : output.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            return new CollectorProcess(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException("The collector cannot be started", e);
        }
    }

    /** Waits for the end and returns the exit code: 128 and the signal's number, if a signal ended it. */
    int exitCode() {
        return exitCode(EXIT_MAX);
    }

    int exitCode(Duration max) {
        try {
            if (!process.waitFor(max.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("Still running after " + max + ":\n" + output());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while the collector ran", e);
        }
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    /** How long it has had a processor. */
    Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElseThrow();
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    @Override
    public void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** Sends SIGINT, as Ctrl-C does. */
    void interrupt() {
        try {
            new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                    .start()
                    .waitFor(10, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException("The command kill cannot be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells whether the process ignores SIGINT, as what a shell starts in the background does. */
    boolean ignoresInterrupt() {
        try {
            return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith("SigIgn:"))
                    .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).trim(), 16) & 2) != 0);
        } catch (IOException e) {
            // Not Linux, or the process has ended: no reason to expect it.
            return false;
        }
    }

    /** What the process has written so far, standard output before standard error. */
    @Override
    public String output() {
        return standardOutput() + standardError();
    }

    String standardOutput() {
        return read(out);
    }

    String standardError() {
        return read(err);
    }

    /** The lines of the output logged at a level. */
    List<String> logged(String level) {
        return output().lines()
                .filter(line -> line.matches("\\S+Z " + level + " .*"))
                .toList();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
        try {
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        } catch (IOException e) {
            throw new UncheckedIOException("What the collector wrote cannot be deleted", e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("What the collector wrote cannot be read", e);
        }
    }
}
