// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.RecordedRequest;
import dev.duocollector.simulator.SimulatedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** What a collector does when nothing goes wrong: windows, pages, objects, and what they hold. */
class TelephonyRouteTest {

    private static final Instant START = World.START;
    private static final Duration HOUR = Duration.ofHours(1);

    private final MadeUpEvents madeUp = new MadeUpEvents(1);

    private List<SimulatedEvent> beforeStart(int count) {
        return madeUp.spread(count, START.minus(Duration.ofMinutes(50)), START.minus(Duration.ofMinutes(15)));
    }

    @Test
    void storesEveryEventOnce_inPagesOfTheLimit() {
        try (World world = new World().set("duo.page.size", "10");
                TestCollector collector = world.start()) {
            List<SimulatedEvent> events = beforeStart(25);
            world.events.add(events);

            RunReport report = collector.run();

            assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
            assertThat(report.line())
                    .contains(
                            "2026-11-23T07:00:00Z..2026-11-23T07:57:50Z",
                            "25 new events, 0 dropped by your steps, 25 stored in 3 objects",
                            "0 seen before");
            assertThat(world.lines()).containsExactlyElementsOf(World.stored(events));
            assertThat(world.objects().keySet())
                    .hasSize(3)
                    .first()
                    .asString()
                    .matches("duo-telephony/telephony_20261123T075750\\.000Z_00001_[0-9a-f]{12}\\.ndjson");
            assertThat(report.line()).contains(world.objects().lastKey());
        }
    }

    @Test
    void makesOneGetOnePutAndOneStatePut_forEachPageWithNewEvents() {
        try (World world = new World().set("duo.page.size", "10");
                TestCollector collector = world.start()) {
            world.events.add(beforeStart(30));

            collector.run();

            List<ProxiedRequest> writes = world.s3Proxy.requests().stream()
                    .filter(ProxiedRequest::isWrite)
                    .toList();
            assertThat(world.duo.requests()).as("GETs for 3 pages").hasSize(3 + 1);
            assertThat(writes).as("data PUTs and state PUTs").hasSize(3 + 3 + 1 + 2);
            assertThat(writes).filteredOn(World::isState).as("state PUTs").hasSize(3 + 1 + 2);
            assertThat(writes.subList(1, 3))
                    .as("after a program's first state PUT, two that a store must refuse")
                    .extracting(ProxiedRequest::status)
                    .containsExactly(412, 412);
            assertThat(writes).filteredOn(write -> write.status() == 412).hasSize(2);

            world.clock.advance(HOUR);
            world.s3Proxy.reset();
            collector.run();
            assertThat(world.s3Proxy.requests())
                    .as("state PUTs of the same program's next run, which finds nothing new")
                    .filteredOn(ProxiedRequest::isWrite)
                    .hasSize(1);
        }
    }

    @Test
    void storesNothing_whenNothingIsNew_andCommitsAllTheSame() {
        try (World world = new World();
                TestCollector collector = world.start()) {
            List<SimulatedEvent> events = beforeStart(5);
            world.events.add(events);
            collector.run();
            world.clock.advance(HOUR);
            String before = world.state();

            RunReport report = collector.run();

            assertThat(report.line()).contains("0 new events, 0 dropped by your steps, 0 stored in 0 objects");
            assertThat(world.objects()).hasSize(1);
            assertThat(before).contains("\"committedThrough\":\"2026-11-23T07:57:50Z\"");
            assertThat(world.state()).contains("\"committedThrough\":\"2026-11-23T08:57:50Z\"");
        }
    }

    /** OPERATIONS, "Moving the bucket". */
    @Test
    void goesOnInAnotherBucket_whenTheStateIsCopiedThere() {
        try (World world = new World()) {
            List<SimulatedEvent> before = beforeStart(5);
            world.events.add(before);
            try (TestCollector collector = world.start()) {
                collector.run();
            }
            String moved = world.bucket + "-moved";
            World.s3().createBucket(moved);
            World.s3()
                    .client()
                    .putObject(
                            request -> request.bucket(moved).key(World.STATE_KEY),
                            RequestBody.fromString(world.state()));
            SimulatedEvent later = new MadeUpEvents(8).at(World.START.plus(Duration.ofMinutes(10)));
            world.events.add(later);
            world.clock.advance(HOUR);
            world.set("s3.bucket", moved);
            try (TestCollector collector = world.start()) {
                assertThat(collector.run().line())
                        .contains("1 new event, 0 dropped by your steps, 1 stored in 1 object");
            }

            assertThat(world.lines()).as("the old bucket").containsExactlyInAnyOrderElementsOf(World.stored(before));
            assertThat(World.s3().objects(moved, "duo-telephony/").values())
                    .as("the new one")
                    .singleElement()
                    .satisfies(object -> assertThat(new String(object, UTF_8))
                            .isEqualTo(World.stored(List.of(later)).get(0) + "\n"));
        }
    }

    @Test
    void hasNothingToRead_withinASecondOfTheLastWindow_orWhenTheClockGoesBack() {
        try (World world = new World();
                TestCollector collector = world.start()) {
            collector.run();
            int requests = world.duo.requests().size();
            String state = world.state();

            world.clock.advance(Duration.ofMillis(900));
            RunReport soon = collector.run();
            world.clock.advance(Duration.ofMinutes(-4));
            RunReport back = collector.run();

            assertThat(soon.line()).isEqualTo("Nothing to read yet: collected through 2026-11-23T07:57:50Z.");
            assertThat(back.outcome()).isEqualTo(RunOutcome.DONE);
            assertThat(world.duo.requests()).hasSize(requests);
            assertThat(world.state()).isEqualTo(state);
        }
    }

    @Test
    void findsLateEventsOnce_withinTheOverlap() {
        try (World world = new World();
                TestCollector collector = world.start()) {
            List<SimulatedEvent> events = new ArrayList<>(beforeStart(3));
            // In the first window's last minutes, shown only after it was read.
            Instant late = START.minus(Duration.ofMinutes(11));
            events.add(madeUp.at(late).visibleFrom(late.plus(Duration.ofMinutes(12))));
            world.events.add(events);
            collector.run();
            assertThat(world.lines()).hasSize(3);
            world.clock.advance(HOUR);

            RunReport report = collector.run();

            assertThat(report.line()).contains("1 new event, 0 dropped by your steps, 1 stored in 1 object");
            assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
            world.clock.advance(HOUR);
            collector.run();
            assertThat(world.lines()).hasSize(4);
        }
    }

    @Test
    void keepsEveryValueAsDuoSentIt() {
        try (World world = new World().set("duo.page.size", "4");
                TestCollector collector = world.start()) {
            List<SimulatedEvent> events = new ArrayList<>(madeUp.exotic(START.minus(Duration.ofMinutes(50))));
            events.add(madeUp.withoutTelephonyId(START.minus(Duration.ofMinutes(20))));
            SimulatedEvent twin = madeUp.at(START.minus(Duration.ofMinutes(19)));
            events.addAll(List.of(twin, madeUp.twinOf(twin)));
            world.events.add(events);

            collector.run();

            assertThat(events).extracting(SimulatedEvent::json).anyMatch(json -> json.contains("2.50"));
            assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
        }
    }

    @Test
    void storesAnEventThatAPageHoldsTwice_once() {
        try (World world = new World();
                TestCollector collector = world.start()) {
            List<SimulatedEvent> events = beforeStart(3);
            world.events.add(events);
            world.events.add(events.get(1));

            RunReport report = collector.run();

            assertThat(report.line())
                    .contains("3 new events, 0 dropped by your steps, 3 stored in 1 object, 1 seen before");
            assertThat(world.lines()).containsExactlyElementsOf(World.stored(events));
        }
    }

    @Test
    void storesAnEventWithoutTime_once() {
        try (World world = new World();
                TestCollector collector = world.start()) {
            SimulatedEvent timeless = madeUp.withoutTs(START.minus(Duration.ofMinutes(6)));
            world.events.add(timeless);
            collector.run();
            world.clock.advance(Duration.ofMinutes(5));

            RunReport second = collector.run();

            assertThat(second.line()).contains("1 seen before");
            assertThat(world.lines()).containsExactlyElementsOf(World.stored(List.of(timeless)));
        }
    }

    /** Duo may show it in any window, having no time to tell it by. */
    @Test
    void storesAnEventWithoutTime_once_howeverManyWindowsShowIt() {
        try (World world = new World();
                TestCollector collector = world.start()) {
            SimulatedEvent timeless = madeUp.withoutTs(START.minus(Duration.ofMinutes(6)));
            for (int hour = 0; hour < 4; hour++) {
                Instant shown = timeless.ts().plus(Duration.ofHours(hour));
                world.events.add(new SimulatedEvent(shown, shown, timeless.id(), timeless.json()));
                collector.run();
                world.clock.advance(Duration.ofHours(1));
            }

            assertThat(world.lines()).containsExactlyElementsOf(World.stored(List.of(timeless)));
        }
    }

    /** Its key is dated the end of the window that showed it too early, which the third window no longer reaches back to. */
    @Test
    void storesAnEventLaterThanItsWindow_once_howeverManyWindowsShowIt() {
        try (World world = new World();
                TestCollector collector = world.start()) {
            Instant covered = START.minus(Duration.ofSeconds(130));
            SimulatedEvent late = madeUp.at(covered.plus(Duration.ofMinutes(8)));
            Instant early = covered.minus(Duration.ofMinutes(1));
            world.events.add(late, new SimulatedEvent(early, early, late.id(), late.json()));
            for (int quarter = 0; quarter < 4; quarter++) {
                collector.run();
                world.clock.advance(Duration.ofMinutes(15));
            }

            assertThat(world.lines()).containsExactlyElementsOf(World.stored(List.of(late)));
        }
    }

    @Test
    void writesRawEvents_whenTold() {
        try (World world = new World().set("event.shape", "raw");
                TestCollector collector = world.start()) {
            List<SimulatedEvent> events = beforeStart(2);
            world.events.add(events);

            collector.run();

            assertThat(world.lines())
                    .containsExactlyElementsOf(
                            events.stream().map(SimulatedEvent::json).toList());
        }
    }

    @Test
    void compressesObjects_whenTold() {
        try (World world = new World().set("s3.compression", "gzip");
                TestCollector collector = world.start()) {
            List<SimulatedEvent> events = beforeStart(7);
            world.events.add(events);

            collector.run();

            String key = world.objects().firstKey();
            assertThat(key).endsWith(".ndjson.gz");
            assertThat(world.contentType(key)).isEqualTo("application/gzip");
            assertThat(world.lines()).containsExactlyElementsOf(World.stored(events));
        }
    }

    @Test
    void saysNdjson_ofPlainObjects() {
        try (World world = new World();
                TestCollector collector = world.start()) {
            world.events.add(beforeStart(1));

            collector.run();

            assertThat(world.contentType(world.objects().firstKey())).isEqualTo("application/x-ndjson");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a//b/", "/logs/duo"})
    void putsObjectsUnderThePrefix_howeverItsSlashesStand(String prefix) {
        try (World world = new World().set("s3.prefix", prefix).set("state.inside-prefix", "true");
                TestCollector collector = world.start()) {
            world.events.add(beforeStart(1));

            collector.run();

            assertThat(world.everything().keySet())
                    .hasSize(2)
                    .noneMatch(key -> key.startsWith("/") || key.contains("//"))
                    .anyMatch(key -> key.matches("((a/b|logs/duo)/)?telephony_.*"));
        }
    }

    @Test
    void goesOnWithTheWindow_afterTheBoundOnPages() {
        try (World world = new World().set("duo.page.size", "10").set("max.iterations", "1");
                TestCollector collector = world.start()) {
            List<SimulatedEvent> events = beforeStart(25);
            world.events.add(events);
            List<RunOutcome> outcomes = new ArrayList<>();
            for (int run = 0; run < 4; run++) {
                world.clock.advance(Duration.ofSeconds(10));
                outcomes.add(collector.run().outcome());
            }

            assertThat(outcomes).containsExactly(RunOutcome.MORE, RunOutcome.MORE, RunOutcome.MORE, RunOutcome.DONE);
            assertThat(world.lines()).containsExactlyElementsOf(World.stored(events));
            assertThat(world.duo.requests())
                    .extracting(request -> request.query().get("maxtime"))
                    .containsOnly(
                            Long.toString(START.minus(Duration.ofMinutes(2)).toEpochMilli()));
        }
    }

    @Test
    void makesProgress_whenBoundedPagesHoldNothingNew() {
        // The overlap alone takes several pages here: a run that did not write its state would stand still for ever.
        try (World world = new World().set("duo.page.size", "2").set("duo.overlap", "30m");
                TestCollector first = world.start()) {
            List<SimulatedEvent> events =
                    madeUp.spread(8, START.minus(Duration.ofMinutes(25)), START.minus(Duration.ofMinutes(15)));
            world.events.add(events);
            first.run();
            world.clock.advance(Duration.ofMinutes(10));
            world.set("max.iterations", "1");
            List<RunOutcome> outcomes = new ArrayList<>();
            for (int run = 0; run < 6; run++) {
                TestCollector collector = world.start();
                outcomes.add(collector.run().outcome());
                collector.abandon();
            }

            assertThat(outcomes).startsWith(RunOutcome.MORE).contains(RunOutcome.DONE);
            assertThat(world.lines()).containsExactlyElementsOf(World.stored(events));
        }
    }

    @Test
    void keepsTheWindowAsItWasOpened_whenSettingsChange() {
        try (World world = new World().set("duo.page.size", "3").set("max.iterations", "1")) {
            world.events.add(beforeStart(7));
            TestCollector first = world.start();
            first.run();
            first.abandon();
            world.set("duo.page.size", "5")
                    .set("duo.lag", "30m")
                    .set("duo.overlap", "20m")
                    .set("max.iterations", "0");

            try (TestCollector changed = world.start()) {
                changed.run();
            }

            Stream<RecordedRequest> requests = world.duo.requests().stream();
            assertThat(requests.map(request -> request.query().get("limit") + " "
                            + request.query().get("mintime") + " "
                            + request.query().get("maxtime")))
                    .hasSize(4)
                    .containsOnly("3 " + START.minus(HOUR).toEpochMilli() + " "
                            + START.minus(Duration.ofSeconds(130)).toEpochMilli());
        }
    }

    @Test
    void findsNothingTwice_whenTheOverlapIsRaised() {
        try (World world = new World().set("duo.lookback", "30m")) {
            List<SimulatedEvent> events =
                    madeUp.spread(6, START.minus(Duration.ofMinutes(28)), START.minus(Duration.ofMinutes(3)));
            world.events.add(events);
            TestCollector first = world.start();
            first.run();
            world.clock.advance(Duration.ofMinutes(5));
            first.run();
            first.abandon();
            world.set("duo.overlap", "24h");
            world.clock.advance(Duration.ofMinutes(5));

            try (TestCollector raised = world.start()) {
                RunReport report = raised.run();

                assertThat(report.line()).contains("0 new events");
            }
            assertThat(world.lines()).containsExactlyElementsOf(World.stored(events));
        }
    }

    @Test
    void countsAnObjectThatIsThereAlready_asDelivered() {
        try (World world = new World();
                TestCollector first = world.start()) {
            List<SimulatedEvent> events = beforeStart(4);
            world.events.add(events);
            first.run();
            String key = world.objects().firstKey();
            byte[] content = world.objects().get(key);
            world.deleteState();
            first.abandon();
            TestCollector again = world.set("state.first-run", "allow").start();

            RunReport report = again.run();
            again.abandon();

            assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
            assertThat(world.objects().keySet()).containsExactly(key);
            assertThat(world.objects().get(key)).isEqualTo(content);
            assertThat(world.s3Proxy.requests())
                    .filteredOn(request -> request.isWrite() && !World.isState(request))
                    .extracting(ProxiedRequest::status)
                    .as("written once: a feed takes an object that is written again for a new one")
                    .containsExactly(200, 412);
        }
    }

    @Test
    void keepsWorking_forAQuietTenant() {
        try (World world = new World();
                TestCollector collector = world.start();
                Logs logs = Logs.capture()) {
            for (int day = 0; day < 200; day += 5) {
                assertThat(collector.run().outcome()).isEqualTo(RunOutcome.DONE);
                world.clock.advance(Duration.ofDays(5));
            }
            SimulatedEvent event = madeUp.at(world.clock.instant().minus(Duration.ofMinutes(30)));
            world.events.add(event);

            collector.run();

            assertThat(world.lines()).containsExactlyElementsOf(World.stored(List.of(event)));
            assertThat(logs.lines(Level.WARN)).isEmpty();
        }
    }

    @Test
    void saysWhichGapThereIs_afterMoreThanDuoKeeps_andGoesOn() {
        try (World world = new World();
                TestCollector collector = world.start();
                Logs logs = Logs.capture()) {
            collector.run();
            world.clock.advance(Duration.ofDays(185));
            SimulatedEvent event = madeUp.at(world.clock.instant().minus(Duration.ofDays(100)));
            world.events.add(event);

            RunReport report = collector.run();

            assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
            assertThat(world.lines()).containsExactlyElementsOf(World.stored(List.of(event)));
            assertThat(logs.lines(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("2026-11-23T07:57:50Z..2026-11-28T09:00:00.001Z", "no event of that time");
        }
    }

    @Test
    void raisesTheStartOfAnOpenWindow_whenDuoNoLongerKeepsIt() {
        try (World world = new World()
                        .set("duo.page.size", "2")
                        .set("max.iterations", "1")
                        .set("duo.lookback", "180d");
                TestCollector collector = world.start();
                Logs logs = Logs.capture()) {
            List<SimulatedEvent> events =
                    madeUp.spread(4, START.minus(Duration.ofDays(179)), START.minus(Duration.ofDays(20)));
            world.events.add(events);
            collector.run();
            world.clock.advance(Duration.ofDays(2));

            RunOutcome second = collector.run().outcome();
            RunOutcome third = collector.run().outcome();

            assertThat(List.of(second, third)).containsExactly(RunOutcome.MORE, RunOutcome.DONE);
            assertThat(world.lines()).containsExactlyElementsOf(World.stored(events));
            assertThat(logs.lines(Level.WARN)).anyMatch(line -> line.contains("now begins there"));
        }
    }

    @Test
    void givesUpAnOpenWindow_thatDuoKeepsNothingOf_andGoesOn() {
        try (World world = new World().set("duo.page.size", "2").set("max.iterations", "1");
                TestCollector collector = world.start();
                Logs logs = Logs.capture()) {
            List<SimulatedEvent> events = beforeStart(4);
            world.events.add(events);
            collector.run();
            world.clock.advance(Duration.ofDays(200));
            // The first page's batch is pending no more: the bounded run wrote its end.
            RunReport report = collector.run();

            assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
            assertThat(world.lines()).containsExactlyElementsOf(World.stored(events.subList(0, 2)));
            assertThat(logs.lines(Level.WARN))
                    .anyMatch(line -> line.contains("Duo no longer keeps anything of the open window"))
                    .anyMatch(line -> line.contains("no event of that time can be collected"));
        }
    }
}
