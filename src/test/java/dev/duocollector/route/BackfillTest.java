// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.cli.StateConsole;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.FaultProxy;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.state.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** A fixed range, read by the shipped routes into a bucket that holds a part of it already. */
class BackfillTest {

    private static final Instant TO = World.START.minus(Duration.ofHours(2));
    private static final Instant FROM = TO.minus(Duration.ofHours(3));
    private static final String STATE_KEY =
            "duo-telephony-state/" + World.API_HOST + "_backfill_20261123T030000.000Z_20261123T060000.000Z.json";

    /** More restarts than any back-fill here needs. */
    private static final int RESTARTS_MAX = 6;

    /** A bound on n, well above the number of requests that a back-fill here makes. */
    private static final int POSITIONS_MAX = 60;

    private static final String MASKING = """
            - route:
                id: event-steps
                errorHandler:
                  noErrorHandler: {}
                from:
                  uri: direct
                  parameters:
                    name: event-steps
                  steps:
                    - split:
                        simple: "${body}"
                        steps:
                          - script:
                              simple: "${body.put('phone', 'masked')}"
            """;

    /** The same in each test, and so made once. */
    private static final Map<String, byte[]> part = new HashMap<>();

    private World world = world();

    @AfterEach
    void close() {
        world.close();
    }

    private static World world() {
        World world = new World().set("duo.page.size", "4").set("duo.retry.max-elapsed", "0s");
        MadeUpEvents madeUp = new MadeUpEvents(11);
        List<SimulatedEvent> events = new ArrayList<>(madeUp.spread(14, FROM, TO.plusMillis(1)));
        events.add(madeUp.twinOf(events.get(5)));
        // Both ends belong to the range, and what lies a millisecond outside does not.
        events.add(madeUp.at(TO));
        world.events.add(events);
        world.events.add(madeUp.at(FROM.minusMillis(1)), madeUp.at(TO.plusMillis(1)));
        return world;
    }

    private static List<SimulatedEvent> inRange(World world) {
        return world.events.events().stream()
                .filter(event -> !event.ts().isBefore(FROM) && !event.ts().isAfter(TO))
                .toList();
    }

    /** Puts there what a collector has stored of the range, with its state, and what the guide's Lambda has. */
    private static void storeAPart(World world) {
        if (part.isEmpty()) {
            part.putAll(partOf(world));
        }
        part.forEach((key, bytes) -> World.s3()
                .client()
                .putObject(request -> request.bucket(world.bucket).key(key), RequestBody.fromBytes(bytes)));
        world.clock.set(World.START);
        collectedPastTheRange(world);
    }

    /** The collector has come further since: no back-fill may begin in a time that it still reads. */
    private static void collectedPastTheRange(World world) {
        world.putState(world.state()
                .replaceFirst("\"committedThrough\":\"[^\"]*\"", "\"committedThrough\":\"2026-11-23T07:57:50Z\"")
                .replaceFirst("\"keysFrom\":\"[^\"]*\"", "\"keysFrom\":\"2026-11-23T07:47:50Z\"")
                .replaceFirst("\"eventKeys\":\\{[^}]*}", "\"eventKeys\":{}"));
    }

    private static Map<String, byte[]> partOf(World world) {
        world.clock.set(FROM.plus(Duration.ofHours(1)));
        assertThat(collect(world, Map.of()).outcome()).isEqualTo(RunOutcome.DONE);
        Map<String, byte[]> stored = world.everything();
        SimulatedEvent lambdas = inRange(world).get(9);
        stored.put(
                "duo-telephony/telephony_20261123_070000.json", dumped(lambdas).getBytes(UTF_8));
        return stored;
    }

    /** As Python's json.dumps has it. */
    private static String dumped(SimulatedEvent event) {
        return event.json().replace("\":", "\": ").replace(",\"", ", \"");
    }

    private static RunReport collect(World world, Map<String, String> steps) {
        try (TestCollector collector = TestCollector.start(world.settings, world.clock, steps)) {
            return collector.run();
        }
    }

    private static TestCollector backfiller(World world, Map<String, String> steps, String... more) {
        Map<String, String> settings = new HashMap<>(world.settings);
        settings.put("range.from", FROM.toString());
        settings.put("range.to", TO.toString());
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return TestCollector.start(settings, world.clock, steps);
    }

    private static RunReport backfill(World world, String... more) {
        try (TestCollector backfiller = backfiller(world, Map.of(), more)) {
            return backfiller.run();
        }
    }

    @Test
    void rangeOfWhichDuoNoLongerKeepsAPart_isNotDone() {
        storeAPart(world);
        assertThat(backfill(world, "max.iterations", "1").outcome()).isEqualTo(RunOutcome.MORE);
        Map<String, byte[]> before = world.objects();
        world.clock.set(TO.plus(Duration.ofDays(180)).minus(Duration.ofHours(1)).minus(Duration.ofSeconds(30)));

        RunReport report = backfill(world);

        assertThat(report.outcome()).isEqualTo(RunOutcome.OPERATOR);
        assertThat(report.line())
                .contains(
                        "Duo no longer keeps what lies before",
                        "is lost",
                        "Delete the back-fill's state, s3://",
                        "--from");
        assertThat(world.objects()).containsExactlyInAnyOrderEntriesOf(before);
    }

    private static void assertEveryEventOnce(World world, String what) {
        List<SimulatedEvent> events = inRange(world);
        String lambdas = dumped(events.get(9));
        List<String> expected = new ArrayList<>(World.stored(events));
        expected.set(9, lambdas);
        assertThat(world.lines()).as(what).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void everyEventOfTheRange_isThereOnce_whateverWasThereBefore() {
        storeAPart(world);
        assertThat(world.lines()).hasSizeBetween(5, 8);

        RunReport report = backfill(world);

        assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
        assertThat(report.line()).startsWith("Window " + FROM + ".." + TO + ": ");
        assertEveryEventOnce(world, "after the back-fill");
        assertThat(world.everything()).containsKey(STATE_KEY);
    }

    @Test
    void collectorsOwnState_staysAsItIs() {
        storeAPart(world);
        String before = world.state();

        backfill(world);

        assertThat(world.everything()).containsKey(STATE_KEY);
        assertThat(world.state()).isEqualTo(before);
    }

    @Test
    void rangeThatIsDone_isNotReadAgain() {
        storeAPart(world);
        backfill(world);
        Map<String, byte[]> before = world.everything();
        int asked = world.duoProxy.requests().size();

        RunReport again = backfill(world);

        assertThat(again)
                .isEqualTo(new RunReport(RunOutcome.DONE, "Nothing left to read: the range up to " + TO + " is done."));
        assertThat(world.duoProxy.requests()).hasSize(asked);
        assertThat(world.everything()).containsExactlyInAnyOrderEntriesOf(before);
    }

    /** The command has looked before; what began since then is seen once the back-fill's own state is written. */
    @Test
    void backfillOfATimeThatAnotherHasBegun_storesNothing() {
        storeAPart(world);
        RunReport other = backfill(
                world, "range.from", FROM.plusSeconds(60).toString(), "max.iterations", "1", "duo.page.size", "1");
        assertThat(other.outcome()).as(other.line()).isEqualTo(RunOutcome.MORE);
        List<String> before = world.lines();

        RunReport report = backfill(world);

        assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.OPERATOR);
        assertThat(report.line()).contains("A back-fill of ", "was begun and is not done");
        assertThat(world.everything()).as("what the other one sees").containsKey(STATE_KEY);
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(before);
    }

    /** Duo may show an event later than the collector's last window, and so in the back-fill's time. */
    @Test
    void everyEventOnce_besideACollector_upToTheTimeThatItStillReads() {
        Instant covered = World.START.minus(Duration.ofSeconds(130));
        assertThat(collect(world, Map.of()).outcome()).isEqualTo(RunOutcome.DONE);
        MadeUpEvents madeUp = new MadeUpEvents(12);
        SimulatedEvent before = madeUp.at(covered.minus(Duration.ofMinutes(10)).minusMillis(1));
        SimulatedEvent after = madeUp.at(covered.minus(Duration.ofMinutes(10)));
        world.clock.advance(Duration.ofMinutes(30));
        world.events.add(before, after);

        // The time that RangeGuard allows at most.
        RunReport report = backfill(world, "range.to", before.ts().toString());
        collect(world, Map.of());

        assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
        assertThat(world.lines())
                .containsExactlyInAnyOrderElementsOf(World.stored(world.events.events().stream()
                        .filter(event -> !event.ts().isBefore(FROM))
                        .toList()));
    }

    /** What the bucket has was read before the question, and the back-fill has stored more since. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void backfillWhileSetThroughAsks_keepsTheStateAsItWas(String iterationsMax) {
        storeAPart(world);
        String state = world.state();
        String[] readAgain = {"set-through", FROM.plus(Duration.ofMinutes(30)).toString()};

        StateConsole.Result refused = new StateConsole(world.settings, world.clock)
                .agreeingAfter(() -> backfill(world, "max.iterations", iterationsMax))
                .state(readAgain);

        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(1);
        assertThat(refused.err()).contains("a back-fill has written meanwhile", "_backfill_");
        assertThat(world.state()).isEqualTo(state);

        assertThat(backfill(world).outcome()).isEqualTo(RunOutcome.DONE);
        StateConsole.Result set = new StateConsole(world.settings, world.clock)
                .agreeingAfter(() -> {})
                .state(readAgain);
        assertThat(set.exitCode()).as(set.err()).isZero();
        assertThat(collect(world, Map.of()).outcome()).isEqualTo(RunOutcome.DONE);
        assertThat(world.lines().stream().distinct()).hasSameSizeAs(world.lines());
        assertThat(world.lines()).containsAll(World.stored(inRange(world).subList(10, 12)));
    }

    /** It begins between the last look and the write, and has looked at the collector's state before. */
    @Test
    void backfillThatBeginsAsSetThroughWrites_isTold() {
        storeAPart(world);
        world.s3Proxy.onRequest(request -> {
            if (request.method().equals("PUT") && request.path().endsWith("/" + World.STATE_KEY)) {
                backfill(world, "max.iterations", "1");
            }
        });

        StateConsole.Result set = new StateConsole(world.settings, world.clock)
                .state("set-through", FROM.plus(Duration.ofMinutes(30)).toString(), "--yes");

        assertThat(set.exitCode()).isEqualTo(2);
        assertThat(set.err()).contains("A back-fill has begun at the same moment", "delete its state", "_backfill_");
    }

    @Test
    void eventThatAStepChanged_isKnownAgain() {
        Map<String, String> masking = Map.of("event-steps.camel.yaml", MASKING);
        world.clock.set(FROM.plus(Duration.ofHours(1)));
        assertThat(collect(world, masking).outcome()).isEqualTo(RunOutcome.DONE);
        world.clock.set(World.START);
        collectedPastTheRange(world);
        assertThat(world.lines()).isNotEmpty();

        try (TestCollector backfiller = backfiller(world, masking)) {
            assertThat(backfiller.run().outcome()).isEqualTo(RunOutcome.DONE);
        }

        assertThat(world.lines())
                .containsExactlyInAnyOrderElementsOf(World.stored(inRange(world)).stream()
                        .map(line -> line.replaceFirst("\"phone\":\"[^\"]*\"", "\"phone\":\"masked\""))
                        .toList());
    }

    @Test
    void withoutSkipping_theRangeIsWrittenAgain_inObjectsOfItsOwn() {
        backfill(world);
        int objects = world.objects().size();

        RunReport report = backfill(world, "range.skip-existing", "false");

        assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
        List<String> once = World.stored(inRange(world));
        assertThat(world.lines())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(once.stream(), once.stream()).toList());
        assertThat(world.objects()).hasSize(2 * objects);
    }

    @Test
    void udmObjects_areMadeAsInARun() {
        world.set("udm.prefix", World.UDM_PREFIX);

        backfill(world);

        assertThat(world.udmLines()).hasSize(inRange(world).size());
        world.assertUdmOfEveryObject();
    }

    @Test
    void brokenObject_stopsTheBackfillBeforeItAsksDuo() {
        storeAPart(world);
        String key = world.objects().firstKey();
        World.s3()
                .client()
                .putObject(request -> request.bucket(world.bucket).key(key), RequestBody.fromString("{\"ts\":"));
        int asked = world.duoProxy.requests().size();

        RunReport report = backfill(world);

        assertThat(report.outcome()).isEqualTo(RunOutcome.OPERATOR);
        assertThat(report.line()).startsWith("The object " + key + ", line 1, cannot be read: ");
        assertThat(world.duoProxy.requests()).hasSize(asked);
        assertThat(world.everything()).doesNotContainKey(STATE_KEY);
    }

    /** Whatever the answer holds; and only its own state. */
    @Test
    void window_isInTheStateAfterTheFirstAnswer_andNotBefore() {
        world.duoProxy.plan(FaultPlan.at(1, request -> true, Fault.ANSWER_503));
        assertThat(backfill(world).outcome()).isEqualTo(RunOutcome.FAILED);
        assertThat(world.everything()).isEmpty();
        world.duoProxy.plan(FaultPlan.none());
        world.s3Proxy.plan(
                request -> request.isWrite() && request.path().contains("/telephony_") ? Fault.ANSWER_403 : Fault.NONE);

        RunReport report = backfill(world);

        assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.OPERATOR);
        assertThat(new String(world.everything().get(STATE_KEY), UTF_8))
                .contains("\"window\":{\"mintime\":\"" + FROM + "\",\"maxtime\":\"" + TO + "\",\"limit\":4,\"sort\":\""
                        + Window.ASCENDING + "\",\"cursor\":\"START\"");
        assertThat(world.everything()).doesNotContainKey(World.STATE_KEY);
    }

    @ParameterizedTest
    @CsvSource({"DROP_BEFORE,  ALL,   true", "DROP_AFTER,   ALL,   true", "DELIVER_LATE, FIRST, false"})
    void everyEventOnce_whereverAnS3WriteFails(Fault fault, FaultPlan.Tries tries, boolean dies) {
        int positions = everyPosition(fault, tries, dies, true);

        assertThat(positions).as("S3 writes that failed").isGreaterThanOrEqualTo(7);
    }

    @Test
    void everyEventOnce_whereverADuoCallFails() {
        int positions = everyPosition(Fault.DROP_AFTER, FaultPlan.Tries.FIRST, true, false);

        assertThat(positions).as("Duo calls that failed").isGreaterThanOrEqualTo(4);
    }

    /** Makes the back-fill once for every n, with the n-th request failing, and returns how many there were. */
    private int everyPosition(Fault fault, FaultPlan.Tries tries, boolean dies, boolean atS3) {
        for (int n = 1; n <= POSITIONS_MAX; n++) {
            world.close();
            world = world();
            storeAPart(world);
            FaultProxy proxy = atS3 ? world.s3Proxy : world.duoProxy;
            FaultPlan plan = FaultPlan.logical(FaultPlan.at(n, request -> !atS3 || request.isWrite(), fault), tries);
            AtomicBoolean dead = new AtomicBoolean();
            world.s3Proxy.plan(request ->
                    dead.get() ? Fault.DROP_BEFORE : faultOf(proxy, world.s3Proxy, plan, request, dead, dies));
            world.duoProxy.plan(request ->
                    dead.get() ? Fault.DROP_BEFORE : faultOf(proxy, world.duoProxy, plan, request, dead, dies));
            runUntilDone(dead);
            if (proxy.faulted().isEmpty()) {
                return n - 1;
            }
            assertEveryEventOnce(world, fault + " at request " + n + ", " + tries);
        }
        throw new AssertionError("A back-fill has more than " + POSITIONS_MAX + " requests");
    }

    private static Fault faultOf(
            FaultProxy failing,
            FaultProxy asked,
            FaultPlan plan,
            ProxiedRequest request,
            AtomicBoolean dead,
            boolean dies) {
        Fault fault = asked == failing ? plan.faultFor(request) : Fault.NONE;
        if (dies && fault != Fault.NONE) {
            // Nothing that this process sends afterwards arrives.
            dead.set(true);
        }
        return fault;
    }

    private void runUntilDone(AtomicBoolean dead) {
        for (int restart = 0; restart < RESTARTS_MAX; restart++) {
            dead.set(false);
            RunOutcome outcome = backfill(world).outcome();
            world.s3Proxy.deliverLate();
            if (outcome == RunOutcome.DONE) {
                return;
            }
        }
        throw new AssertionError("Still not done after " + RESTARTS_MAX + " restarts");
    }
}
