// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.missingOffset;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run makes of a batch that an earlier one declared: of five events in three pages, the first page's two. */
@Timeout(60)
class RecoveryTest {

    private final Incident incident = new Incident();
    private final World world = incident.world;

    @AfterEach
    void close() {
        incident.close();
    }

    @Test
    void goesOnBehindABatch_thatIsInTheBucket() {
        leaveABatchInDoubt(Fault.ANSWER_500_AFTER);
        world.s3Proxy.reset();

        incident.run(RunOutcome.DONE)
                .contains(
                        "3 pages, 3 new events, 0 dropped by your steps, 3 stored in 2 objects",
                        "2 events of an earlier run found in 1 object");

        assertThat(incident.requests())
                .hasSize(Incident.REQUESTS - 1)
                .allSatisfy(request -> assertThat(request.query()).containsKey("next_offset"));
        assertThat(dataWrites()).extracting(ProxiedRequest::status).containsExactly(200, 200);
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void asksForNothing_whenTheBatchInTheBucketWasTheLastOfItsWindow() {
        incident.set("duo.page.size", "10");
        world.duo.misbehave(request -> true, missingOffset());
        leaveABatchInDoubt(Fault.ANSWER_500_AFTER);
        assertThat(incident.requests()).hasSize(1);

        incident.run(RunOutcome.DONE)
                .contains("0 pages, 0 new events", "0 stored", "5 events of an earlier run found in 1 object");

        assertThat(incident.requests()).isEmpty();
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void storesABatchThatIsNotInTheBucket_andWhatJoinedItsPageOnItsOwn() {
        leaveABatchInDoubt(Fault.DROP_BEFORE);
        List<SimulatedEvent> pending = incident.events.subList(0, 2);
        SimulatedEvent joined = joinTheFirstPage();

        incident.run(RunOutcome.DONE).contains("6 new events");

        List<SimulatedEvent> all = new ArrayList<>(incident.events);
        all.add(joined);
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(all));
        assertThat(world.lines().subList(0, 2)).as("the first object").isEqualTo(World.stored(pending));
        assertThat(world.objects().keySet())
                .anyMatch(key -> key.contains("_00001_"))
                .anyMatch(key -> key.contains("_00002_"))
                .hasSize(4);
    }

    @Test
    void asksForABatch_fromItsOwnPageOn() {
        world.s3Proxy.plan(
                FaultPlan.logical(FaultPlan.at(2, RecoveryTest::isData, Fault.DROP_BEFORE), FaultPlan.Tries.ALL));
        incident.run(RunOutcome.FAILED);
        world.s3Proxy.plan(FaultPlan.none());

        incident.run(RunOutcome.DONE).contains("3 new events, 0 dropped by your steps, 3 stored in 2 objects");

        assertThat(incident.requests())
                .as("the second page twice, the third, the empty one")
                .hasSize(4)
                .allSatisfy(request -> assertThat(request.query()).containsKey("next_offset"));
        incident.assertEveryEventOnce();
    }

    /** The batch's keys count as known once it is stored, and not before: an outage may be longer than one run. */
    @Test
    void leavesABatchInDoubt_whileItCannotBeStored() {
        leaveABatchInDoubt(Fault.DROP_BEFORE);
        String pending = pending(world.state());
        failDataWrites(Fault.DROP_BEFORE);

        incident.run(RunOutcome.FAILED).contains("S3 could not be reached for s3:PutObject");

        assertThat(pending(world.state())).isEqualTo(pending);
        assertThat(world.objects()).isEmpty();
        incident.recoversWithoutLossOrDuplicate();
    }

    /** A feed that deletes what it took may have been there: written again, the object would be taken again. */
    @Test
    void storesNothing_onceAnotherCollectorHasSettledTheBatch() {
        leaveABatchInDoubt(Fault.DROP_BEFORE);
        List<String> taken = new ArrayList<>();
        AtomicBoolean asked = new AtomicBoolean();
        world.duoProxy.onRequest(request -> {
            if (asked.compareAndSet(false, true)) {
                try (TestCollector other = world.start()) {
                    RunReport report = other.run();
                    assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
                }
                taken.addAll(world.lines());
                world.deleteObjects();
                incident.logs.clear();
            }
        });

        incident.run(RunOutcome.OWNED).contains("Another collector has written s3://");

        assertThat(taken).containsExactlyElementsOf(World.stored(incident.events));
        assertThat(world.objects()).isEmpty();
    }

    /** Of such a window Duo answers nothing any more, and refuses the question. */
    @ParameterizedTest
    @CsvSource({"ANSWER_500_AFTER, 2", "DROP_BEFORE, 0"})
    void looksForABatch_ofAWindowThatDuoKeepsNothingOf_andGivesItUpThen(Fault fault, int stored) {
        leaveABatchInDoubt(fault);
        world.clock.advance(Duration.ofDays(200));
        if (stored == 0) {
            incident.run(RunOutcome.PENDING).contains("is not in the bucket, and Duo's answer lacks 2 of its events");
            world.clock.advance(Duration.ofMinutes(30));
        }

        incident.run(RunOutcome.MORE).contains("Duo no longer keeps anything of the open window");

        assertThat(incident.requests()).isEmpty();
        assertThat(world.lines()).isEqualTo(World.stored(incident.events.subList(0, stored)));
        assertThat(world.state())
                .contains("\"committedThrough\":\"2026-11-23T07:57:50Z\"")
                .doesNotContain("window", "pending");
        assertThat(incident.logs.lines(Level.WARN))
                .filteredOn(line -> line.startsWith("Duo no longer shows 2 of the 2 events of duo-telephony/"))
                .hasSize(stored == 0 ? 1 : 0);
        incident.run(RunOutcome.DONE);
    }

    // ---- Tools.

    private void leaveABatchInDoubt(Fault fault) {
        failDataWrites(fault);
        incident.run(RunOutcome.FAILED);
        assertThat(world.state()).contains("\"pending\"");
        world.s3Proxy.plan(FaultPlan.none());
    }

    private void failDataWrites(Fault fault) {
        world.s3Proxy.plan(request -> isData(request) ? fault : Fault.NONE);
    }

    /** Has Duo show one event more between the two that are pending. */
    private SimulatedEvent joinTheFirstPage() {
        SimulatedEvent joined =
                new MadeUpEvents(12).at(incident.events.get(0).ts().plusSeconds(1));
        world.events.add(joined);
        return joined;
    }

    private static String pending(String state) {
        return state.substring(state.indexOf("\"pending\""));
    }

    private List<ProxiedRequest> dataWrites() {
        return world.s3Proxy.requests().stream().filter(RecoveryTest::isData).toList();
    }

    private static boolean isData(ProxiedRequest request) {
        return request.isWrite() && !World.isState(request);
    }
}
