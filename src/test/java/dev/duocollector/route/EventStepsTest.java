// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.run.RunOutcome;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What an operator does in event-steps.camel.yaml, with the examples taken from the README's own text. */
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

    private final List<SimulatedEvent> events = new MadeUpEvents(3)
            .spread(12, World.START.minus(Duration.ofMinutes(50)), World.START.minus(Duration.ofMinutes(5)));

    @Test
    void dropsAContext_asTheReadmeShows() throws IOException {
        try (World world = new World();
                TestCollector collector = start(world, readme("drop-context"))) {
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
                TestCollector collector = start(world, readme("mask-phone"))) {
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

    private static TestCollector start(World world, String steps) {
        return TestCollector.start(world.settings, world.clock, Map.of("event-steps.camel.yaml", steps));
    }

    private static String readme(String example) throws IOException {
        Matcher block = Pattern.compile("<!-- tested: " + example + " -->\\s*```yaml\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("README.md")));
        assertThat(block.find()).as("README has the example " + example).isTrue();
        return block.group(1);
    }
}
