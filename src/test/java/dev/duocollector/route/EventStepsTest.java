// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator does in event-steps.camel.yaml, with the examples taken from the documents' own text. */
class EventStepsTest {

    private static final String DROP_EVERYTHING = """
            - route:
                id: event-steps
                errorHandler:
                  noErrorHandler: {}
                from:
                  uri: direct
                  parameters:
                    name: event-steps
                  steps:
                    - setBody:
                        jsonpath: "$[?(@.context == 'nothing')]"
            """;

    @TempDir
    private Path folder;

    private final List<SimulatedEvent> events = new MadeUpEvents(3)
            .spread(12, World.START.minus(Duration.ofMinutes(50)), World.START.minus(Duration.ofMinutes(5)));

    @Test
    void dropsAContext_asTheReadmeShows() throws IOException {
        try (World world = new World();
                TestCollector collector = start(world, shown("drop-context"))) {
            world.events.add(events);

            collector.run();

            List<SimulatedEvent> kept = events.stream()
                    .filter(event -> !event.json().contains("\"context\":\"verify\""))
                    .toList();
            assertThat(kept).as("events of other contexts").isNotEmpty().hasSizeLessThan(events.size());
            assertThat(world.lines()).containsExactlyElementsOf(World.stored(kept));
        }
    }

    @Test
    void masksThePhone_asTheReadmeShows() throws IOException {
        try (World world = new World();
                TestCollector collector = start(world, shown("mask-phone"))) {
            world.events.add(events);

            collector.run();

            assertThat(events).allMatch(event -> event.json().contains("\"phone\":\"+1202555"));
            assertThat(world.lines())
                    .hasSameSizeAs(events)
                    .noneMatch(line -> line.contains("+1202555"))
                    .allMatch(line -> line.matches(".*\"phone\":\"[*]+01\\d\\d\".*"))
                    .allMatch(line -> line.matches(".*\"credits\":\\d.*\"eventtype\":\"telephony\".*"));
        }
    }

    @Test
    void sendsEachPageToASecondPlace_asTheReadmeShows() throws IOException {
        try (World world = world();
                TestCollector collector = start(world, secondPlace(folder))) {
            collector.run();

            assertThat(world.lines()).containsExactlyElementsOf(World.stored(events));
            assertThat(world.objects()).hasSize(3);
            assertThat(filesOf(folder)).containsExactlyInAnyOrderElementsOf(texts(world));
        }
    }

    @Test
    void storesNothing_whileTheSecondPlaceFails() throws IOException {
        Path inTheWay = Files.createFile(folder.resolve("in-the-way"));
        try (World world = world();
                TestCollector collector = start(world, secondPlace(inTheWay))) {
            RunReport failed = collector.run();

            assertThat(failed.outcome()).isEqualTo(RunOutcome.FAILED);
            assertThat(failed.line()).contains("A step of the route event-steps");
            assertThat(world.everything()).as("neither object nor state").isEmpty();

            Files.delete(inTheWay);
            collector.run();

            assertThat(world.lines()).containsExactlyElementsOf(World.stored(events));
            assertThat(filesOf(inTheWay)).containsExactlyInAnyOrderElementsOf(texts(world));
        }
    }

    @Test
    void storesOnce_whatTheSecondPlaceGetsTwice() throws IOException {
        try (World world = world()) {
            world.s3Proxy.plan(
                    FaultPlan.every(1, request -> request.isWrite() && !World.isState(request), Fault.DROP_BEFORE));
            try (TestCollector collector = start(world, secondPlace(folder))) {
                assertThat(collector.run().outcome()).isEqualTo(RunOutcome.FAILED);
                assertThat(world.objects()).isEmpty();
                assertThat(filesOf(folder)).as("sent already").hasSize(1);

                world.s3Proxy.plan(FaultPlan.none());
                collector.run();
            }

            assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
            assertThat(filesOf(folder)).containsExactlyInAnyOrderElementsOf(texts(world));
        }
    }

    @Test
    void storesNothing_ofAPageThatIsDroppedWhole_andCountsItAsSeen() {
        try (World world = new World();
                TestCollector collector = start(world, DROP_EVERYTHING)) {
            world.events.add(events);

            RunReport first = collector.run();
            world.clock.advance(Duration.ofMinutes(5));
            RunReport second = collector.run();

            assertThat(first.outcome()).as(first.line()).isEqualTo(RunOutcome.DONE);
            assertThat(second.line()).contains("seen before").doesNotContain(" 0 seen before");
            assertThat(world.objects()).isEmpty();
            assertThat(world.state()).contains("eventKeys");
        }
    }

    /** The documents' filter with a slip in a name, and as it is meant. */
    @ParameterizedTest
    @CsvSource({"contxt == 'verify', true", "context != 'verify', false"})
    void saysHowManyEventsWereDropped_andWarnsOfAll(String filter, boolean all) throws IOException {
        List<SimulatedEvent> many = new MadeUpEvents(5)
                .spread(60, World.START.minus(Duration.ofMinutes(50)), World.START.minus(Duration.ofMinutes(5)));
        long kept = all
                ? 0
                : many.stream()
                        .filter(event -> !event.json().contains("\"context\":\"verify\""))
                        .count();
        try (World world = new World();
                Logs logs = Logs.capture();
                TestCollector collector = start(world, shown("drop-context").replace("context != 'verify'", filter))) {
            world.events.add(many);

            RunReport report = collector.run();

            assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
            assertThat(report.line())
                    .contains("60 new events, " + (60 - kept) + " dropped by your steps, " + kept + " stored in ");
            assertThat(logs.lines(Level.WARN))
                    .hasSize(all ? 1 : 0)
                    .allMatch(line -> line.contains("dropped all 60 new events of this run"));
        }
    }

    /** An account with events on three pages. */
    private World world() {
        World world = new World().set("duo.page.size", "5");
        world.events.add(events);
        return world;
    }

    private static String secondPlace(Path folder) throws IOException {
        String steps = shown("second-place");
        assertThat(steps).contains("/var/spool/duo-telephony");
        return steps.replace("/var/spool/duo-telephony", folder.toString());
    }

    /** The files of the second place, as one text for each: its path below the folder, and what is in it. */
    private static List<String> filesOf(Path folder) throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                texts.add(folder.relativize(file) + "\n" + Files.readString(file));
            }
        }
        return texts;
    }

    private static List<String> texts(World world) {
        return world.objects().entrySet().stream()
                .map(object -> object.getKey() + "\n" + new String(object.getValue(), StandardCharsets.UTF_8))
                .toList();
    }

    private static TestCollector start(World world, String steps) {
        return TestCollector.start(world.settings, world.clock, Map.of("event-steps.camel.yaml", steps));
    }

    private static String shown(String example) throws IOException {
        String documents =
                Files.readString(Path.of("README.md")) + Files.readString(Path.of("src/site/markdown/ROUTES.md"));
        Matcher block = Pattern.compile("<!-- tested: " + example + " -->\\s*```yaml\\n(.*?)```", Pattern.DOTALL)
                .matcher(documents);
        assertThat(block.find())
                .as("README or ROUTES has the example " + example)
                .isTrue();
        return block.group(1);
    }
}
