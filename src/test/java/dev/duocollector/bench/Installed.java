// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import dev.duocollector.route.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The jar and its launcher in a folder, as a release archive has them, without settings or route files; and the Java that they are
 * measured on: that of JAVA_HOME, else this one.
 */
record Installed(Path folder, Path java) {

    static Installed in(Path folder, Path jar) throws IOException {
        Installed installed = new Installed(
                folder.toAbsolutePath(),
                Path.of(System.getenv().getOrDefault("JAVA_HOME", System.getProperty("java.home")), "bin", "java"));
        Files.createDirectories(installed.launcher().getParent());
        copy(Path.of("src", "main", "bin", "duo-collector"), installed.launcher());
        copy(jar, installed.jar());
        return installed;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    }

    Path launcher() {
        return folder.resolve("bin").resolve("duo-collector");
    }

    Path jar() {
        return folder.resolve("duo-telephony-collector.jar");
    }

    /** Prepares a process in the folder that has the world's settings; what it prints is in the file. */
    ProcessBuilder process(List<String> command, World world, Path output) {
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
