// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.clockSkew;
import static dev.duocollector.simulator.Misbehavior.forbidden;
import static dev.duocollector.simulator.Misbehavior.serverError;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.cli.StateConsole;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.RecordedRequest;
import dev.duocollector.simulator.SimulatedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run does with clocks that are wrong, that jump, and that differ: its own, S3's, and Duo's. */
class RunTimeRouteTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final World world =
            new World(duo -> duo.skewTolerance(HOUR)).set("duo.page.size", "2").set("duo.retry.max-elapsed", "0s");
    private final MovableClock local = new MovableClock(World.START);
    private final List<SimulatedEvent> events = new MadeUpEvents(3)
            .spread(5, World.START.minus(Duration.ofMinutes(50)), World.START.minus(Duration.ofMinutes(15)));

    RunTimeRouteTest() {
        world.events.add(events);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private RunReport run() {
        try (TestCollector collector = TestCollector.start(world.settings, local)) {
            return collector.run();
        }
    }

    private RunReport run(RunOutcome outcome) {
        RunReport report = run();
        assertThat(report.outcome()).as(report.line()).isEqualTo(outcome);
        return report;
    }

    private void pass(Duration time) {
        world.clock.advance(time);
        local.advance(time);
    }

    private void assertEveryEventOnce() {
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
    }

    @ParameterizedTest(name = "{0}, the clock off by {1}")
    @CsvSource({
        "no state,        PT1H",
        "no state,        PT-1H",
        "no state,        P200D",
        "an open window,  PT1H",
        "an open window,  PT-5M-1S",
        "an open window,  P200D",
        "a state,         PT5M1S",
        "a state,         P200D",
    })
    void clockThatIsWrong_opensNothing_raisesNothing_givesNothingUp(String before, Duration off) {
        if (!before.equals("no state")) {
            world.set("max.iterations", before.equals("a state") ? "0" : "1");
            run();
            world.set("max.iterations", "0");
            pass(Duration.ofMinutes(10));
        }
        Map<String, String> bucket = texts();
        int asked = world.duo.requests().size();
        local.set(world.clock.instant().plus(off));

        assertThat(run(RunOutcome.OPERATOR).line())
                .contains(world.clock.instant().toString(), local.instant().toString(), "s3.clock=ignore");

        assertThat(texts()).isEqualTo(bucket);
        assertThat(world.duo.requests()).hasSize(asked);

        local.set(world.clock.instant());
        run(RunOutcome.DONE);
        assertEveryEventOnce();
    }

    private Map<String, String> texts() {
        return world.everything().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> new String(entry.getValue(), StandardCharsets.UTF_8)));
    }

    @ParameterizedTest(name = "the clock jumps by {0} while the first page is asked for")
    @CsvSource({"PT50M", "PT-50M", "P200D", "P-200D"})
    void clockThatJumpsDuringARun_movesNoBound(Duration jump) {
        AtomicBoolean jumped = new AtomicBoolean();
        world.duoProxy.onRequest(request -> {
            if (jumped.compareAndSet(false, true)) {
                local.set(local.instant().plus(jump));
            }
        });

        run();
        world.duo.requests().stream()
                .filter(request -> request.status() == 401)
                .forEach(request -> world.duo.takeRefusal(request.code()));

        assertThat(windows()).containsOnly("2026-11-23T07:00:00Z..2026-11-23T07:57:50Z");
        local.set(world.clock.instant());
        run();
        assertEveryEventOnce();
        assertThat(world.state()).contains("\"committedThrough\":\"2026-11-23T07:57:50Z\"");
    }

    private List<String> windows() {
        return world.duo.requests().stream()
                .map(request -> time(request, "mintime") + ".." + time(request, "maxtime"))
                .distinct()
                .toList();
    }

    private static Instant time(RecordedRequest request, String name) {
        return Instant.ofEpochMilli(Long.parseLong(request.query().get(name)));
    }

    /** An hour of it used to be committed unread: late events lost, every exit 0. */
    @ParameterizedTest(name = "clock and S3 ahead of Duo by {0}: asked again {1}")
    @CsvSource({"PT0S, false", "PT10S, false", "PT11S, true", "PT4M, true", "PT59M, true"})
    void windowEndsByDuosOwnTime(Duration ahead, boolean again) {
        local.set(World.START.plus(ahead));
        world.s3Proxy.dateAnswers(local);
        world.set("duo.lookback", "3h");
        Instant shown = World.START.minus(Duration.ofMinutes(2));

        RunReport report = run(RunOutcome.DONE);

        Instant opened = local.instant().minusSeconds(130);
        String mintime = local.instant().minus(Duration.ofHours(3)).toString();
        assertThat(windows())
                .containsExactlyElementsOf(
                        again
                                ? List.of(mintime + ".." + opened, mintime + ".." + shown)
                                : List.of(mintime + ".." + opened));
        assertThat(world.duo.requests()).hasSize(again ? 5 : 4);
        assertThat(report.line()).contains("5 new events");
        assertThat(world.state()).contains("\"committedThrough\":\"" + (again ? shown : opened) + "\"");
    }

    /** Else a window could be made shorter and shorter, and read for ever. */
    @Test
    void duosClockThatGoesBack_isAnOperatorsMatter_andWritesNothing() {
        local.set(World.START.plus(Duration.ofMinutes(4)));
        world.s3Proxy.dateAnswers(local);
        world.duo.misbehave(2, 1, clockSkew(Duration.ofMinutes(-1)));

        assertThat(run(RunOutcome.OPERATOR).line())
                .startsWith("Duo's clock goes back")
                .contains("..2026-11-23T07:58:00Z", "events up to 2026-11-23T07:57:00Z only");

        assertThat(world.duo.requests()).hasSize(2);
        assertThat(world.everything()).isEmpty();
        run(RunOutcome.DONE);
        assertEveryEventOnce();
    }

    @Test
    void answerWithoutDate_isUsed() {
        local.set(World.START.plus(Duration.ofMinutes(4)));
        world.s3Proxy.dateAnswers(local);
        world.duoProxy.dateAnswers(request -> Optional.empty());

        run(RunOutcome.DONE);

        assertThat(world.duo.requests()).hasSize(4);
        assertThat(world.state()).contains("\"committedThrough\":\"2026-11-23T08:01:50Z\"");
    }

    @ParameterizedTest(name = "Duo shows events up to {0} s after what is committed")
    @CsvSource({"-60, false", "0, false", "1, true", "30, true"})
    void boundThatAddsLessThanASecond_endsTheRun(int seconds, boolean reads) {
        run(RunOutcome.DONE);
        pass(Duration.ofMinutes(2));
        String before = world.state();
        int asked = world.duo.requests().size();
        // Committed is 130 s before the first run; Duo shows events up to 120 s before its own time.
        Duration duoBehind = Duration.ofSeconds(-(120 + 10 - seconds));
        world.duo.misbehave(request -> true, clockSkew(duoBehind));

        RunReport report = run(RunOutcome.DONE);

        assertThat(world.duo.requests()).hasSize(asked + (reads ? 2 : 1));
        if (reads) {
            assertThat(world.state())
                    .contains("\"committedThrough\":\""
                            + Instant.parse("2026-11-23T07:57:50Z").plusSeconds(seconds));
        } else {
            assertThat(report.line()).isEqualTo("Nothing to read yet: collected through 2026-11-23T07:57:50Z.");
            assertThat(world.state()).isEqualTo(before);
        }
    }

    @Test
    void openWindowThatEndsInTheFuture_isRefused_andSetThroughGivesItUp() {
        world.set("max.iterations", "1");
        run(RunOutcome.MORE);
        world.set("max.iterations", "0");
        world.putState(
                world.state().replace("\"maxtime\":\"2026-11-23T07:57:50Z\"", "\"maxtime\":\"2026-11-23T08:57:50Z\""));
        String before = world.state();
        int asked = world.duo.requests().size();

        assertThat(run(RunOutcome.OPERATOR).line())
                .contains("2026-11-23T08:57:50Z", "state set-through 2026-11-23T07:00:00Z");
        assertThat(world.state()).isEqualTo(before);
        assertThat(world.duo.requests()).hasSize(asked);

        StateConsole.Result set =
                new StateConsole(world.settings, local).state("set-through", "2026-11-23T07:00:00Z", "--yes");
        assertThat(set.exitCode()).as(set.err()).isZero();
        run(RunOutcome.DONE);
        assertEveryEventOnce();
    }

    @ParameterizedTest(name = "s3.clock={0}")
    @CsvSource({"check, true", "ignore, false"})
    void storeWithoutDate_hasTheLocalClock_andAWarningUnlessItIsSaid(String clock, boolean warns) {
        world.set("s3.clock", clock);
        world.s3Proxy.dateAnswers(request -> Optional.empty());

        try (Logs logs = Logs.capture()) {
            run(RunOutcome.DONE);
            assertThat(logs.lines(Level.WARN)).hasSize(warns ? 1 : 0).allMatch(line -> line.contains("no Date"));
        }
        assertEveryEventOnce();
    }

    @Test
    void storeWhoseClockIsWrong_isUsed_whenItIsSaid() {
        world.s3Proxy.dateAnswers(new MovableClock(World.START.plus(Duration.ofDays(200))));
        run(RunOutcome.OPERATOR);
        world.set("s3.clock", "ignore");

        try (Logs logs = Logs.capture()) {
            run(RunOutcome.DONE);
            assertThat(logs.lines(Level.WARN)).isEmpty();
        }
        assertEveryEventOnce();
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void windowIsNotGivenUp_byTheLocalClockAlone(boolean ignored) {
        world.set("max.iterations", "1");
        run(RunOutcome.MORE);
        world.set("max.iterations", "0");
        String before = world.state();
        if (ignored) {
            world.set("s3.clock", "ignore");
        } else {
            world.s3Proxy.dateAnswers(request -> Optional.empty());
        }
        local.set(World.START.plus(Duration.ofDays(200)));

        assertThat(run(RunOutcome.OPERATOR).line())
                .contains("nothing is given up by one clock alone", "state set-through");

        assertThat(world.state()).isEqualTo(before);
        local.set(World.START);
        run(RunOutcome.DONE);
        assertEveryEventOnce();
    }

    // ---- The window is written after its first answer.

    @ParameterizedTest
    @CsvSource({"a wrong key", "no grant", "an error of Duo's"})
    void firstRunThatDuoDoesNotAnswer_writesNoState_andALookbackSetAfterwardsCounts(String what) {
        switch (what) {
            case "a wrong key" -> world.set("duo.skey", "another-key");
            case "no grant" -> world.duo.misbehave(1, 1, forbidden());
            default -> world.duo.misbehave(1, 1, serverError(503));
        }

        assertThat(run().outcome()).isIn(RunOutcome.OPERATOR, RunOutcome.FAILED);
        if (what.equals("a wrong key")) {
            world.duo.takeRefusal(40103);
        }

        assertThat(world.everything()).isEmpty();
        world.set("duo.skey", World.SKEY).set("duo.lookback", "3h");
        run(RunOutcome.DONE);
        assertThat(windows()).last().asString().startsWith("2026-11-23T05:00:00Z..");
        assertEveryEventOnce();
    }

    @ParameterizedTest(name = "after {0}")
    @CsvSource({"PT5M, false", "PT5M1S, true", "PT40M, true"})
    void firstWindowWhoseAnswerTakesTooLong_isOpenedAnew(Duration took, boolean anew) {
        AtomicBoolean slow = new AtomicBoolean();
        world.duoProxy.onRequest(request -> {
            if (slow.compareAndSet(false, true)) {
                pass(took);
            }
        });

        run(RunOutcome.DONE);

        Instant end = Instant.parse("2026-11-23T07:57:50Z").plus(anew ? took : Duration.ZERO);
        assertThat(world.state()).contains("\"committedThrough\":\"" + end + "\"");
        assertThat(windows()).hasSize(anew ? 2 : 1);
        assertThat(world.lines()).hasSize((int) events.stream()
                .filter(event -> !event.ts().isBefore(time(last(), "mintime")))
                .count());
    }

    private RecordedRequest last() {
        return world.duo.requests().get(world.duo.requests().size() - 1);
    }
}
