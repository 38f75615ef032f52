// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Test;

/** What the routes do not do to events that no step of an operator's touches: parse them into maps. */
class UntouchedEventsTest {

    private static final String STEPS = """
            - route:
                id: event-steps
                errorHandler:
                  noErrorHandler: {}
                from:
                  uri: direct:event-steps
                  steps:
                    - process: { ref: "#class:dev.duocollector.route.UntouchedEventsTest$Unhashable" }
            """;

    @Test
    void events_areStored_withoutBeingHashed() {
        try (World world = new World();
                TestCollector collector =
                        TestCollector.start(world.settings, world.clock, Map.of("event-steps.camel.yaml", STEPS))) {
            List<SimulatedEvent> events = new MadeUpEvents(1)
                    .spread(3, World.START.minus(Duration.ofMinutes(50)), World.START.minus(Duration.ofMinutes(5)));
            world.events.add(events);

            RunReport report = collector.run();

            assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
            assertThat(world.lines()).containsExactlyElementsOf(World.stored(events));
        }
    }

    /**
     * Leaves the events in a list that refuses its hash code, which is made of every member of every event. Camel's Simple
     * asks for it at each {@code ${body.size}}.
     */
    public static final class Unhashable implements Processor {

        @Override
        public void process(Exchange exchange) {
            exchange.getMessage()
                    .setBody(new UnhashableList(exchange.getMessage().getBody(List.class)));
        }
    }

    private static final class UnhashableList extends ArrayList<Object> {

        private static final long serialVersionUID = 1L;

        UnhashableList(List<?> events) {
            super(events);
        }

        @Override
        public boolean equals(Object other) {
            return super.equals(other);
        }

        @Override
        public int hashCode() {
            throw new IllegalStateException("A step has asked for the hash code of the events");
        }
    }
}
