// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import dev.duocollector.cli.CommandLines;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The runnable jar, copied alone into a folder of its own, and started as operators start it: in a JVM of its own, in a
 * working directory of its own, with an environment that is given whole.
 */
final class CollectorJar {

    /**
     * What a short life does not pay back is off; the JVM's own log, which goes to standard output, as well. The language and
     * the zone are odd on purpose, as in the other tests.
     */
    private static final List<String> JVM_OPTIONS = List.of(
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xlog:disable",
            "-Duser.language=tr",
            "-Duser.country=TR",
            "-Duser.timezone=Asia/Kathmandu");

    /** Far more than the dump of the classes takes on a machine with nothing else to do. */
    private static final Duration ARCHIVE_MAX = Duration.ofMinutes(5);

    private static final String ARCHIVE = "classes.jsa";
    private static final String READY = "ready";

    private static CollectorJar shared;

    private final Path jar;
    private final List<String> archive = new ArrayList<>();

    /** Of what a build makes, one copy and one archive serve all JVMs that test it. */
    private CollectorJar(Path built) throws IOException {
        String version = String.valueOf(Files.getLastModifiedTime(built).toMillis());
        Path folder = Files.createDirectories(built.resolveSibling("jar-alone").resolve(version));
        jar = folder.resolve("duo-telephony-collector.jar");
        try (FileChannel turn = FileChannel.open(
                        folder.resolveSibling(version + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = turn.lock()) {
            if (!Files.exists(folder.resolve(READY))) {
                Files.copy(built, jar, StandardCopyOption.REPLACE_EXISTING);
                archiveClasses();
                Files.writeString(folder.resolve(READY), held.toString());
            }
        }
        Path classes = jar.resolveSibling(ARCHIVE);
        if (Files.exists(classes)) {
            archive.add("-XX:SharedArchiveFile=" + classes);
        }
    }

    /** Returns the jar that this build has made. */
    static synchronized CollectorJar built() {
        if (shared == null) {
            String built = Objects.requireNonNull(
                    System.getProperty("runnable.jar"), "runnable.jar: these tests run in ./mvnw verify");
            try {
                shared = new CollectorJar(Path.of(built));
            } catch (IOException e) {
                throw new UncheckedIOException("The jar cannot be copied: " + built, e);
            }
        }
        return shared;
    }

    /** Starts a command; the caller closes the process. */
    CollectorProcess start(Path workingDirectory, Map<String, String> environment, String... arguments) {
        return start(List.of(), workingDirectory, environment, arguments);
    }

    /** Starts a command with further options for its JVM; the caller closes the process. */
    CollectorProcess start(
            List<String> jvmOptions, Path workingDirectory, Map<String, String> environment, String... arguments) {
        return CollectorProcess.start(command(jvmOptions, arguments), workingDirectory, environment);
    }

    /** Starts a command whose standard input is a file; the caller closes the process. */
    CollectorProcess startReading(
            Path input, Path workingDirectory, Map<String, String> environment, String... arguments) {
        return CollectorProcess.startReading(input, command(List.of(), arguments), workingDirectory, environment);
    }

    /** Starts a command whose standard output is this file; the caller closes the process. */
    CollectorProcess startWriting(
            Path output, Path workingDirectory, Map<String, String> environment, String... arguments) {
        return CollectorProcess.startWriting(output, command(List.of(), arguments), workingDirectory, environment);
    }

    /**
     * Starts one process of the jar for many command lines; the caller closes it.
     *
     * @param output where its standard output goes, null for where it can be read
     */
    CollectorProcess startAll(
            List<String> jvmOptions,
            @Nullable Path output,
            Path workingDirectory,
            Map<String, String> environment,
            String... commandLines) {
        String tests = CommandLines.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        List<String> command = new ArrayList<>(java());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", jar + File.pathSeparator + tests, CommandLines.class.getName()));
        command.addAll(List.of(commandLines));
        return output == null
                ? CollectorProcess.start(command, workingDirectory, environment)
                : CollectorProcess.startWriting(output, command, workingDirectory, environment);
    }

    List<String> command(List<String> jvmOptions, String... arguments) {
        List<String> command = new ArrayList<>(java());
        command.addAll(jvmOptions);
        command.add("-jar");
        command.add(jar.toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private List<String> java() {
        List<String> java = new ArrayList<>();
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.addAll(JVM_OPTIONS);
        java.addAll(archive);
        return java;
    }

    /** The environment of a collector with this world's settings, and nothing else but the keys to its bucket. */
    static Map<String, String> environment(World world) {
        Map<String, String> environment = new HashMap<>(credentials());
        world.settings.forEach((setting, value) -> environment.put(variable(setting), value));
        // The other tests make the runs themselves.
        environment.remove(variable("duo.schedule.auto-startup"));
        return environment;
    }

    static Map<String, String> credentials() {
        return Map.of(
                "AWS_ACCESS_KEY_ID",
                World.s3().accessKey(),
                "AWS_SECRET_ACCESS_KEY",
                World.s3().secretKey(),
                "AWS_MAX_ATTEMPTS",
                "2",
                "AWS_EC2_METADATA_DISABLED",
                "true");
    }

    static String variable(String setting) {
        return setting.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** Makes a run whose classes the later processes take ready-made: half a process's time is loading them. */
    private void archiveClasses() throws IOException {
        Path classes = jar.resolveSibling(ARCHIVE);
        try (World world = World.inRealTime()) {
            Instant now = Instant.now();
            world.events.add(
                    new MadeUpEvents(1).spread(3, now.minus(Duration.ofMinutes(30)), now.minus(Duration.ofMinutes(5))));
            try (CollectorProcess process = start(
                    List.of("-XX:ArchiveClassesAtExit=" + classes), jar.getParent(), environment(world), "once")) {
                process.exitCode(ARCHIVE_MAX);
            }
        }
    }
}
