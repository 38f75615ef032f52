// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.duocollector.cli.StateConsole;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * Taking over from the Lambda of Google's guide: whatever form its state has, the bucket then holds every event once, those
 * that the Lambda stored and those that it passed over.
 */
class StateImportTest {

    private static final String LAMBDA_STATE = "lambda/state.json";
    private static final Instant START = World.START;

    @TempDir
    Path folder;

    private final MadeUpEvents made = new MadeUpEvents(23);
    private final World world = new World().set("duo.page.size", "7");

    /** What the Lambda has stored in three runs, the last one an hour ago. */
    private final List<SimulatedEvent> old =
            made.spread(60, START.minus(Duration.ofHours(4)), START.minus(Duration.ofMinutes(62)));

    /** Three that Duo showed only after the Lambda's last run, within the overlap; the Lambda would never have seen them. */
    private final List<SimulatedEvent> late = Stream.of(3, 5, 8)
            .map(minutes -> made.at(last(old).minus(Duration.ofMinutes(minutes)))
                    .visibleFrom(START.minus(Duration.ofMinutes(40))))
            .toList();

    private final List<SimulatedEvent> since =
            made.spread(25, START.minus(Duration.ofMinutes(61)), START.minus(Duration.ofMinutes(3)));

    @AfterEach
    void close() {
        world.close();
    }

    /** The Lambda's last window ended 62 minutes ago; each run has read what lay before it. */
    private void lambdaHasRun(List<SimulatedEvent> stored) {
        int third = stored.size() / 3;
        LambdaObjects.put(world, START.minus(Duration.ofHours(3)), stored.subList(0, third));
        LambdaObjects.put(world, START.minus(Duration.ofHours(2)), stored.subList(third, 2 * third));
        LambdaObjects.put(world, START.minus(Duration.ofMinutes(59)), stored.subList(2 * third, stored.size()));
        world.events.add(old);
        world.events.add(late);
        world.events.add(since);
    }

    /** Every form that the reference code leaves behind, and a few that somebody's version of it might. */
    static Stream<Arguments> forms() {
        return Stream.of(
                form(
                        "done with its window",
                        60,
                        test -> "{\"last_offset\": null, \"last_timestamp_ms\": " + test.stamp(59) + "}"),
                form("a time alone", 60, test -> "{\"last_timestamp_ms\": " + test.stamp(59) + "}"),
                form(
                        "an empty offset",
                        60,
                        test -> "{\"last_offset\": \"\", \"last_timestamp_ms\": " + test.stamp(59) + "}"),
                form(
                        "an empty list",
                        60,
                        test -> "{\"last_offset\": [], \"last_timestamp_ms\": " + test.stamp(59) + "}"),
                form(
                        "in mid-window",
                        50,
                        test -> "{\"last_offset\": \"" + test.offset(49) + "\", \"last_timestamp_ms\": "
                                + test.stamp(30) + "}"),
                form("an offset without times", 50, test -> "{\"last_offset\": \"" + test.offset(49) + "\"}"),
                form(
                        "an offset beside null",
                        50,
                        test -> "{\"last_offset\": \"" + test.offset(49) + "\", \"last_timestamp_ms\": null}"),
                form(
                        "an offset as a list",
                        50,
                        test -> "{\"last_offset\": [\"" + test.offset(49).replace(",", "\", \"") + "\"]}"),
                form(
                        "an offset that lies before what is stored, as without sort its later pages walk backwards",
                        50,
                        test -> "{\"last_offset\": \"" + test.offset(20) + "\"}"),
                form(
                        "an offset without a readable time",
                        60,
                        test -> "{\"last_offset\": \"opaque\", \"last_timestamp_ms\": " + test.stamp(30) + "}"),
                form("an offset without a readable time, alone", 60, test -> "{\"last_offset\": \"opaque\"}"),
                form("empty, beside objects", 60, test -> "{}"),
                form("null, beside objects", 60, test -> "{\"last_offset\": null}"),
                form("nulls, beside objects", 60, test -> "{\"last_offset\": null, \"last_timestamp_ms\": null}"),
                form(
                        "a state that was not saved after its objects were",
                        60,
                        test -> "{\"last_timestamp_ms\": " + test.stamp(30) + "}"));
    }

    private static Arguments form(String name, int stored, Function<StateImportTest, String> state) {
        return Arguments.of(name, stored, state);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forms")
    void goesOn_withoutGapOrDouble(String name, int stored, Function<StateImportTest, String> state) {
        lambdaHasRun(old.subList(0, stored));
        putLambdaState(state.apply(this));

        StateConsole.Result imported = console().state("import", LAMBDA_STATE, "--yes");

        assertThat(imported.exitCode()).as(imported.err()).isZero();
        assertThat(imported.out())
                .contains("The Lambda's state: last_offset ", "Seen already: ", "Written: s3://" + world.bucket)
                .doesNotContain("WARNING");
        assertThat(imported.err()).isEmpty();
        run();
        assertThat(LambdaObjects.stored(world)).containsExactlyInAnyOrderElementsOf(LambdaObjects.sent(all()));
        assertThat(world.everything()).containsKey(LAMBDA_STATE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{}", "{\"last_offset\": null}", "{\"last_offset\": null, \"last_timestamp_ms\": null}"})
    void aStateThatSaysNothing_withoutObjects_isAFirstRun(String state) {
        world.set("duo.lookback", "6h");
        world.events.add(old);
        world.events.add(late);
        world.events.add(since);
        putLambdaState(state);

        StateConsole.Result imported = console().state("import", LAMBDA_STATE, "--yes");

        assertThat(imported.exitCode()).as(imported.err()).isZero();
        assertThat(imported.out())
                .contains("It says no time, and no object of the Lambda's with events is at s3://" + world.bucket
                        + "/duo-telephony: the first run reads duo.lookback")
                .doesNotContain("WARNING");
        run();
        assertThat(LambdaObjects.stored(world)).containsExactlyInAnyOrderElementsOf(LambdaObjects.sent(all()));
    }

    @Test
    void withoutTheObjects_itSaysHowManyMinutesStandTwice_andAsks() {
        lambdaHasRun(old);
        world.deleteObjects();
        putLambdaState("{\"last_offset\": null, \"last_timestamp_ms\": " + stamp(59) + "}");
        Instant through = last(old);
        Instant from = through.minus(Duration.ofMinutes(10));

        StateConsole.Result refused = console().answering("n\n").state("import", LAMBDA_STATE);

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.out())
                .contains("WARNING: the object with the Lambda's last events, of " + through + ", is not at s3://"
                        + world.bucket + "/duo-telephony. Events of 10 min, " + from + ".." + through
                        + ", will be there twice");
        assertThat(refused.err()).isEqualTo("Write this state? [y/N] Nothing was changed." + System.lineSeparator());
        assertThat(world.everything()).containsOnlyKeys(LAMBDA_STATE);

        assertThat(console().answering("yes\n").state("import", LAMBDA_STATE).exitCode())
                .isZero();
        run();
        List<SimulatedEvent> expected = new ArrayList<>(
                old.stream().filter(event -> !event.ts().isBefore(from)).toList());
        assertThat(expected).as("events that stand twice").isNotEmpty();
        expected.addAll(late);
        expected.addAll(since);
        assertThat(LambdaObjects.stored(world)).containsExactlyInAnyOrderElementsOf(LambdaObjects.sent(expected));
    }

    @Test
    void aFile_andAnotherPrefix_areReadAsWell() throws IOException {
        lambdaHasRun(old);
        world.set("s3.prefix", "collected");
        Path file = Files.writeString(folder.resolve("state.json"), "{\"last_timestamp_ms\": " + stamp(59) + "}");

        StateConsole.Result imported =
                console().state("import", file.toString(), "--lambda-prefix", "duo-telephony/", "--yes");

        assertThat(imported.exitCode()).as(imported.err()).isZero();
        assertThat(imported.out()).doesNotContain("WARNING");
        run();
        assertThat(World.s3().objects(world.bucket, "collected/")).isNotEmpty();
        List<JsonNode> stored = new ArrayList<>(LambdaObjects.stored(world));
        World.s3()
                .objects(world.bucket, "collected/")
                .values()
                .forEach(bytes -> new String(bytes, UTF_8)
                        .lines()
                        .map(LambdaObjects::asSent)
                        .forEach(stored::add));
        assertThat(stored).containsExactlyInAnyOrderElementsOf(LambdaObjects.sent(all()));
    }

    @Test
    void aUri_isReadFromAnyBucket() {
        lambdaHasRun(old);
        putLambdaState("{\"last_timestamp_ms\": " + stamp(59) + "}");

        StateConsole.Result imported =
                console().state("import", "s3://" + world.bucket + "/" + LAMBDA_STATE, "--dry-run");

        assertThat(imported.exitCode()).as(imported.err()).isZero();
        assertThat(imported.out())
                .contains("Its latest event is of " + last(old))
                .endsWith("Nothing was changed (--dry-run)." + System.lineSeparator());
        assertThat(world.everything()).doesNotContainKey(World.STATE_KEY);
    }

    /** Somebody has run the collector before thinking of the Lambda's state. */
    @Test
    void theCollectorsOwnState_isReplacedOnlyWithConsent_andWhatItStoredIsSeen() {
        lambdaHasRun(old);
        world.set("duo.lookback", "30m").set("state.first-run", "allow");
        run();
        String own = world.state();
        putLambdaState("{\"last_timestamp_ms\": " + stamp(59) + "}");

        StateConsole.Result refused = console().state("import", LAMBDA_STATE);
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("there is no terminal to confirm it at", "add --yes");
        assertThat(refused.out()).contains("Replaced: the collector's own state at s3://");
        assertThat(world.state()).isEqualTo(own);

        StateConsole.Result imported = console().state("import", LAMBDA_STATE, "--yes");
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        String copy = "duo-telephony-state/" + World.API_HOST + "_20261123T080000.000Z.json";
        assertThat(imported.out()).contains("As it was: s3://" + world.bucket + "/" + copy + ".");
        assertThat(new String(world.everything().get(copy), UTF_8)).isEqualTo(own);
        world.clock.advance(Duration.ofMinutes(1));
        run();
        assertThat(LambdaObjects.stored(world)).containsExactlyInAnyOrderElementsOf(LambdaObjects.sent(all()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "last_offset: null            | is not readable JSON (line 1), so not a state of the Lambda.",
                "[]                           | is not a state of the Lambda: it should be a JSON object with last_offset",
                "{\"a\": 1}                   | is not a state of the Lambda: it should be a JSON object with last_offset",
                "{\"version\":2,\"owner\":\"x\"} | is a state of this program, not of the Lambda.",
                "{\"last_timestamp_ms\": \"1763885700124\"} | last_timestamp_ms is \"1763885700124\". Allowed: a whole number",
                "{\"last_timestamp_ms\": 1.5} | last_timestamp_ms is 1.5. Allowed: a whole number of milliseconds, or null.",
                "{\"last_timestamp_ms\": 1763885700} | last_timestamp_ms means 1970-01-21T09:58:05.700Z. Allowed: milliseconds",
                "{\"last_timestamp_ms\": 1795885700000} | last_timestamp_ms means 2026-11-28T17:08:20Z. Allowed: milliseconds",
                "{\"last_offset\": 12}        | last_offset is 12. Allowed: a text such as",
                "{\"last_offset\": \"1995885700000,x\"} | last_offset means 2033-03-31T",
            })
    void whatIsNoStateOfTheLambdas_isOneLine(String content, String line) {
        putLambdaState(content);

        StateConsole.Result refused = console().state("import", LAMBDA_STATE, "--yes");

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .hasLineCount(1)
                .contains("s3://" + world.bucket + "/" + LAMBDA_STATE)
                .contains(line);
        assertThat(world.everything()).containsOnlyKeys(LAMBDA_STATE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nothing.json       | nothing.json is not there: neither a file here nor s3://",
                "s3://no-such/x     | S3 refused s3:GetObject on s3://no-such/x (404",
                "s3://no-key        | 's3://no-key' is not s3://BUCKET/KEY, a key, or a file.",
            })
    void aSourceThatIsNotThere_isOneLine(String source, String line) {
        StateConsole.Result refused = console().state("import", source, "--yes");

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).hasLineCount(1).startsWith(line);
    }

    @Test
    void whatDuoNoLongerKeeps_isSaid() {
        putLambdaState(
                "{\"last_timestamp_ms\": " + START.minus(Duration.ofDays(200)).toEpochMilli() + "}");

        StateConsole.Result imported = console().state("import", LAMBDA_STATE, "--dry-run");

        assertThat(imported.out()).contains("WARNING: Duo keeps 180 days. What is between 2026-05-07T07:59:59.999Z..");
    }

    private StateConsole console() {
        return new StateConsole(world.settings, world.clock);
    }

    private void run() {
        try (TestCollector collector = world.start()) {
            RunReport report = collector.run();
            assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
        }
    }

    private List<SimulatedEvent> all() {
        List<SimulatedEvent> all = new ArrayList<>(old);
        all.addAll(late);
        all.addAll(since);
        return all;
    }

    /** What the Lambda notes after its window: a millisecond after its latest event, which it cuts to milliseconds. */
    private long stamp(int index) {
        return old.get(index).ts().toEpochMilli() + 1;
    }

    private String offset(int index) {
        return old.get(index).ts().toEpochMilli() + "," + old.get(index).id();
    }

    private static Instant last(List<SimulatedEvent> events) {
        return events.get(events.size() - 1).ts().truncatedTo(ChronoUnit.MILLIS);
    }

    private void putLambdaState(String json) {
        World.s3()
                .client()
                .putObject(request -> request.bucket(world.bucket).key(LAMBDA_STATE), RequestBody.fromString(json));
    }
}
