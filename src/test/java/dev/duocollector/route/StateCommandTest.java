// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.repeatedOffset;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.cli.StateConsole;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.S3StateStore;
import dev.duocollector.state.Window;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Showing the state, and moving what counts as collected: back, forward, out of a window that cannot be finished, and away from
 * a state that a run refuses. What is read again is never stored twice, unless the command says so.
 */
class StateCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant START = World.START;
    private static final String COPY = "duo-telephony-state/" + World.API_HOST + "_20261123T090000.000Z.json";

    private final MadeUpEvents made = new MadeUpEvents(29);
    private final World world = new World().set("duo.page.size", "5");

    /** One every two minutes, the first 58 minutes before the start, over two hours. */
    private final List<SimulatedEvent> events =
            made.spread(60, START.minus(Duration.ofMinutes(58)), START.plus(Duration.ofMinutes(62)));

    private @Nullable TestCollector collector;

    StateCommandTest() {
        world.events.add(events);
    }

    @AfterEach
    void close() {
        if (collector != null) {
            collector.close();
        }
        world.close();
    }

    // ---- Beside a back-fill.

    @Test
    void unfinishedBackfill_isFinishedFirst_whereTheCollectorWouldReadItsTimeAgain() {
        runTwice();
        String before = world.state();
        String begun = World.STATE_KEY.replace(".json", "_backfill_20261123T070000.000Z_20261123T073000.000Z.json");
        CollectorState backfill = new CollectorState(
                new S3StateStore(World.s3().client(), world.bucket, begun),
                World.API_HOST,
                Duration.ofMinutes(10),
                world.clock);
        backfill.open(asked -> world.clock.instant());
        backfill.openWindow(
                Window.unread(Instant.parse("2026-11-23T07:00:00Z"), Instant.parse("2026-11-23T07:30:00Z"), 1000));
        backfill.writeWindow();

        StateConsole.Result refused = console().state("set-through", "2026-11-23T07:20:00Z", "--yes");

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains("A back-fill of 2026-11-23T07:00:00Z..2026-11-23T07:30:00Z was begun and is not done")
                .contains("the collector would read from 2026-11-23T07:20:00Z on", begun);
        assertThat(world.state()).isEqualTo(before);
        assertThat(console()
                        .state("set-through", "2026-11-23T07:31:00Z", "--yes")
                        .exitCode())
                .as("behind it")
                .isZero();
    }

    // ---- Showing.

    @Test
    void show_saysSo_whenThereIsNoState() {
        StateConsole.Result shown = console().state("show");

        assertThat(shown.exitCode()).isZero();
        assertThat(shown.out())
                .contains("s3://" + world.bucket + "/" + World.STATE_KEY + ": there is none yet")
                .contains("nothing; the first run begins 1 h ago (duo.lookback)");
        assertThat(json("show", "--json").path("exists").asBoolean(true)).isFalse();
    }

    /** Through 08:57:50, with the clock at 09:01:30. */
    @ParameterizedTest
    @CsvSource({
        "1s,       1",
        "3m,       1",
        "219999ms, 1",
        "220s,     0",
        "PT3M40S,  0",
        "4m,       0",
        "3h,       0",
        "180d,     0"
    })
    void show_exitsWith1_whenItIsLater(String lagMax, int exitCode) {
        runTwice();
        world.clock.advance(Duration.ofSeconds(90));

        for (String[] form : List.of(new String[] {"show"}, new String[] {"show", "--json"})) {
            StateConsole.Result shown = console().state(form, "--max-lag=" + lagMax);

            assertThat(shown.exitCode()).as(lagMax).isEqualTo(exitCode);
            assertThat(shown.out()).as("shown all the same").contains("2026-11-23T08:57:50Z");
            assertThat(shown.err()).hasLineCount(exitCode);
            if (exitCode == 1) {
                assertThat(shown.err()).startsWith("Late: collected through 2026-11-23T08:57:50Z, 3 min 40 s ago");
            }
        }
    }

    @Test
    void show_isLate_whenThereIsNoState() {
        StateConsole.Result shown = console().state("show", "--max-lag", "180d");

        assertThat(shown.exitCode()).isEqualTo(1);
        assertThat(shown.err()).hasLineCount(1).startsWith("Late: nothing is collected yet");
    }

    @Test
    void show_saysHowFarAndHowLate_andWritesNothing() {
        runTwice();
        world.clock.advance(Duration.ofSeconds(90));
        world.s3Proxy.reset();

        StateConsole.Result shown = console().state("show");

        assertThat(shown.exitCode()).as(shown.err()).isZero();
        assertThat(shown.out().lines())
                .contains("State       s3://" + world.bucket + "/" + World.STATE_KEY)
                .anySatisfy(line -> assertThat(line).matches("Written +20.*Z, [0-9,]+ bytes"))
                .contains("Account     " + World.API_HOST)
                .anySatisfy(line -> assertThat(line).matches("Format +version 3, write [0-9a-f-]{36}"))
                .contains("Covered     through 2026-11-23T08:57:50Z, 3 min 40 s ago")
                .contains("Window      none open")
                .contains("Pending     nothing")
                .contains("Event keys  5, complete since 2026-11-23T08:47:50Z, the newest of 2026-11-23T08:56:00Z")
                .hasSize(8);
        JsonNode json = json("show", "--json");
        assertThat(json.path("lagSeconds").asDouble()).isEqualTo(220.0);
        assertThat(json.path("committedThrough").asText()).isEqualTo("2026-11-23T08:57:50Z");
        assertThat(json.path("refused").isNull()).isTrue();
        assertThat(json.path("eventKeys").asInt()).isEqualTo(5);
        assertThat(world.s3Proxy.requests())
                .as("one to look, for each of the two commands")
                .hasSize(2)
                .noneMatch(ProxiedRequest::isWrite);
    }

    @Test
    void show_hasTheOpenWindow_andThePendingBatch() throws IOException {
        runIntoPending();

        StateConsole.Result shown = console().state("show");

        assertThat(shown.out())
                .contains("Window      2026-11-23T07:00:00Z..2026-11-23T07:57:50Z is open, page 2 next, cursor "
                        + events.get(4).ts().toEpochMilli() + ",")
                .containsPattern("Pending     duo-telephony/telephony_20261123T075750.000Z_00002_[0-9a-f]{12}.ndjson"
                        + " \\(5 events\\), not known to be in the bucket");
        JsonNode json = json("show", "--json");
        assertThat(json.path("pending").path("events").asInt()).isEqualTo(5);
        assertThat(json.path("window").path("page").asInt()).isEqualTo(2);
        assertThat(json.path("window").path("readThrough").asText())
                .isEqualTo(events.get(4).ts().truncatedTo(ChronoUnit.MILLIS).toString());
    }

    // ---- Moving back and forth.

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "within the keys         | 2026-11-23T08:52:00Z      | Read again: 2026-11-23T08:52:00Z..2026-11-23T08:57:50Z (5 min 50 s).",
                "before the keys         | 2026-11-23T17:10:00+09:00 | Read again: 2026-11-23T08:10:00Z..2026-11-23T08:57:50Z (47 min 50 s).",
                "over two windows        | now-110m                  | Read again: 2026-11-23T07:10:00Z..2026-11-23T08:57:50Z (1 h 47 min).",
                "not at all              | 2026-11-23T08:57:50Z      | Collected through 2026-11-23T08:57:50Z, as it is now.",
            })
    void back_readsAgain_andStoresNothingTwice(String what, String time, String said) {
        runTwice();
        String before = world.state();

        StateConsole.Result set = console().state("set-through", time, "--yes");

        assertThat(set.exitCode()).as(set.err()).isZero();
        assertThat(set.out()).contains(said, "Written: s3://", "As it was: s3://" + world.bucket + "/" + COPY + ".");
        assertThat(new String(world.everything().get(COPY), UTF_8)).isEqualTo(before);
        int requests = world.duo.requests().size();
        finish();
        assertThat(world.duo.requests().size() - requests).as("requests to Duo").isPositive();
        assertEveryEventOnce();
    }

    @Test
    void back_withoutTheBucket_saysWhatStandsTwice() {
        runTwice();

        StateConsole.Result set = console().state("set-through", "2026-11-23T08:10:00Z", "--no-skip-existing", "--yes");

        assertThat(set.exitCode()).as(set.err()).isZero();
        assertThat(set.out())
                .contains(
                        "Stored twice: whatever the bucket holds of 2026-11-23T08:10:00Z..2026-11-23T08:47:50Z (37 min 50 s).");
        finish();
        List<SimulatedEvent> expected = new ArrayList<>(events);
        events.stream()
                .filter(event -> !event.ts().isBefore(Instant.parse("2026-11-23T08:10:00Z"))
                        && event.ts().isBefore(Instant.parse("2026-11-23T08:48:00Z")))
                .forEach(expected::add);
        assertThat(expected).hasSize(events.size() + 19);
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(expected));
    }

    /** A time that has not come by S3's clock is never skipped, whatever this machine's says. */
    @Test
    void clockThatIsAhead_countsNothingAsCollectedThatIsToCome() {
        runTwice();
        Instant latest = world.clock.instant().minusSeconds(120);
        StateConsole ahead = new StateConsole(world.settings, Clock.offset(world.clock, Duration.ofMinutes(4)));

        assertThat(ahead.state("set-through", latest.plusSeconds(1).toString(), "--yes")
                        .err())
                .contains("is too late: now minus duo.lag is " + latest);
        StateConsole.Result set = ahead.state("set-through", "now-2m", "--yes");
        assertThat(set.exitCode()).as(set.err()).isZero();
        assertThat(world.state()).contains("\"committedThrough\":\"" + latest + "\"");

        StateConsole.Result refused = new StateConsole(world.settings, Clock.offset(world.clock, Duration.ofHours(1)))
                .state("set-through", "now-1h", "--yes");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("This machine's clock says", "S3's says " + world.clock.instant());
    }

    @Test
    void forward_neverReadsWhatLiesBetween() {
        runTwice();
        world.clock.advance(Duration.ofHours(1));

        StateConsole.Result set = console().state("set-through", "2026-11-23T09:01:00Z", "--yes");

        assertThat(set.out())
                .contains("Never read: events between 2026-11-23T08:57:50Z..2026-11-23T09:01:00Z (3 min 10 s)")
                .contains("The next run begins at 2026-11-23T09:01:00Z.");
        world.events.add(made.at(Instant.parse("2026-11-23T09:01:00Z")));
        run(RunOutcome.DONE);
        List<SimulatedEvent> expected = world.events.events().stream()
                .filter(event -> event.ts().isBefore(Instant.parse("2026-11-23T08:57:50Z"))
                        || !event.ts().isBefore(Instant.parse("2026-11-23T09:01:00Z"))
                        || event.ts().equals(Instant.parse("2026-11-23T08:57:50Z")))
                .toList();
        // Those of 08:58 and 09:00 are never read, and that of 09:01 is.
        assertThat(expected).hasSize(events.size() - 1);
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(expected));
    }

    /** What a window that Duo's answers do not let anybody finish is cured by. */
    @ParameterizedTest
    @CsvSource({"2026-11-23T07:00:00Z", "2026-11-23T07:10:00Z"})
    void anOpenWindow_isGivenUp_withoutLossOrDouble(String time) {
        world.duo.misbehave(1, 1000, repeatedOffset());
        assertThat(run(RunOutcome.OPERATOR)).contains("next_offset");
        assertThat(json("show", "--json").has("window")).isTrue();
        world.duo.behave();

        StateConsole.Result set = console().state("set-through", time, "--yes");

        assertThat(set.exitCode()).as(set.err()).isZero();
        assertThat(set.out()).contains("Given up: the open window 2026-11-23T07:00:00Z..2026-11-23T07:57:50Z");
        world.clock.advance(Duration.ofHours(1));
        finish();
        assertEveryEventOnce();
    }

    /** The first page of a window stays unread where it is moved past its cursor: then that is what the command says. */
    @Test
    void anOpenWindow_isSkippedBehindItsCursor() {
        world.set("max.iterations", "1");
        run(RunOutcome.MORE);
        Instant read = events.get(4).ts();

        StateConsole.Result set = console().state("set-through", "2026-11-23T07:30:00Z", "--dry-run");

        assertThat(set.out())
                .contains("Never read: events between " + read + "..2026-11-23T07:30:00Z (")
                .endsWith("Nothing was changed (--dry-run)." + System.lineSeparator());
    }

    @Test
    void aPendingBatch_isNotLost() throws IOException {
        runIntoPending();
        String before = world.state();
        Instant earliest = events.get(5).ts();

        StateConsole.Result refused = console().state("set-through", "2026-11-23T07:40:00Z", "--yes");

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .startsWith("A batch is pending: duo-telephony/telephony_20261123T075750.000Z_00002_")
                .contains("Make one run first (once)", "set through " + earliest + " or earlier");
        assertThat(world.state()).isEqualTo(before);

        StateConsole.Result early = console().state("set-through", earliest.toString(), "--yes");
        assertThat(early.exitCode()).isEqualTo(2);
        assertThat(early.err()).contains("a write of the batch may still arrive until it is 30 min old");
        assertThat(world.state()).isEqualTo(before);

        world.clock.advance(Duration.ofMinutes(31));
        StateConsole.Result set = console().state("set-through", earliest.toString(), "--yes");
        assertThat(set.exitCode()).as(set.err()).isZero();
        assertThat(set.out()).contains("Given up: the pending batch");
        world.clock.advance(Duration.ofHours(1));
        finish();
        assertEveryEventOnce();
    }

    // ---- States that a run refuses.

    static Stream<Arguments> poisoned() {
        return Stream.of(
                poisoned("cut off", state -> state.substring(0, state.length() / 2)),
                poisoned("no JSON", state -> "committed through yesterday"),
                poisoned("the Lambda's", state -> "{\"last_offset\": null, \"last_timestamp_ms\": 1763885700124}"),
                poisoned("an unknown member", state -> state.replace("\"owner\"", "\"tenant\":\"x\",\"owner\"")),
                poisoned("the future", state -> state.replace("08:57:50Z\"", "18:58:00Z\"")));
    }

    private static Arguments poisoned(String name, UnaryOperator<String> spoil) {
        return Arguments.of(name, spoil);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("poisoned")
    void aPoisonedState_isShown_andCured_withoutLossOrDouble(String name, UnaryOperator<String> spoil) {
        runTwice();
        String bad = spoil.apply(world.state());
        world.putState(bad);
        assertThat(run(RunOutcome.OPERATOR)).contains("The state at s3://");

        StateConsole.Result shown = console().state("show");
        assertThat(shown.exitCode()).isEqualTo(2);
        assertThat(shown.out()).contains("State       s3://").doesNotContain("last_timestamp_ms");
        assertThat(shown.err()).hasLineCount(1).contains("The state at s3://" + world.bucket + "/" + World.STATE_KEY);
        assertThat(json(2, "show", "--json").path("refused").asText()).contains("The state at s3://");

        // Any time that is certain to have been collected will do.
        StateConsole.Result set = console().state("set-through", "2026-11-23T07:30:00Z", "--yes");

        assertThat(set.exitCode()).as(set.err()).isZero();
        assertThat(set.out()).contains("Replaced: a state that is refused. The state at s3://");
        assertThat(new String(world.everything().get(COPY), UTF_8)).isEqualTo(bad);
        finish();
        assertEveryEventOnce();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "version | 9                        | A newer collector wrote it: run that one",
                "owner   | api-99999999.duosecurity.com | Give each account and each log a state.key of its own.",
            })
    void aStateThatSomebodyElseNeeds_isLeftAlone(String member, String value, String said) {
        runTwice();
        String other = member.equals("version")
                ? world.state().replace("\"version\":3", "\"version\":" + value)
                : world.state().replace(World.API_HOST, value);
        world.putState(other);

        StateConsole.Result shown = console().state("show");
        assertThat(shown.exitCode()).isEqualTo(2);
        assertThat(shown.out())
                .containsPattern("(Format +version|Account +)" + (member.equals("version") ? " 9" : value));
        StateConsole.Result set = console().state("set-through", "now-1h", "--yes");

        assertThat(set.exitCode()).isEqualTo(2);
        assertThat(set.err()).hasLineCount(1).contains(said);
        assertThat(world.state()).isEqualTo(other);
        assertThat(world.everything()).doesNotContainKey(COPY);
    }

    @Test
    void aLostState_isMadeAnew_withoutLossOrDouble() {
        runTwice();
        world.deleteState();

        StateConsole.Result set = console().state("set-through", "2026-11-23T07:30:00Z", "--yes");

        assertThat(set.exitCode()).as(set.err()).isZero();
        assertThat(set.out())
                .contains("There is no state yet at s3://", "Never read: what is before 2026-11-23T07:30:00Z.")
                .doesNotContain("As it was");
        finish();
        assertEveryEventOnce();
    }

    /** An old copy does not know what was collected since; the bucket does. */
    @Test
    void anOldCopy_isPutBack_withoutLossOrDouble() {
        run(RunOutcome.DONE);
        String old = world.state();
        world.clock.advance(Duration.ofHours(1));
        run(RunOutcome.DONE);
        world.putState(old);

        StateConsole.Result set = console().state("set-through", "2026-11-23T07:57:50Z", "--yes");

        assertThat(set.exitCode()).as(set.err()).isZero();
        finish();
        assertEveryEventOnce();
    }

    // ---- Consent, copies, wrong use.

    @Test
    void withoutConsent_nothingIsChanged() {
        runTwice();
        String before = world.state();

        for (String typed : List.of("n\n", "\n", "", "yesterday\n")) {
            StateConsole.Result set = console().answering(typed).state("set-through", "now-1h");
            assertThat(set.exitCode()).isEqualTo(2);
            assertThat(set.err()).isEqualTo("Write this state? [y/N] Nothing was changed." + System.lineSeparator());
        }
        StateConsole.Result nobody = console().state("set-through", "now-1h");
        assertThat(nobody.exitCode()).isEqualTo(2);
        assertThat(nobody.err())
                .isEqualTo("Nothing was changed: there is no terminal to confirm it at. Read the above, and add --yes."
                        + System.lineSeparator());
        assertThat(world.state()).isEqualTo(before);
        assertThat(world.everything()).doesNotContainKey(COPY);

        assertThat(console().answering("Y\n").state("set-through", "now-1h").exitCode())
                .isZero();
        assertThat(world.state()).isNotEqualTo(before);
    }

    @Test
    void aCopy_neverLiesInsideThePrefix() {
        world.set("state.key", "duo-telephony/state.json").set("state.inside-prefix", "true");
        runTwice();

        StateConsole.Result refused = console().state("set-through", "now-1h", "--yes");

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .startsWith(
                        "The copy of the state, duo-telephony/state_20261123T090000.000Z.json, would be inside s3.prefix")
                .contains("--no-copy");
        assertThat(console()
                        .state("set-through", "now-1h", "--yes", "--no-copy")
                        .exitCode())
                .isZero();
        assertThat(world.everything().keySet()).noneMatch(key -> key.contains("_20261123T090000.000Z.json"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yesterday               | 'yesterday' is not a time. Allowed: 2026-11-23T08:15:00Z, ",
                "2026-11-23T08:15:00     | '2026-11-23T08:15:00' is not a time. Allowed: ",
                "now-P1Y                 | 'now-P1Y' is not a time. Allowed: ",
                "now                     | The time 2026-11-23T09:00:00Z is too late: now minus duo.lag is 2026-11-23T08:58:00Z",
                "2027-01-01T00:00:00Z    | The time 2027-01-01T00:00:00Z is too late: ",
                "now-181d                | The time 2026-05-26T09:00:00Z is too early: Duo keeps 180 days, and nothing before",
            })
    void aTimeOutOfBounds_isRefused(String time, String said) {
        world.clock.advance(Duration.ofHours(1));

        StateConsole.Result refused = console().state("set-through", time, "--yes");

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).startsWith(said);
        assertThat(world.everything()).isEmpty();
    }

    @Test
    void wrongUse_isTold() {
        assertThat(console().state().err())
                .startsWith("Missing: show, set-through, import, or settle.")
                .endsWith("See: state --help\n");
        assertThat(console().state().exitCode()).isEqualTo(2);
        assertThat(console().state("set-through").err()).contains("Missing required parameter: 'TIME'");
        world.set("s3.bucket", "");
        StateConsole.Result unset = console().state("show");
        assertThat(unset.exitCode()).isEqualTo(2);
        assertThat(unset.err()).hasLineCount(1).startsWith("Setting s3.bucket is not set.");
    }

    /** A collector that runs meanwhile is not undone, and what it was doing is not either. */
    @Test
    void aCollectorThatWritesMeanwhile_isLeftAlone() {
        runTwice();
        world.clock.advance(Duration.ofMinutes(30));
        world.s3Proxy.onRequest(request -> {
            if (request.target().contains("list-type=2") && !request.target().contains("_backfill_")) {
                world.s3Proxy.onRequest(further -> {});
                run(RunOutcome.DONE);
            }
        });

        StateConsole.Result set = console().state("set-through", "now-1h", "--yes");

        assertThat(set.exitCode()).isEqualTo(1);
        assertThat(set.err())
                .startsWith("Nothing was changed: a collector, or another command, has written or deleted the state");
        assertThat(world.state()).contains("\"committedThrough\":\"2026-11-23T09:27:50Z\"");
        assertEveryEventOnce();
    }

    @Test
    void whatMayBeAPhoneNumber_isNotPrinted() {
        runTwice();
        world.putState(world.state().replaceFirst("\"owner\":\"[^\"]*\"", "\"owner\":\"of +12025550100\""));

        StateConsole.Result shown = console().state("show");
        StateConsole.Result json = console().state("show", "--json");
        StateConsole.Result set = console().state("set-through", "now-1h", "--yes");

        assertThat(shown.out() + shown.err()).contains("of [masked]").doesNotContain("2025550100");
        assertThat(json.out() + json.err()).contains("of [masked]").doesNotContain("2025550100");
        assertThat(set.out() + set.err()).contains("belongs to of [masked]").doesNotContain("2025550100");
    }

    @Test
    void s3ThatRefuses_isOneLine() {
        runTwice();
        world.s3Proxy.plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.ANSWER_403));

        StateConsole.Result set = console().state("set-through", "now-1h", "--yes");

        assertThat(set.exitCode()).isEqualTo(2);
        assertThat(set.err()).hasLineCount(1).contains("S3 refused s3:PutObject on s3://" + world.bucket + "/" + COPY);
    }

    private StateConsole console() {
        return new StateConsole(world.settings, world.clock);
    }

    private JsonNode json(String... arguments) {
        return json(0, arguments);
    }

    private JsonNode json(int exitCode, String... arguments) {
        StateConsole.Result result = console().state(arguments);
        assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
        assertThat(result.out()).hasLineCount(1);
        try {
            JsonNode document = JSON.readTree(result.out());
            assertThat(document.path("exitCode").asInt(-1)).isEqualTo(exitCode);
            assertThat(document.path("streams")).hasSize(1);
            return document.path("streams").path(0);
        } catch (IOException e) {
            throw new AssertionError(result.out(), e);
        }
    }

    /** Collects an hour, and then another one; now it is nine. */
    private void runTwice() {
        run(RunOutcome.DONE);
        world.clock.advance(Duration.ofHours(1));
        run(RunOutcome.DONE);
    }

    /** Leaves a state behind whose second page is declared and not stored. */
    private void runIntoPending() throws IOException {
        world.s3Proxy.plan(FaultPlan.logical(
                FaultPlan.at(2, request -> request.isWrite() && !World.isState(request), Fault.DROP_BEFORE),
                FaultPlan.Tries.ALL));
        run(RunOutcome.FAILED);
        world.s3Proxy.plan(FaultPlan.none());
        assertThat(JSON.readTree(world.state()).has("pending")).isTrue();
    }

    private String run(RunOutcome outcome) {
        if (collector == null) {
            collector = world.start();
        }
        RunReport report = collector.run();
        assertThat(report.outcome()).as(report.line()).isEqualTo(outcome);
        return report.line();
    }

    /** Collects what is left, until after the last event. */
    private void finish() {
        world.clock.advance(Duration.ofMinutes(10));
        run(RunOutcome.DONE);
    }

    private void assertEveryEventOnce() {
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
    }
}
