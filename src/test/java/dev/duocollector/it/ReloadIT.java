// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reloading while an operator writes a route, with the settings that ROUTES.md gives for it. */
class ReloadIT {

    private static final String KEEP = "- log: kept";
    private static final String DROP = "- setBody: { jsonpath: \"$[?(@.context == 'nothing')]\" }";
    private static final String BROKEN = "- lod: kept";

    private final CollectorJar jar = CollectorJar.built();
    private final MadeUpEvents madeUp = new MadeUpEvents(8);
    private final Instant now = Instant.now();
    private int shown;

    @TempDir
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        Files.createDirectory(folder.resolve("routes"));
        Matcher settings = Pattern.compile("<!-- tested: reload -->\\s*```properties\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("src/site/markdown/ROUTES.md")));
        assertThat(settings.find()).isTrue();
        Files.writeString(folder.resolve("application.properties"), settings.group(1));
    }

    @Test
    void anEditTakesEffect_andABrokenOneLeavesTheOldRoute() throws IOException {
        try (World world = World.inRealTime().set("duo.schedule", "* * * * * ?").set("duo.schedule-jitter", "0s")) {
            edit(DROP);
            try (CollectorProcess run = jar.start(folder, CollectorJar.environment(world), "run")) {
                awaitWhileShowing(world, () -> world.duo.requests().size() > 2);
                assertThat(world.objects()).isEmpty();

                edit(KEEP);
                awaitWhileShowing(world, () -> world.lines().size() > 2);

                edit(BROKEN);
                awaitWhileShowing(world, () -> run.logged("WARN").stream().anyMatch(line -> line.contains("lod")));
                int before = world.lines().size();
                awaitWhileShowing(world, () -> world.lines().size() > before + 1);

                edit(DROP);
                awaitWhileShowing(world, () -> nothingMoreIsStored(world));
                assertThat(run.isAlive()).isTrue();
                assertThat(world.lines()).doesNotHaveDuplicates();
            }
        }
    }

    private void edit(String step) throws IOException {
        Files.writeString(folder.resolve("routes/event-steps.camel.yaml"), """
                - route:
                    id: event-steps
                    from:
                      uri: direct:event-steps
                      steps:
                        %s
                """.formatted(step));
    }

    /** Lets Duo show another event each second, so that each run has something to do. */
    private void awaitWhileShowing(World world, Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    world.events.add(madeUp.at(now.minus(Duration.ofMinutes(6)).plusMillis(shown++)));
                    return condition.call();
                });
    }

    /** Tells whether the last five events that Duo has shown, but for the one that it just began to show, are not stored. */
    private boolean nothingMoreIsStored(World world) {
        return world.lines().stream().noneMatch(line -> isOneOfTheLast(world, line));
    }

    private static boolean isOneOfTheLast(World world, String line) {
        int size = world.events.events().size();
        return World.stored(world.events.events().subList(size - 6, size - 1)).contains(line);
    }
}
