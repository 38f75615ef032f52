// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** A project of src/it, as the build has compiled it: something with a main class, to be started in a JVM of its own. */
final class ItProject {

    /** What a short life does not pay back is off. */
    private static final List<String> JVM_OPTIONS = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private final String classPath;

    private ItProject(String classPath) {
        this.classPath = classPath;
    }

    /** Returns the project in the folder of this name. */
    static ItProject named(String name) {
        Path target = Path.of(property("it.projects"), name, "target");
        try {
            String dependencies = Files.readString(target.resolve("classpath"));
            return new ItProject(target.resolve("classes") + File.pathSeparator + dependencies);
        } catch (IOException e) {
            throw new UncheckedIOException("The project in src/it/" + name + " is not compiled", e);
        }
    }

    /** Returns a property that the build hands to its tests. */
    static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name + ": these tests run in ./mvnw verify");
    }

    /** Returns what its class path has, as its build has found it in a repository. */
    Stream<Path> classPath() {
        return Stream.of(classPath.split(File.pathSeparator, -1)).map(Path::of);
    }

    /** Starts the main class in an environment of nothing else; the caller closes the process. */
    CollectorProcess start(
            List<String> jvmOptions,
            Path workingDirectory,
            Map<String, String> environment,
            String mainClass,
            List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", classPath, mainClass));
        command.addAll(arguments);
        return CollectorProcess.start(command, workingDirectory, environment);
    }
}
