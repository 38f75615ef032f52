// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.testing.Nightly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A third-party application with a route of its own, made of the collector's pieces: the examples in EMBEDDING.md, "For your
 * own routes", by their own text.
 */
@Nightly
class ThirdPartyApplicationIT {

    private static final Path DOCUMENT = Path.of("src/site/markdown/EMBEDDING.md");
    private static final String TOLD = "alerts/alerted.json";

    private final ItProject application = ItProject.named("third-party");
    private final Instant now = Instant.now();
    private final List<SimulatedEvent> events =
            new MadeUpEvents(7).spread(6, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(10)));

    @TempDir
    private Path folder;

    @Test
    void tellsEachEventOnce_alsoWhenStartedAgain() throws IOException {
        StringBuilder routes = new StringBuilder();
        for (String example : List.of("own-beans", "own-request", "own-repository", "own-ndjson")) {
            routes.append(example(example, "yaml"));
        }
        Files.writeString(folder.resolve("own.camel.yaml"), routes);
        try (World world = World.inRealTime()) {
            world.events.add(events);
            settings(world);
            for (int start = 1; start <= 2; start++) {
                int asked = world.duo.requests().size();
                try (RunningCollector application = start()) {
                    await().atMost(CollectorContract.PATIENCE).untilAsserted(() -> {
                        assertThat(world.duo.requests())
                                .as(application.output())
                                .hasSizeGreaterThan(asked + 2);
                        assertThat(told()).hasSizeGreaterThanOrEqualTo(events.size());
                    });
                    application.kill();
                }

                assertThat(told())
                        .as("told after start %d", start)
                        .containsExactlyInAnyOrderElementsOf(events.stream()
                                .map(event -> event.json().strip())
                                .toList());
            }
            assertThat(world.everything())
                    .as("the keys, and nothing of the collector's")
                    .containsOnlyKeys(TOLD);
            assertThat(world.duo.requests()).allMatch(request -> request.status() == 200);
        }
    }

    @Test
    void theApplicationThatHostsTheCollector_isTheOneInTheDocument() throws IOException {
        String code = Files.readString(Path.of("src/it/third-party/src/main/java/com/example/ThirdParty.java"));

        for (String line : example("own-application", "java").lines().toList()) {
            // The application takes its routes from its arguments; EmbeddedContractIT gives it these.
            if (!line.contains("classpath:routes/*.camel.yaml")) {
                assertThat(code.lines().map(String::strip)).contains(line.strip());
            }
        }
    }

    private RunningCollector start() {
        return application.start(
                List.of(),
                folder,
                CollectorJar.credentials(),
                "com.example.ThirdParty",
                List.of("file:own.camel.yaml", "classpath:watch.camel.yaml"));
    }

    private void settings(World world) throws IOException {
        StringBuilder settings = new StringBuilder();
        world.settings.forEach((setting, value) ->
                settings.append(setting).append('=').append(value).append('\n'));
        Files.writeString(folder.resolve("collector.properties"), settings);
    }

    private List<String> told() throws IOException {
        Path file = folder.resolve("alerts/alerts.ndjson");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static String example(String name, String language) throws IOException {
        Matcher block = Pattern.compile(
                        "<!-- tested: " + name + " -->\\s*```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(DOCUMENT));
        assertThat(block.find()).as("EMBEDDING.md has the example " + name).isTrue();
        return block.group(1);
    }
}
