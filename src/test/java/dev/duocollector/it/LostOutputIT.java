// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.cli.CommandLines;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar where its standard output goes nowhere: never an exit 0 for what nobody could read. */
class LostOutputIT {

    private static final Path FULL = Path.of("/dev/full");

    private static final List<String> COMMANDS = List.of(
            "--version",
            "config",
            "config --json",
            "check",
            "check --json",
            "once --dry-run",
            "state show",
            "state show --json",
            "verify --from FROM --to TO",
            "verify --from FROM --to TO --json",
            "udm events.ndjson",
            "udm --check events.ndjson");

    private final CollectorJar jar = CollectorJar.built();

    @TempDir
    private Path folder;

    /** Each command that prints a result: what is lost is exit 1, and the same, heard, is not. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void fullDisk_isExit1() throws IOException {
        try (World world = World.inRealTime()) {
            Instant now = Instant.now();
            Instant from = now.minus(Duration.ofMinutes(50));
            Instant to = now.minus(Duration.ofMinutes(5));
            world.events.add(new MadeUpEvents(1).spread(10, from, to));
            Files.writeString(
                    folder.resolve("events.ndjson"),
                    "{\"telephony_id\":\"a\",\"ts\":\"2026-11-23T08:15:00+00:00\"}\n",
                    UTF_8);
            Map<String, String> environment = CollectorJar.environment(world);
            // What it prints is its log.
            try (CollectorProcess lost = jar.startWriting(FULL, folder, environment, "once")) {
                assertLost(lost, 1, 1);
            }
            try (CollectorProcess heard = jar.start(folder, environment, "once")) {
                assertThat(heard.exitCode()).as(heard.output()).isZero();
                assertThat(heard.standardError()).doesNotContain("Standard output");
            }
            String[] commandLines = COMMANDS.stream()
                    .map(command -> command.replace("FROM", from.toString())
                            .replace("TO", now.minus(Duration.ofMinutes(4)).toString()))
                    .toArray(String[]::new);

            try (CollectorProcess lost = jar.startAll(List.of(), FULL, folder, environment, commandLines)) {
                assertLost(lost, 0, commandLines.length);
                assertThat(ends(lost)).containsExactlyElementsOf(ends(1, commandLines));
            }
            try (CollectorProcess heard = jar.startAll(List.of(), null, folder, environment, commandLines)) {
                assertThat(heard.exitCode()).as(heard.output()).isZero();
                assertThat(ends(heard)).containsExactlyElementsOf(ends(0, commandLines));
                assertThat(heard.standardError()).doesNotContain("Standard output");
            }
        }
    }

    private static void assertLost(CollectorProcess process, int exitCode, int times) {
        assertThat(process.exitCode()).as(process.output()).isEqualTo(exitCode);
        assertThat(process.standardError().lines())
                .filteredOn(line -> line.startsWith("Standard output could not be written"))
                .hasSize(times);
    }

    private static List<String> ends(CollectorProcess process) {
        return process.standardError()
                .lines()
                .filter(line -> line.startsWith(CommandLines.ENDED))
                .toList();
    }

    private static List<String> ends(int exitCode, String... commandLines) {
        return Stream.of(commandLines)
                .map(commandLine -> CommandLines.ENDED + exitCode + ": " + commandLine)
                .toList();
    }

    @Test
    void closedPipe_isExit1() throws Exception {
        Process process = new ProcessBuilder(jar.command(List.of(), "help", "state"))
                .directory(folder.toFile())
                .start();
        process.getInputStream().close();

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8))
                .startsWith("Standard output could not be written");
    }
}
