// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.emptyPage;
import static dev.duocollector.simulator.Misbehavior.lackingEvent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.FaultProxy;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Several windows with pages, duplicates and late events, run to its end with as many restarts as it takes. One world and
 * one Camel context serve many stories, one after the other: steps hold nothing, so a new stream is a new process.
 */
final class CrashStory {

    /** More restarts than any story needs; one that needs more is stuck. */
    private static final int RESTARTS_MAX = 12;

    /** A bound on n, well above the number of requests that the story makes. */
    private static final int POSITIONS_MAX = 200;

    private static final Duration HOUR = Duration.ofHours(1);

    /** What is stored, and what S3 is asked without a failure, less a little. */
    enum Output {
        EVENTS(15, 4),
        EVENTS_AND_UDM(22, 9),
        /** Both, compressed. */
        GZIP_AND_UDM(22, 9);

        final int s3WritesMin;
        final int s3ReadsMin;

        Output(int s3WritesMin, int s3ReadsMin) {
            this.s3WritesMin = s3WritesMin;
            this.s3ReadsMin = s3ReadsMin;
        }

        private World world() {
            return new World()
                    .set("duo.page.size", "3")
                    .set("duo.retry.max-elapsed", "0s")
                    .set("udm.prefix", this == EVENTS ? "" : World.UDM_PREFIX)
                    .set("s3.compression", this == GZIP_AND_UDM ? "gzip" : "none");
        }
    }

    /** How the process goes on once a request has failed. */
    enum Aftermath {
        /** It lives: the failure is reported, and the state is written if it can be. */
        LIVES,
        /** It is cut off at that very request: nothing that it sends afterwards arrives. */
        DIES
    }

    final World world;
    private final TestCollector collector;
    private final MadeUpEvents madeUp = new MadeUpEvents(7);
    private final List<SimulatedEvent> expected = new ArrayList<>();
    private final AtomicBoolean cutOff = new AtomicBoolean();
    private final AtomicBoolean failed = new AtomicBoolean();
    private Predicate<ProxiedRequest> lied = request -> false;
    private Fault lie = Fault.NONE;
    private Runnable atFault = () -> {};
    private Runnable atRestart = () -> {};
    private Runnable atOperator = () -> {};
    private volatile Duration ahead = Duration.ZERO;
    private final Output output;

    private CrashStory(World world, TestCollector collector, Output output) {
        this.world = world;
        this.collector = collector;
        this.output = output;
        world.reset();
        restart();
        Instant start = World.START;
        add(madeUp.spread(7, start.minus(Duration.ofMinutes(55)), start.minus(Duration.ofMinutes(4))));
        SimulatedEvent twin = madeUp.twinOf(expected.get(3));
        add(List.of(twin));
        // The same event twice is one event.
        world.events.add(expected.get(2));
        // Shown only after the first window is read, with a time within it: later than the lag, within the overlap.
        Instant late = start.minus(Duration.ofMinutes(5));
        add(List.of(madeUp.at(late).visibleFrom(start.plus(Duration.ofMinutes(3)))));
        add(madeUp.spread(4, start, start.plus(Duration.ofMinutes(50))));
        // Joins a page that may be pending just then.
        add(List.of(madeUp.at(start.plus(Duration.ofMinutes(49)))
                .visibleFrom(start.plus(HOUR).plusSeconds(1))));
        add(madeUp.spread(2, start.plus(Duration.ofMinutes(70)), start.plus(Duration.ofMinutes(110))));
    }

    /** Tells the story once for every n, with the n-th request failing, and returns how many there were. */
    static int everyPosition(
            Output output,
            Function<CrashStory, FaultProxy> where,
            Predicate<ProxiedRequest> which,
            Fault fault,
            FaultPlan.Tries tries,
            Aftermath aftermath) {
        return everyPosition(story -> {}, output, where, which, fault, tries, aftermath);
    }

    static int everyPosition(
            Consumer<CrashStory> adversary,
            Output output,
            Function<CrashStory, FaultProxy> where,
            Predicate<ProxiedRequest> which,
            Fault fault,
            FaultPlan.Tries tries,
            Aftermath aftermath) {
        try (World world = output.world();
                TestCollector collector = TestCollector.start(world.settings, world.clock)) {
            for (int n = 1; n <= POSITIONS_MAX; n++) {
                CrashStory story = new CrashStory(world, collector, output);
                FaultProxy proxy = where.apply(story);
                adversary.accept(story);
                story.fail(proxy, FaultPlan.logical(FaultPlan.at(n, which, fault), tries), aftermath);
                story.tell();
                if (!story.failed.get()) {
                    return n - 1;
                }
                story.assertEveryEventOnce(fault + " at request " + n + ", " + tries + ", " + aftermath);
            }
        }
        throw new AssertionError("The story has more than " + POSITIONS_MAX + " requests");
    }

    private void add(List<SimulatedEvent> events) {
        expected.addAll(events);
        world.events.add(events);
    }

    private void restart() {
        InstantSource local = () -> world.clock.instant().plus(ahead);
        collector.restart(local.withZone(ZoneOffset.UTC));
    }

    /** What a request meets that comes after the one that fails. */
    void afterwards(Predicate<ProxiedRequest> which, Fault fault) {
        lied = which;
        lie = fault;
    }

    /** Sets the clock when a request fails; if the process dies of that, before the next one starts. */
    void jump(Duration jump, Aftermath aftermath, AtomicInteger refused) {
        AtomicBoolean set = new AtomicBoolean();
        Runnable jumping = () -> ahead = set.getAndSet(true) ? ahead : jump;
        if (aftermath == Aftermath.DIES) {
            atRestart = jumping;
        } else {
            atFault = jumping;
        }
        atOperator = refused::incrementAndGet;
    }

    /** The first answer after a restart that finds a batch pending is short. */
    void shortenRecoveries(boolean empty, AtomicInteger shortened) {
        int shortenedBefore = shortened.get();
        AtomicBoolean armed = new AtomicBoolean();
        atRestart = () -> armed.set(shortened.get() == shortenedBefore
                && world.everything().containsKey(World.STATE_KEY)
                && isBatchMissing());
        world.duo.misbehave(request -> armed.getAndSet(false), call -> {
            shortened.incrementAndGet();
            return empty ? emptyPage().answer(call) : lackingEvent().answer(call);
        });
    }

    /** Whether a batch is pending and its object not there. */
    private boolean isBatchMissing() {
        String state = world.state();
        return state.contains("\"pending\":{")
                && world.objects().keySet().stream().noneMatch(key -> state.contains("\"objectKey\":\"" + key + "\""));
    }

    /** Fails requests of one proxy by the plan; with DIES, nothing arrives anywhere after the first, until a restart. */
    void fail(FaultProxy proxy, FaultPlan plan, Aftermath aftermath) {
        if (aftermath == Aftermath.LIVES) {
            proxy.plan(request -> faultFor(plan, request));
            return;
        }
        FaultProxy other = proxy == world.s3Proxy ? world.duoProxy : world.s3Proxy;
        other.plan(request -> cutOff.get() ? Fault.DROP_BEFORE : Fault.NONE);
        proxy.plan(request -> {
            if (cutOff.get()) {
                return Fault.DROP_BEFORE;
            }
            boolean before = failed.get();
            Fault fault = faultFor(plan, request);
            cutOff.set(!before && failed.get());
            return fault;
        });
    }

    private Fault faultFor(FaultPlan plan, ProxiedRequest request) {
        if (failed.get() && lied.test(request)) {
            lied = later -> false;
            return lie;
        }
        Fault fault = plan.faultFor(request);
        if (fault != Fault.NONE && !failed.getAndSet(true)) {
            atFault.run();
        }
        return fault;
    }

    void tell() {
        runUntilDone();
        world.clock.advance(HOUR);
        runUntilDone();
        world.clock.advance(HOUR);
        runUntilDone();
        world.clock.advance(Duration.ofMinutes(5));
        runUntilDone();
    }

    private void runUntilDone() {
        for (int restart = 0; restart < RESTARTS_MAX; restart++) {
            cutOff.set(false);
            RunReport report = collector.run();
            world.s3Proxy.deliverLate();
            if (report.outcome() == RunOutcome.DONE) {
                return;
            }
            if (report.outcome() == RunOutcome.OPERATOR) {
                operatorActs(report.line());
            }
            restart();
            atRestart.run();
            world.clock.advance(Duration.ofSeconds(2));
        }
        throw new AssertionError("Still not done after " + RESTARTS_MAX + " restarts");
    }

    /** Sets the clock right, and moves away the object that the line names. */
    private void operatorActs(String line) {
        if (line.contains("40105")) {
            world.duo.takeRefusal(40105);
        }
        ahead = Duration.ZERO;
        atOperator.run();
        for (String key : world.everything().keySet()) {
            if (!key.equals(World.STATE_KEY) && line.contains("not whole") && line.contains(key)) {
                World.s3()
                        .client()
                        .deleteObject(delete -> delete.bucket(world.bucket).key(key));
            }
        }
    }

    void assertEveryEventOnce(String what) {
        SortedMap<String, byte[]> objects = world.objects();
        assertThat(World.lines(objects)).as(what).containsExactlyInAnyOrderElementsOf(World.stored(expected));
        if (output == Output.EVENTS) {
            assertThat(world.udmObjects()).isEmpty();
        } else {
            world.assertUdmOf(objects);
        }
        assertThat(objects.keySet()).as(what).allMatch(key -> key.endsWith(".gz") == (output == Output.GZIP_AND_UDM));
    }
}
