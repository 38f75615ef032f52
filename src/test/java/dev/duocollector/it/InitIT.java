// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first steps with the runnable jar in an empty folder: init, config, check, once; and what the options of all do. */
class InitIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What init is told; the rest of a test's settings leads to the servers on this machine. */
    private static final Set<String> ASKED =
            Set.of("DUO_API_HOST", "DUO_IKEY", "DUO_SKEY", "S3_BUCKET", "S3_REGION", "DUO_LOGS");

    private final CollectorJar jar = CollectorJar.built();
    private final Instant now = Instant.now();
    private final List<SimulatedEvent> events =
            new MadeUpEvents(1).spread(10, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5)));

    @TempDir
    private Path folder;

    @TempDir
    private Path elsewhere;

    @Test
    void whatInitWrites_isWhatTheProgramNeeds() throws IOException {
        Path key = Files.writeString(elsewhere.resolve("key"), World.SKEY + "\n");
        try (World world = World.inRealTime()) {
            world.events.add(events);
            Map<String, String> environment = new HashMap<>(CollectorJar.environment(world));
            environment.keySet().removeAll(ASKED);
            String[] init = {
                "init",
                "--api-host",
                World.API_HOST,
                "--ikey",
                World.IKEY,
                "--bucket",
                world.bucket,
                "--region",
                "us-east-1",
                "--check"
            };

            try (CollectorProcess made = jar.startReading(key, folder, environment, init)) {
                assertThat(made.exitCode()).as(made.output()).isZero();
                assertThat(made.standardOutput())
                        .contains("Written to " + folder, "a run would succeed.")
                        .doesNotContain(World.SKEY);
                assertThat(made.standardError()).isEmpty();
            }
            assertThat(names())
                    .containsExactly("application.properties", "collector-policy.json", "reader-policy.json", "skey");
            try (CollectorProcess again = jar.startReading(key, folder, environment, init)) {
                assertThat(again.exitCode()).isEqualTo(2);
                assertThat(again.standardError()).hasLineCount(1).contains("never overwrites");
                assertThat(again.standardOutput()).isEmpty();
            }
            try (CollectorProcess config = jar.start(folder, environment, "config", "--json", "--quiet")) {
                assertThat(config.exitCode()).as(config.output()).isZero();
                assertThat(JSON.readTree(config.standardOutput())
                                .path("files")
                                .path(0)
                                .asText())
                        .endsWith("application.properties");
                assertThat(config.standardError()).isEmpty();
            }

            try (CollectorProcess loud = jar.start(folder, environment, "--verbose", "once")) {
                assertThat(loud.exitCode()).as(loud.output()).isZero();
                assertThat(loud.logged("DEBUG")).isNotEmpty();
                assertThat(loud.logged("INFO")).isNotEmpty();
                loud.assertNothingSecret();
            }
            assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
            try (CollectorProcess quiet = jar.start(folder, environment, "once", "--quiet")) {
                assertThat(quiet.exitCode()).isZero();
                assertThat(quiet.output()).isEmpty();
            }
            // Of a collector that has not run: one that has, within this second, has nothing to ask for.
            environment.put("S3_PREFIX", "first");
            environment.put("STATE_KEY", "first-state/state.json");
            environment.put("DUO_BASE_URL", "http://127.0.0.1:1");
            environment.put("DUO_RETRY_MAX_ELAPSED", "0s");
            try (CollectorProcess quiet = jar.start(folder, environment, "once", "--quiet")) {
                assertThat(quiet.exitCode()).isEqualTo(1);
                assertThat(quiet.output().lines()).as("what is wrong is said").isNotEmpty();
                assertThat(quiet.logged("INFO")).isEmpty();
            }
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
