// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.app.CamelApplication;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.SettingsException;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * This release takes over from the one with contract version 3: the operator's settings and steps, and a bucket with objects
 * and a state that this release wrote before it was killed with a batch pending ({@code src/test/resources/upgrade}).
 */
class UpgradeTest {

    private static final Path BEFORE = Path.of("src/test/resources/upgrade");

    @TempDir
    Path folder;

    @Test
    void everyEventOnce_acrossTheUpgrade() throws IOException {
        try (World world = new World()) {
            MadeUpEvents later = new MadeUpEvents(12);
            List<SimulatedEvent> events = new ArrayList<>(new MadeUpEvents(11)
                    .spread(5, World.START.minus(Duration.ofMinutes(50)), World.START.minus(Duration.ofMinutes(5))));
            events.addAll(later.spread(3, World.START, World.START.plus(Duration.ofMinutes(50))));
            world.events.add(events);
            world.clock.advance(Duration.ofHours(1));
            for (Map.Entry<String, byte[]> object : bucket().entrySet()) {
                World.s3()
                        .client()
                        .putObject(
                                put -> put.bucket(world.bucket).key(object.getKey()),
                                RequestBody.fromBytes(object.getValue()));
            }
            assertThat(world.state()).contains("\"pending\":{");
            assertThat(world.lines()).as("stored before").hasSize(5);
            settings().forEach((name, value) -> world.set(name.toString(), value.toString()));

            try (TestCollector collector = TestCollector.start(
                    world.settings,
                    world.clock,
                    Map.of(
                            "event-steps.camel.yaml",
                            Files.readString(BEFORE.resolve("routes/event-steps.camel.yaml"))))) {
                assertThat(collector.run().outcome()).isEqualTo(RunOutcome.DONE);
                world.clock.advance(Duration.ofMinutes(5));
                assertThat(collector.run().outcome()).isEqualTo(RunOutcome.DONE);
            }

            assertThat(world.lines())
                    .containsExactlyInAnyOrderElementsOf(World.stored(events).stream()
                            .map(line -> line.replaceFirst("\"phone\":\"[^\"]*\",", ""))
                            .toList());
            world.assertUdmOfEveryObject();
            assertThat(bucket().keySet())
                    .filteredOn(key -> !key.equals(World.STATE_KEY))
                    .allSatisfy(key -> assertThat(world.everything()).containsKey(key));
        }
    }

    /** The routes that an operator had copied out of the jar and changed. */
    @Test
    void routesOfEarlierNames_areRefused_withWhatReplacedThem() throws IOException {
        for (String file : List.of("telephony", "object", "schedule")) {
            Files.writeString(
                    folder.resolve(file + ".camel.yaml"),
                    "- beans: [{name: " + file + "-contract-3, type: java.lang.Object}]\n");
        }
        Files.copy(BEFORE.resolve("routes/event-steps.camel.yaml"), folder.resolve("event-steps.camel.yaml"));
        CamelApplication application =
                CamelApplication.inContainer(Map.of(), folder, "etc/dev.duocollector.cfg", RememberingContext::unbuilt);

        SettingsException refused =
                Assertions.catchThrowableOfType(SettingsException.class, application::startCollecting);

        assertThat(refused.problems())
                .filteredOn(problem -> problem.contains(folder.toString()))
                .satisfiesExactly(
                        object -> assertThat(object)
                                .contains("/object.camel.yaml", "is in collect.camel.yaml and store.camel.yaml now"),
                        schedule -> assertThat(schedule)
                                .contains("/schedule.camel.yaml", "its contract version is 3, and the jar's is 6"),
                        telephony -> assertThat(telephony)
                                .contains(
                                        "/telephony.camel.yaml",
                                        "is in collect.camel.yaml and recover.camel.yaml now"));
    }

    private static Properties settings() throws IOException {
        Properties settings = new Properties();
        try (var text = Files.newBufferedReader(BEFORE.resolve("application.properties"))) {
            settings.load(text);
        }
        return settings;
    }

    /** Every object that the release before left behind, by its key. */
    private static Map<String, byte[]> bucket() throws IOException {
        Path bucket = BEFORE.resolve("bucket");
        Map<String, byte[]> objects = new TreeMap<>();
        try (Stream<Path> files = Files.walk(bucket)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                objects.put(bucket.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return objects;
    }
}
