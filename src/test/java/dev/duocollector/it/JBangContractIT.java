// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duocollector.route.World;
import dev.duocollector.settings.LogSettings;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.testing.Nightly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Camel JBang: {@code camel run routes/*.camel.yaml application.properties --dep=mvn:dev.duocollector:…}, as EMBEDDING.md gives
 * it, by the code behind the command {@code camel}. Two things differ from an operator's: its Camel is the newest that the
 * registry serves, 4.17.0, and what it would download comes from this machine's Maven repository.
 */
@Nightly
class JBangContractIT implements CollectorContract {

    private final ItProject jbang = ItProject.named("jbang");

    @TempDir
    private Path folder;

    @Override
    public RunningCollector start(World world) {
        return start(CollectorJar.environment(world));
    }

    @Test
    @Override
    public void everyEventOnce_ofTwoLogsOfThreeAccounts_withNothingSecretSaid(@TempDir Path accounts) {
        CollectorContract.super.everyEventOnce_ofTwoLogsOfThreeAccounts_withNothingSecretSaid(accounts);
    }

    /** The file is that of an earlier release, which its user has changed and keeps. */
    @Test
    void takesTheFile_andTheEnvironmentBeforeIt() throws IOException {
        try (World world = World.inRealTime().set("duo.page.size", "4")) {
            world.settings.remove("duo.schedule.auto-startup");
            Instant now = Instant.now();
            world.events.add(
                    new MadeUpEvents(6).spread(3, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5))));
            copySources();
            StringBuilder file = new StringBuilder("\n");
            world.settings.forEach((setting, value) ->
                    file.append(setting).append('=').append(value).append('\n'));
            Path before = Path.of("src/test/resources/upgrade/one-stream/application.properties");
            Files.writeString(folder.resolve("application.properties"), Files.readString(before) + file);
            Map<String, String> environment = new HashMap<>(CollectorJar.credentials());
            environment.put("DUO_LOOKBACK", "PT2H");

            try (RunningCollector collector = start(environment)) {
                await().atMost(PATIENCE).until(() -> world.lines().size() == 3);
                Map<String, String> query = world.duo.requests().get(0).query();
                assertThat(query).as("from the file").containsEntry("limit", "4");
                assertThat(Long.parseLong(query.get("maxtime")) - Long.parseLong(query.get("mintime")))
                        .as("from the environment")
                        .isEqualTo(Duration.ofHours(2)
                                .minusMinutes(2)
                                .minus(LogSettings.WINDOW_MARGIN)
                                .toMillis());
                collector.assertNothingSecret();
            }
        }
    }

    private RunningCollector start(Map<String, String> environment) {
        List<String> arguments = new ArrayList<>(List.of("run"));
        arguments.addAll(copySources());
        arguments.add("--dep=mvn:dev.duocollector:duo-telephony-collector:" + ItProject.property("thin.version"));
        arguments.add("--maven-settings=false");
        arguments.add("--maven-central-enabled=false");
        arguments.add("--maven-apache-snapshot-enabled=false");
        arguments.add(
                "--repos=" + Path.of(ItProject.property("local.repository")).toUri());
        arguments.add("--logging-color=false");
        return jbang.start(
                List.of(
                        "-Dmaven.repo.local=" + ItProject.property("it.repository"),
                        // The command keeps a file for each of its processes there.
                        "-Duser.home=" + folder),
                folder,
                environment,
                "Camel",
                arguments);
    }

    /** Puts the routes and the settings into the working directory, where none are yet, and returns their names. */
    private List<String> copySources() {
        TreeSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> routes = Files.newDirectoryStream(Path.of("routes"), "*.camel.yaml")) {
            Files.createDirectories(folder.resolve("routes"));
            routes.forEach(file -> names.add(file.toString()));
            names.add("application.properties");
            for (String name : names) {
                if (!Files.exists(folder.resolve(name))) {
                    Files.copy(Path.of(name), folder.resolve(name));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(names);
    }
}
