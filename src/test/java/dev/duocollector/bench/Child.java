// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A JVM of this class path, unless its environment has a CLASSPATH, spoken to line by line; it ends when its standard input does, and so with this JVM at the latest. */
final class Child implements AutoCloseable {

    private static final ScheduledExecutorService ALARMS = Executors.newScheduledThreadPool(1, work -> {
        Thread thread = new Thread(work, "alarms");
        thread.setDaemon(true);
        return thread;
    });

    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter questions;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        this.answers = process.inputReader(UTF_8);
        this.questions = process.outputWriter(UTF_8);
    }

    /**
     * Starts a JVM.
     *
     * @param heap such as {@code 64m}
     */
    static Child start(String heap, Class<?> main, List<String> arguments, Map<String, String> environment) {
        return start(heap, Path.of(""), main, arguments, environment);
    }

    /**
     * Starts a JVM in a folder.
     *
     * @param heap such as {@code 64m}
     */
    static Child start(
            String heap, Path folder, Class<?> main, List<String> arguments, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + heap);
        // Else a child without memory would not answer, and not end.
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.add(main.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toAbsolutePath().toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        // Not an argument: Windows bounds their length.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().putAll(environment);
        try {
            return new Child(main.getSimpleName() + " " + String.join(" ", arguments), builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("No JVM for " + main.getSimpleName(), e);
        }
    }

    /** Writes a line and returns the one that answers it. */
    String ask(String line, Duration within) {
        try {
            questions.write(line);
            questions.newLine();
            questions.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " has ended", e);
        }
        return read(within);
    }

    /** Returns the next line; a child that takes longer is ended. */
    String read(Duration within) {
        ScheduledFuture<?> alarm = ALARMS.schedule(process::destroyForcibly, within.toMillis(), TimeUnit.MILLISECONDS);
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException(name + " has ended, or did not answer within " + within.toSeconds()
                        + " s; what it said stands above");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(name + " has ended", e);
        } finally {
            alarm.cancel(false);
        }
    }

    @Override
    public void close() {
        try {
            questions.close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
