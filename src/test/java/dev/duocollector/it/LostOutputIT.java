// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The runnable jar where its standard output goes nowhere: never an exit 0 for what nobody could read. */
class LostOutputIT {

    private static final Path FULL = Path.of("/dev/full");

    private final CollectorJar jar = CollectorJar.built();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--version",
                "config",
                "config --json",
                "check",
                "check --json",
                "once --dry-run",
                "once",
                "state show",
                "state show --json",
                "verify --from FROM --to TO",
                "verify --from FROM --to TO --json",
                "udm events.ndjson",
                "udm --check events.ndjson"
            })
    @EnabledOnOs(OS.LINUX)
    void fullDisk_isExit1(String arguments) throws IOException {
        try (World world = World.inRealTime()) {
            Instant now = Instant.now();
            Instant from = now.minus(Duration.ofMinutes(50));
            Instant to = now.minus(Duration.ofMinutes(5));
            world.events.add(new MadeUpEvents(1).spread(10, from, to));
            Files.writeString(
                    folder.resolve("events.ndjson"),
                    "{\"telephony_id\":\"a\",\"ts\":\"2026-11-23T08:15:00+00:00\"}\n",
                    UTF_8);
            Map<String, String> environment = new HashMap<>(CollectorJar.environment(world));
            if (arguments.startsWith("verify") || arguments.startsWith("state")) {
                try (CollectorProcess before = jar.start(folder, environment, "once")) {
                    assertThat(before.exitCode()).as(before.output()).isZero();
                }
            }
            String[] words = arguments
                    .replace("FROM", from.toString())
                    .replace("TO", now.minus(Duration.ofMinutes(4)).toString())
                    .split(" ");

            try (CollectorProcess lost = jar.startWriting(FULL, folder, environment, words)) {
                assertThat(lost.exitCode()).as(lost.output()).isEqualTo(1);
                assertThat(lost.standardError().lines())
                        .filteredOn(line -> line.startsWith("Standard output could not be written"))
                        .hasSize(1);
            }
            try (CollectorProcess heard = jar.start(folder, environment, words)) {
                assertThat(heard.exitCode())
                        .as("the same, heard: " + heard.output())
                        .isZero();
                assertThat(heard.standardError()).doesNotContain("Standard output");
            }
        }
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
