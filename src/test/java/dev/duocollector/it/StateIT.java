// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/** The command state of the runnable jar: in place of the Lambda, from its state to a run that leaves no gap and no double. */
class StateIT {

    private static final DateTimeFormatter LAMBDA_NAME = DateTimeFormatter.ofPattern(
                    "'duo-telephony/telephony_'uuuuMMdd_HHmmss'.json'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Instant now = Instant.now();

    @TempDir
    Path folder;

    @Test
    void lambdasState_isTakenOver_withTheConsentOfTheCommandLine() throws IOException {
        try (World world = World.inRealTime()) {
            List<SimulatedEvent> events = new MadeUpEvents(31)
                    .spread(40, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(4)));
            world.events.add(events);
            List<SimulatedEvent> ofLambda = events.subList(0, 30);
            putLambdaObject(world, ofLambda);
            Files.writeString(
                    folder.resolve("state.json"),
                    "{\"last_offset\": null, \"last_timestamp_ms\": "
                            + (ofLambda.get(29).ts().toEpochMilli() + 1) + "}");

            try (CollectorProcess asked = state(world, "import", "state.json")) {
                assertThat(asked.exitCode()).as(asked.output()).isEqualTo(2);
                assertThat(asked.standardOutput()).startsWith("The Lambda's state: last_offset null, ");
                assertThat(asked.standardError())
                        .isEqualTo(
                                "Nothing was changed: there is no terminal to confirm it at. Read the above, and add --yes.\n");
            }
            try (CollectorProcess told = state(world, "import", "state.json", "--yes")) {
                assertThat(told.exitCode()).as(told.output()).isZero();
                assertThat(told.standardOutput()).contains("\nWritten: s3://" + world.bucket + "/" + World.STATE_KEY);
                assertThat(told.standardError()).isEmpty();
            }
            try (CollectorProcess once = CollectorJar.built().start(folder, CollectorJar.environment(world), "once")) {
                assertThat(once.exitCode()).as(once.output()).isZero();
                assertThat(once.output()).contains("10 new events");
            }
            assertThat(world.lines()).hasSize(events.size());
            try (CollectorProcess shown = state(world, "show", "--json")) {
                assertThat(shown.exitCode()).as(shown.output()).isZero();
                JsonNode state = new ObjectMapper().readTree(shown.standardOutput());
                assertThat(state.path("streams").path(0).path("lagSeconds").asDouble())
                        .isBetween(120.0, 240.0);
                assertThat(shown.standardError()).isEmpty();
            }
        }
    }

    private void putLambdaObject(World world, List<SimulatedEvent> events) {
        String lines = events.stream().map(SimulatedEvent::json).collect(Collectors.joining("\n"));
        World.s3()
                .client()
                .putObject(
                        request -> request.bucket(world.bucket).key(LAMBDA_NAME.format(now)),
                        RequestBody.fromString(lines));
    }

    /** Without the keys to Duo, which the command does not need. */
    private CollectorProcess state(World world, String... arguments) {
        Map<String, String> environment = new HashMap<>(CollectorJar.environment(world));
        environment.remove("DUO_IKEY");
        environment.remove("DUO_SKEY");
        String[] command = new String[arguments.length + 1];
        command[0] = "state";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return CollectorJar.built().start(folder, environment, command);
    }
}
