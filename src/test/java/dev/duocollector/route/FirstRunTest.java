// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.clockSkew;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.testing.Gzip;
import dev.duocollector.testing.RawServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** A run without a state is a first one only where nothing says that there was one before. */
class FirstRunTest {

    private static final String COLLECTORS = "telephony_20261122T081500.123Z_00001_0123456789ab.ndjson";

    private final World world =
            new World(duo -> duo.skewTolerance(Duration.ofHours(1))).set("duo.retry.max-elapsed", "0s");
    private final List<SimulatedEvent> events = new MadeUpEvents(3)
            .spread(5, World.START.minus(Duration.ofMinutes(50)), World.START.minus(Duration.ofMinutes(15)));

    FirstRunTest() {
        world.events.add(events);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private RunReport run(RunOutcome outcome) {
        try (TestCollector collector = world.start()) {
            RunReport report = collector.run();
            assertThat(report.outcome()).as(report.line()).isEqualTo(outcome);
            return report;
        }
    }

    private void put(String key, byte[] content) {
        World.s3().client().putObject(request -> request.bucket(world.bucket).key(key), RequestBody.fromBytes(content));
    }

    private static boolean isList(ProxiedRequest request) {
        return request.target().contains("list-type=2");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "the collector's      | telephony_20261122T081500.123Z_00001_0123456789ab.ndjson    | {\"host\":\"api-00000000.duosecurity.com\"}",
                "raw                  | telephony_20261122T081500.123Z_00001_0123456789ab.ndjson    | {\"ts\":\"2026-11-22T08:00:00+00:00\"}",
                "compressed           | telephony_20261122T081500.123Z_00001_0123456789ab.ndjson.gz | {\"host\":\"api-00000000.duosecurity.com\"}",
                "the Lambda's         | telephony_20261122_081500.json                              | {\"host\":\"API-00000000.duosecurity.com\"}",
                "one that is not JSON | telephony_20261122T081500.123Z_00001_0123456789ab.ndjson    | garbage",
                "one that is empty    | telephony_20261122T081500.123Z_00001_0123456789ab.ndjson    | ''",
            })
    void objectOfAnEarlierRun_isAnOperatorsMatter_untilItIsAllowed(String what, String name, String line)
            throws IOException {
        String key = "duo-telephony/" + name;
        put(key, name.endsWith(".gz") ? Gzip.of(line + "\n") : (line + "\n").getBytes(UTF_8));

        assertThat(run(RunOutcome.OPERATOR).line())
                .contains("s3://" + world.bucket + "/" + World.STATE_KEY, "s3://" + world.bucket + "/" + key)
                .contains("set-through", "state import", "--first", "state.first-run=allow");

        assertThat(world.everything()).containsOnlyKeys(key);
        assertThat(world.duo.requests()).isEmpty();
        world.set("state.first-run", "allow");
        run(RunOutcome.DONE);
        assertThat(world.lines()).containsAll(World.stored(events));
    }

    @Test
    void objectsOfAnotherAccount_areAWarning() {
        put("duo-telephony/" + COLLECTORS, "{\"host\":\"api-99999999.duosecurity.com\"}\n".getBytes(UTF_8));
        try (Logs logs = Logs.capture()) {
            run(RunOutcome.DONE);
            assertThat(logs.lines(Level.WARN)).singleElement().asString().contains("other accounts");
        }
        assertThat(world.lines()).containsAll(World.stored(events));
    }

    @Test
    void oneOfThisAccount_amongThoseOfAnother_counts() {
        put("duo-telephony/" + COLLECTORS, "{\"host\":\"api-99999999.duosecurity.com\"}\n".getBytes(UTF_8));
        String own = COLLECTORS.replace("00001", "00002");
        put("duo-telephony/" + own, ("{\"host\":\"" + World.API_HOST + "\"}\n").getBytes(UTF_8));

        assertThat(run(RunOutcome.OPERATOR).line()).contains(own);
    }

    @ParameterizedTest
    @CsvSource({
        "duo-telephony/telephon",
        "duo-telephony/other/telephony_1",
        "duo-telephony-2/telephony_1",
        "telephony_1"
    })
    void otherObjects_areNotLookedAt(String key) {
        put(key, "{}\n".getBytes(UTF_8));

        run(RunOutcome.DONE);

        assertThat(world.everything()).containsKeys(key, World.STATE_KEY);
    }

    @Test
    void bucketIsListed_onAFirstRunOnly() {
        run(RunOutcome.DONE);
        assertThat(world.s3Proxy.requests()).filteredOn(FirstRunTest::isList).hasSize(2);
        world.s3Proxy.reset();
        world.clock.advance(Duration.ofHours(1));

        run(RunOutcome.DONE);

        assertThat(world.s3Proxy.requests()).isNotEmpty().noneMatch(FirstRunTest::isList);
    }

    /** The first page may be empty, and say that more follows. */
    @Test
    void objectOfAnEarlierRun_isFound_onALaterPage() {
        String key = "duo-telephony/" + COLLECTORS;
        try (RawServer s3 = RawServer.start()) {
            s3.answer("404 Not Found", "<Error><Code>NoSuchKey</Code></Error>", "Content-Type: application/xml");
            s3.answer(
                    "200 OK", list("<IsTruncated>true</IsTruncated><NextContinuationToken>2</NextContinuationToken>"));
            s3.answer(
                    "200 OK",
                    list("<IsTruncated>false</IsTruncated><Contents><Key>" + key + "</Key><Size>3</Size></Contents>"));
            s3.answer("206 Partial Content", "{}\n", "ETag: \"a\"", "Content-Range: bytes 0-2/3");
            // Asked for once more: another collector may have begun meanwhile.
            s3.answer("404 Not Found", "<Error><Code>NoSuchKey</Code></Error>", "Content-Type: application/xml");
            world.set("s3.endpoint", "http://127.0.0.1:" + s3.port());

            assertThat(run(RunOutcome.OPERATOR).line()).contains(key + " was written by an earlier run");

            assertThat(s3.requests()).hasSize(5);
        }
        assertThat(world.duo.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'', it has no IsTruncated", "<html>Log in</html>, it has no IsTruncated"})
    void listThatProvesNothing_letsNoFirstRunBegin(String body, String flaw) {
        try (RawServer s3 = RawServer.start()) {
            s3.answer("404 Not Found", "<Error><Code>NoSuchKey</Code></Error>", "Content-Type: application/xml");
            s3.answer("200 OK", body, "Content-Type: text/html");
            world.set("s3.endpoint", "http://127.0.0.1:" + s3.port());

            assertThat(run(RunOutcome.FAILED).line())
                    .contains("The answer to s3:ListObjectsV2 on s3://" + world.bucket, flaw, "Nothing is lost");
        }
        assertThat(world.duo.requests()).isEmpty();
    }

    private static String list(String members) {
        return "<ListBucketResult>" + members + "</ListBucketResult>";
    }

    @Test
    void listThatIsForbidden_namesWhatToGrant() {
        world.s3Proxy.plan(request -> isList(request) ? Fault.ANSWER_403 : Fault.NONE);

        assertThat(run(RunOutcome.OPERATOR).line()).contains("s3:ListBucket");

        assertThat(world.everything()).isEmpty();
        assertThat(world.duo.requests()).isEmpty();
    }

    @Test
    void deletedState_isAnOperatorsMatter_untilItIsAllowed() {
        world.s3Proxy.addFields(request -> World.isState(request) ? Map.of("x-amz-delete-marker", "true") : Map.of());

        assertThat(run(RunOutcome.OPERATOR).line()).contains("delete marker", "--first");
        assertThat(world.everything()).isEmpty();

        world.set("state.first-run", "allow");
        run(RunOutcome.DONE);
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
    }

    /** It wrote its state, then its object, after this one had asked for the state. */
    @Test
    void anothersFirstRunMeanwhile_isGoneOnFrom() {
        world.s3Proxy.onRequest(request -> {
            if (isList(request)) {
                world.s3Proxy.onRequest(further -> {});
                run(RunOutcome.DONE);
            }
        });

        assertThat(run(RunOutcome.DONE).line()).startsWith("Nothing to read yet");

        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
    }

    @ParameterizedTest(name = "done: {0}")
    @CsvSource({"true", "false"})
    void firstWindow_beginsBehindABackfill(boolean done) {
        Instant to = World.START.minus(Duration.ofMinutes(90));
        SimulatedEvent early = new MadeUpEvents(4).at(to.minus(Duration.ofMinutes(5)));
        world.events.add(early);
        backfill(to.minus(Duration.ofHours(1)), to, done ? 0 : 1);
        world.set("duo.lookback", "3h").set("state.first-run", "allow");

        run(RunOutcome.DONE);

        assertThat(world.state()).contains("\"committedThrough\":\"2026-11-23T07:57:50Z\"");
        assertThat(world.duo.requests())
                .last()
                .satisfies(request -> assertThat(request.query())
                        .containsEntry("mintime", Long.toString(to.plusMillis(1).toEpochMilli())));
        assertThat(world.lines()).doesNotHaveDuplicates().containsAll(World.stored(events));
    }

    /** Nobody has read what lies between. */
    @Test
    void firstWindow_thatLeavesAGapBehindABackfill_saysWhatReadsIt() {
        Instant to = World.START.minus(Duration.ofHours(4));
        Instant gapEnd = World.START.minus(Duration.ofHours(3)).minusMillis(1);
        world.events.add(new MadeUpEvents(4).at(to.plus(Duration.ofMinutes(5))));
        backfill(to.minus(Duration.ofHours(1)), to, 0);
        world.set("duo.lookback", "3h").set("state.first-run", "allow");

        try (Logs logs = Logs.capture()) {
            run(RunOutcome.DONE);

            assertThat(logs.lines(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("backfill --from " + to.plusMillis(1) + " --to " + gapEnd + " collects it");
        }
        backfill(to.plusMillis(1), gapEnd, 0);
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(world.events.events()));
    }

    /** It found no state, and in its shell the first window would have begun behind it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void firstWindow_leavesToABackfillWhatThatHasBegunToReadMeanwhile(int pages) {
        Instant to = World.START.minus(Duration.ofHours(4));
        world.events.add(new MadeUpEvents(4).spread(6, to.minus(Duration.ofMinutes(50)), to));
        world.events.add(new MadeUpEvents(5).spread(2, to.plus(Duration.ofMinutes(1)), to.plus(Duration.ofMinutes(2))));
        AtomicBoolean isFirst = new AtomicBoolean(true);
        world.duoProxy.onRequest(request -> {
            if (isFirst.getAndSet(false)) {
                world.clock.advance(Duration.ofSeconds(2).plusMillis(1));
                backfill(to.minus(Duration.ofHours(1)), to, pages, "duo.lookback", "3h", "duo.page.size", "3");
            }
        });
        world.set("duo.lookback", "24h");

        try (Logs logs = Logs.capture()) {
            run(RunOutcome.DONE);

            assertThat(logs.lines(Level.INFO))
                    .anyMatch(line -> line.contains("a back-fill was begun meanwhile; it is opened again"));
        }
        if (pages > 0) {
            backfill(to.minus(Duration.ofHours(1)), to, 0, "duo.lookback", "3h");
        }
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(world.events.events()));
    }

    private void backfill(Instant from, Instant to, int pages, String... others) {
        Map<String, String> settings = new HashMap<>(world.settings);
        settings.putAll(Map.of(
                "range.from", from.toString(), "range.to", to.toString(), "max.iterations", Integer.toString(pages)));
        for (int i = 0; i < others.length; i += 2) {
            settings.put(others[i], others[i + 1]);
        }
        try (TestCollector collector = TestCollector.start(settings, world.clock)) {
            RunReport report = collector.run();
            assertThat(report.outcome()).as(report.line()).isEqualTo(pages == 0 ? RunOutcome.DONE : RunOutcome.MORE);
        }
    }

    @ParameterizedTest(name = "Duo''s clock {0} s behind")
    @CsvSource({"0, DONE", "1380, DONE", "1381, OPERATOR", "3000, OPERATOR"})
    void rangeThatDuoDoesNotShowYet_isRefused_neverShortened(int behind, RunOutcome outcome) {
        world.duo.misbehave(request -> true, clockSkew(Duration.ofSeconds(-behind)));
        Instant to = World.START.minus(Duration.ofMinutes(25));
        world.set("duo.lookback", "3m");
        Map<String, String> settings = new HashMap<>(world.settings);
        settings.putAll(Map.of("range.from", to.minus(Duration.ofHours(1)).toString(), "range.to", to.toString()));

        try (TestCollector collector = TestCollector.start(settings, world.clock)) {
            RunReport report = collector.run();
            assertThat(report.outcome()).as(report.line()).isEqualTo(outcome);
            if (outcome == RunOutcome.OPERATOR) {
                assertThat(report.line()).contains("--to is " + to, "by its own clock");
                assertThat(world.everything()).isEmpty();
            }
        }
    }
}
