// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.app.CamelApplication;
import dev.duocollector.check.Check;
import dev.duocollector.check.Preflight;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.Selection;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A machine whose clock is half a minute off: it collects what one with a right clock does, and says so once. */
class ClockOffTest {

    private static final Duration STEP = Duration.ofMinutes(20);

    private World world = new World();
    private final Logs logs = Logs.capture();

    @AfterEach
    void close() {
        logs.close();
        world.close();
    }

    @ParameterizedTest
    @CsvSource({"PT30S, 29 s ahead of, PT-30S", "PT-30S, 30 s behind, PT30S"})
    void everyEventOnce_withOneWarnOfEach(Duration off, String words, Duration other) {
        List<SimulatedEvent> events = new ArrayList<>(new MadeUpEvents(5)
                .spread(60, World.START.minus(Duration.ofMinutes(55)), World.START.plus(STEP.multipliedBy(4))));
        // Each third one is shown as late as Duo does.
        for (int i = 0; i < events.size(); i += 3) {
            events.set(i, events.get(i).visibleFrom(events.get(i).ts().plus(Duration.ofMinutes(2))));
        }
        world.events.add(events);
        try (TestCollector first = TestCollector.start(world.settings, Clock.offset(world.clock, off));
                TestCollector second = TestCollector.start(world.settings, Clock.offset(world.clock, other))) {
            for (int round = 0; round < 7; round++) {
                // In turns with one whose clock is off the other way, as a node of the same streams may be.
                TestCollector node = round % 3 == 2 ? second : first;
                assertThat(node.run().outcome()).isEqualTo(RunOutcome.DONE);
                world.clock.advance(STEP);
            }
        }
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
        assertThat(logs.lines(Level.WARN))
                .filteredOn(line -> line.contains(words))
                .hasSize(2)
                .anyMatch(line -> line.startsWith("This machine's clock is at least " + words + " S3's. "))
                .anyMatch(line -> line.startsWith("This machine's clock is at least " + words + " Duo's. "));
        assertThat(logs.lines(Level.WARN)).as("and two of the other").hasSize(4);
        assertThat(logs.lines(Level.ERROR)).isEmpty();
    }

    @Test
    void nothingIsSaid_whileTheClockIsRight_orTheStoresIsToBeIgnored() {
        try (TestCollector right = world.start()) {
            assertThat(right.run().outcome()).isEqualTo(RunOutcome.DONE);
        }
        assertThat(logs.lines(Level.WARN)).isEmpty();
        world.set("s3.clock", "ignore");
        try (TestCollector wrong =
                TestCollector.start(world.settings, Clock.offset(world.clock, Duration.ofSeconds(-30)))) {
            world.clock.advance(STEP);
            assertThat(wrong.run().outcome()).isEqualTo(RunOutcome.DONE);
        }
        assertThat(logs.lines(Level.WARN)).singleElement().asString().contains("30 s behind Duo's");
    }

    @Test
    void onceAndCheck_sayIt() {
        world.close();
        Clock theirs = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-40));
        world = new World(duo -> duo.clock(theirs));
        world.s3Proxy.dateAnswers(theirs);
        MovableClock.release();
        world.events.add(List.of(new MadeUpEvents(1).at(Instant.now().minusSeconds(1800))));

        List<Check> checks = new ArrayList<>();
        new Preflight(Map.of(), world.settings, Selection.ALL, checks::add).run();
        assertThat(checks)
                .filteredOn(check -> check.name().equals("duo-clock"))
                .singleElement()
                .satisfies(check -> assertThat(check.detail()).contains("s ahead of Duo's. Keep it right with NTP"));
        assertThat(checks)
                .filteredOn(check -> check.name().equals("state"))
                .singleElement()
                .satisfies(check ->
                        assertThat(check.detail()).contains("This machine's clock is at least ", " s ahead of S3's."));

        assertThat(CamelApplication.withoutSchedule(Map.of(), world.settings).runOnce())
                .isZero();
        assertThat(world.lines()).hasSize(1);
        assertThat(logs.lines(Level.WARN))
                .anyMatch(line -> line.contains("s ahead of S3's."))
                .anyMatch(line -> line.contains("s ahead of Duo's."));
    }
}
