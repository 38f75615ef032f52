// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.run.RunReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a run makes of a state that it must not go on from, that has gone, or that somebody else writes. */
class StateFailureTest {

    private final Incident incident = new Incident();
    private final World world = incident.world;

    @AfterEach
    void close() {
        incident.close();
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                spoiled("cut off", state -> state.substring(0, state.length() / 2), "is not readable JSON (line 1)"),
                spoiled("no JSON", state -> "committed through yesterday", "is not readable JSON (line 1)"),
                spoiled("empty", state -> "", "is not this program's: its version should be 3 and is missing"),
                spoiled("empty JSON", state -> "{}", "its version should be 3 and is missing"),
                spoiled("an array", state -> "[" + state + "]", "its version should be 3 and is missing"),
                spoiled(
                        "a newer version",
                        state -> state.replace("\"version\":3", "\"version\":7"),
                        "has version 7, and this program knows versions up to 3. A newer collector wrote it: run that one"),
                spoiled(
                        "an unknown member",
                        state -> state.replace("\"owner\"", "\"tenant\":\"x\",\"owner\""),
                        "is damaged: 'state' has the unknown members [tenant]"),
                spoiled(
                        "another account",
                        state -> state.replace(World.API_HOST, "api-99999999.duosecurity.com"),
                        "belongs to api-99999999.duosecurity.com, and this is " + World.API_HOST
                                + "'s (duo.api.host, duo.logs)"
                                + ". Give each account and each log a state.key of its own."),
                spoiled(
                        "the future",
                        state -> state.replace("07:57:50Z\"", "09:58:00Z\""),
                        "everything up to 2026-11-23T09:58:00Z is collected, and this machine's clock says"
                                + " 2026-11-23T08:00:00Z. Set the clock right, or see OPERATIONS, \"A state that is refused\""));
    }

    private static Arguments spoiled(String name, UnaryOperator<String> spoil, String said) {
        return Arguments.of(name, spoil, said);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void isRefused_withBothValues_andNothingIsReadOrWritten(String name, UnaryOperator<String> spoil, String said) {
        incident.run(RunOutcome.DONE);
        String good = world.state();
        String bad = spoil.apply(good);
        assertThat(bad).isNotEqualTo(good);
        world.putState(bad);
        world.s3Proxy.reset();

        incident.run(RunOutcome.OPERATOR).contains("The state at s3://" + world.bucket + "/" + World.STATE_KEY, said);

        assertThat(incident.requests()).isEmpty();
        assertThat(world.s3Proxy.requests()).noneMatch(ProxiedRequest::isWrite).hasSize(1);
        assertThat(world.state()).isEqualTo(bad);
        world.putState(good);
        incident.recoversWithoutLossOrDuplicate();
    }

    /** What a deleted state costs, when it is allowed: the time within duo.lookback is collected again, into other objects. */
    @Test
    void isNoFirstRun_whenItWasDeletedBetweenRuns_unlessItIsSaid() {
        incident.run(RunOutcome.DONE);
        world.deleteState();
        world.clock.advance(Duration.ofMinutes(10));

        incident.run(RunOutcome.OPERATOR).contains("There is no state at", "--first");
        incident.assertEveryEventOnce();

        incident.set("state.first-run", "allow").restart();
        incident.run(RunOutcome.DONE).contains("Window 2026-11-23T07:10:00Z..2026-11-23T08:07:50Z", "5 new events");
        List<String> twice = new ArrayList<>(World.stored(incident.events));
        twice.addAll(World.stored(incident.events));
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(twice);
    }

    @Test
    void endsTheRun_whenItIsDeletedMeanwhile() {
        whenPageTwoIsAsked(world::deleteState);

        incident.run(RunOutcome.OWNED)
                .contains("The state at s3://" + world.bucket + "/" + World.STATE_KEY
                        + " was deleted after this run read it.")
                .contains("put the state back");

        assertThat(world.everything().keySet()).singleElement().asString().contains("_00001_");
        incident.set("state.first-run", "allow").restart();
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void endsTheRun_whenAnotherCollectorWritesIt() {
        List<ProxiedRequest> before = new ArrayList<>();
        whenPageTwoIsAsked(() -> {
            try (TestCollector other = world.start()) {
                RunReport report = other.run();
                assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
            }
            before.addAll(world.s3Proxy.requests());
            incident.logs.clear();
        });

        incident.run(RunOutcome.OWNED)
                .contains("Another collector has written s3://" + world.bucket + "/" + World.STATE_KEY)
                .contains("run only one collector on a state key");

        List<ProxiedRequest> after = world.s3Proxy.requests();
        assertThat(after.subList(before.size(), after.size()))
                .filteredOn(ProxiedRequest::isWrite)
                .as("the one write that was refused, and none after it")
                .singleElement()
                .matches(World::isState)
                .extracting(ProxiedRequest::status)
                .isEqualTo(412);
        incident.recoversWithoutLossOrDuplicate();
    }

    private void whenPageTwoIsAsked(Runnable happening) {
        world.duoProxy.onRequest(request -> {
            if (request.number() == 2) {
                happening.run();
            }
        });
    }
}
