// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.testing.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * An Apache Karaf as it is downloaded, but for the ports of its shell and its management, and without any Maven repository: in
 * a folder and a process of its own.
 */
final class Karaf implements AutoCloseable {

    /** For a start, or a bundle's installation, on a machine that has more to do; it takes some seconds. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String BUNDLE = "dev\\.duocollector\\.duo-telephony-collector\\.karaf";
    private static final Set<String> OWN_LOGGERS = Set.of("Collector", "CamelApplication", "run");

    private static final String KAR = "duo-telephony-collector-karaf.kar";

    /** A .cfg is looked at each second, and taken if it is the same as a second before. */
    private static final Duration TAKEN_AGAIN = Duration.ofSeconds(5);

    private static final Duration TAKEN_MAX = Duration.ofSeconds(60);

    /** What a short life does not pay back is off. The language and the zone are odd on purpose, as in the other tests. */
    private static final String JVM_OPTIONS = "-Xmx384m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
            + " -Duser.language=tr -Duser.country=TR -Duser.timezone=Asia/Kathmandu";

    private final Path home;
    private final Map<String, String> environment = new HashMap<>();
    private CollectorProcess process;

    /** @param home where it will be; what is there is deleted */
    Karaf(Path home) {
        this.home = home;
        try {
            delete(home);
            copy(built("karaf.stock"), home);
            set("org.apache.karaf.management.cfg", "rmiRegistryPort", FreePort.find());
            set("org.apache.karaf.management.cfg", "rmiServerPort", FreePort.find());
            set("org.apache.karaf.shell.cfg", "sshPort", FreePort.find());
            set("org.ops4j.pax.url.mvn.cfg", "org.ops4j.pax.url.mvn.repositories", "");
        } catch (IOException e) {
            throw new UncheckedIOException("Karaf cannot be copied to " + home, e);
        }
        environment.putAll(CollectorJar.credentials());
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", home.toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("JAVA_OPTS", JVM_OPTIONS);
        // The script becomes the JVM, so that a signal to the one reaches the other.
        environment.put("KARAF_EXEC", "exec");
    }

    static Path built(String property) {
        return Path.of(
                Objects.requireNonNull(System.getProperty(property), property + ": these tests run in ./mvnw verify"));
    }

    /** Has the process's environment hold one variable more. */
    Karaf with(String variable, String value) {
        environment.merge(variable, value, (before, more) -> before + " " + more);
        return this;
    }

    void start() {
        process = CollectorProcess.start(List.of(home.resolve("bin/karaf").toString(), "server"), home, environment);
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Sends SIGKILL. */
    void kill() {
        process.kill();
    }

    /** Copies the KAR into the deploy folder, as an operator does. */
    void deploy() {
        // The scanner takes whole files only.
        replace(home.resolve("deploy").resolve(KAR), file -> Files.copy(built("karaf.kar"), file));
    }

    /** Deletes the KAR from the deploy folder, which uninstalls it. */
    void undeploy() {
        try {
            Files.delete(home.resolve("deploy").resolve(KAR));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path etc() {
        return home.resolve("etc");
    }

    /** Saves a file in etc. */
    void save(String name, String text) {
        replace(etc().resolve(name), file -> Files.writeString(file, text, UTF_8));
    }

    /**
     * Saves a .cfg that sets these settings, and no others, and sees to it that a running Karaf takes it: Felix File Install notes
     * the file as read a moment after it has read it, and passes over what was saved meanwhile, until it is saved again. What the
     * file says already, it does not take again.
     */
    void save(String name, Map<String, String> settings) {
        StringBuilder text = new StringBuilder();
        settings.forEach((setting, value) ->
                text.append(setting).append(" = ").append(value).append('\n'));
        boolean isNews = !text.toString().equals(content(name));
        Mark saved = mark();
        save(name, text.toString());
        if (isAlive() && isNews) {
            AtomicReference<Instant> last = new AtomicReference<>(Instant.now());
            Awaitility.await()
                    .atMost(TAKEN_MAX)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> {
                        boolean taken = saved.log()
                                .lines()
                                .anyMatch(line -> line.matches(".*ing configuration .* from .*/" + name));
                        if (!taken && last.get().plus(TAKEN_AGAIN).isBefore(Instant.now())) {
                            last.set(Instant.now());
                            Files.setLastModifiedTime(etc().resolve(name), FileTime.from(last.get()));
                        }
                        return taken;
                    });
        }
    }

    private String content(String name) {
        Path file = etc().resolve(name);
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a file or a folder in etc, if it is there. */
    void remove(String name) {
        try {
            delete(etc().resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Karaf's log so far. */
    String log() {
        Path log = home.resolve("data/log/karaf.log");
        try {
            return Files.exists(log) ? Files.readString(log, UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A place in the log, so that what comes after can be told from what was there. */
    Mark mark() {
        return new Mark(log().length());
    }

    Mark fromTheBeginning() {
        return new Mark(0);
    }

    /** What the log says from some place on. */
    final class Mark {

        private final int place;

        private Mark(int place) {
            this.place = place;
        }

        String log() {
            return Karaf.this.log().substring(place);
        }

        /** The collector's own messages at a level, and what its Camel, Quartz or AWS SDK say as a warning or worse. */
        List<String> logged(String levels) {
            Pattern line = Pattern.compile("\\S+ \\| (?<level>\\w+) *\\| .* \\| (?<logger>\\S+) *\\| \\d+ - " + BUNDLE
                    + " - \\S+ \\| (?<message>.*)");
            return log().lines()
                    .map(line::matcher)
                    .filter(Matcher::matches)
                    .filter(said -> said.group("level").matches(levels))
                    .filter(said -> !said.group("level").equals("INFO") || OWN_LOGGERS.contains(said.group("logger")))
                    .map(said -> said.group("message"))
                    .toList();
        }

        void await(String text) {
            Awaitility.await("'" + text + "' in the log")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> log().contains(text));
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }

    private void set(String file, String option, Object value) throws IOException {
        Path path = etc().resolve(file);
        Files.writeString(path, Files.readString(path, UTF_8) + "\n" + option + " = " + value + "\n", UTF_8);
    }

    private interface Writing {
        void to(Path file) throws IOException;
    }

    /** Writes beside the scanned folder and moves, so that nobody reads half a file. */
    private void replace(Path file, Writing writing) {
        try {
            Path half = home.resolve(file.getFileName() + ".part");
            Files.deleteIfExists(half);
            writing.to(half);
            Files.createDirectories(file.getParent());
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            Collection<Path> deepestFirst =
                    files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }
}
