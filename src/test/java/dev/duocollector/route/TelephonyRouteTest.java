// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.run.RunOutcome;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a collector does when nothing goes wrong. */
class TelephonyRouteTest {

    private final MadeUpEvents madeUp = new MadeUpEvents(1);

    @Test
    void storesEveryEventOnce_inPagesOfTheLimit() {
        try (World world = new World().set("duo.page.size", "10");
                TestCollector collector = world.start()) {
            List<SimulatedEvent> events = madeUp.spread(
                    25, World.START.minus(Duration.ofMinutes(50)), World.START.minus(Duration.ofMinutes(5)));
            world.events.add(events);

            RunReport report = collector.run();

            assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
            assertThat(world.lines()).containsExactlyElementsOf(World.stored(events));
            assertThat(world.objects()).hasSize(3);
        }
    }
}
