// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.app.CamelApplication;
import dev.duocollector.check.Check;
import dev.duocollector.check.Preflight;
import dev.duocollector.cli.StateConsole;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.run.RunReport;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.Selection;
import dev.duocollector.settings.Shard;
import dev.duocollector.simulator.MadeUpEvents;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several nodes, each with its shard of the streams: all of them together collect each event once, whatever overlaps. */
class ShardsTest {

    private static final Duration STEP = Duration.ofMinutes(20);
    private static final int ROUNDS = 4;

    @TempDir
    private Path folder;

    private World world = new World();
    private final Logs logs = Logs.capture();
    private final List<TestStream> streams = new ArrayList<>();

    @AfterEach
    void close() {
        logs.close();
        world.close();
    }

    /** Adds accounts with three logs each, and events all the time from an hour ago to some rounds from now. */
    private void accounts(Instant begin, String... names) {
        world.set("duo.accounts", folder.toString())
                .set("duo.logs", "telephony,authentication,activity")
                .set("duo.page.size", "2");
        List.of("duo.api.host", "duo.ikey", "duo.skey").forEach(world.settings::remove);
        for (int i = 0; i < names.length; i++) {
            streams.addAll(TestStream.ofNewAccount(world, folder, names[i], i + 1));
        }
        MadeUpEvents make = new MadeUpEvents(7);
        streams.forEach(stream -> stream.duo()
                .add(stream.spread(
                        make, 9, begin.minus(Duration.ofMinutes(50)), begin.plus(STEP.multipliedBy(ROUNDS - 1)))));
    }

    private TestCollector start(String shard) {
        Map<String, String> settings = new HashMap<>(world.settings);
        settings.put("streams.shard", shard);
        return TestCollector.start(settings, world.clock);
    }

    private static List<String> names(TestCollector collector) {
        return Streams.of(collector.context()).all().stream().map(Stream::name).toList();
    }

    @Test
    void allShards_collectEveryStreamOnce() {
        accounts(World.START, "acme", "globex", "initech");
        List<String> collected = new ArrayList<>();
        for (int index = 0; index < 3; index++) {
            try (TestCollector node = start(index + "/3")) {
                Shard shard = new Shard(index, 3);
                List<String> its = names(node);
                assertThat(its)
                        .containsExactlyElementsOf(streams.stream()
                                .filter(stream -> shard.has(owner(stream)))
                                .map(TestStream::name)
                                .toList());
                assertThat(Streams.of(node.context()).collected(false))
                        .startsWith("shard " + index + "/3, " + its.size() + " of 9 logs: ");
                its.forEach(name -> assertThat(node.runOf(name).outcome()).isEqualTo(RunOutcome.DONE));
                collected.addAll(its);
            }
        }
        assertThat(collected)
                .containsExactlyInAnyOrderElementsOf(
                        streams.stream().map(TestStream::name).toList());
        Instant now = world.now().minus(Duration.ofMinutes(2));
        for (TestStream stream : streams) {
            assertThat(stream.lines())
                    .as(stream.name())
                    .isNotEmpty()
                    .containsExactlyInAnyOrderElementsOf(stream.stored(stream.duo().events().stream()
                            .filter(event -> !event.ts().isAfter(now))
                            .toList()));
        }
    }

    private static String owner(TestStream stream) {
        String log = stream.name().substring(stream.name().indexOf('/'));
        return stream.host() + (log.equals("/telephony") ? "" : log);
    }

    /** A pod that is replaced ends its run while the new one has begun; and a node that still has another N. */
    @Test
    void everyEventOnce_whileTwoNodesHaveTheSameStreams() throws Exception {
        accounts(World.START, "acme", "globex");
        // The embedded server's If-Match is a HEAD and then a PUT, which S3 rules out.
        world.s3Proxy.serializing(ShardsTest::isOfState);
        List<TestCollector> nodes = List.of(start("0/2"), start("0/2"), start("1/2"), start("2/3"));
        ExecutorService threads = Executors.newFixedThreadPool(nodes.size());
        int owned = 0;
        try {
            for (int round = 0; round < ROUNDS; round++) {
                List<Future<Integer>> runs = new ArrayList<>();
                nodes.forEach(node -> runs.add(threads.submit(() -> runAll(node))));
                for (Future<Integer> run : runs) {
                    owned += run.get(1, TimeUnit.MINUTES);
                }
                world.clock.advance(STEP);
            }
            // The old pod is gone.
            for (int i = 0; i < 2; i++) {
                assertThat(runAll(nodes.get(1)) + runAll(nodes.get(2))).isZero();
                world.clock.advance(STEP);
            }
        } finally {
            threads.shutdown();
            nodes.forEach(TestCollector::abandon);
        }
        assertThat(owned).as("runs that met another node").isPositive();
        streams.forEach(stream -> stream.assertEveryEventOnce("after an overlap"));
        assertThat(logs.lines(Level.ERROR)).isEmpty();
    }

    private static boolean isOfState(ProxiedRequest request) {
        return request.path().contains("-state/");
    }

    /** Makes a run of each of a node's streams, and returns how many gave way to another node. */
    private static int runAll(TestCollector node) {
        int owned = 0;
        for (String name : names(node)) {
            RunReport report = node.runOf(name);
            assertThat(report.outcome()).as(report.line()).isIn(RunOutcome.DONE, RunOutcome.OWNED);
            owned += report.outcome() == RunOutcome.OWNED ? 1 : 0;
        }
        return owned;
    }

    private static final Selection ACTIVITY = new Selection(Optional.empty(), Optional.of(DuoLog.ACTIVITY));

    private CamelApplication application(String shard) {
        Map<String, String> settings = new HashMap<>(world.settings);
        settings.put("streams.shard", shard);
        return CamelApplication.withoutSchedule(Map.of(), settings);
    }

    @Test
    void once_readsTheShard_andWithASelectionWhatIsSelected() {
        world.close();
        world = World.inRealTime();
        world.set("duo.logs", "telephony,authentication,activity");
        streams.addAll(TestStream.ofOwnAccount(world));
        MadeUpEvents make = new MadeUpEvents(3);
        streams.forEach(stream ->
                stream.duo().add(List.of(stream.at(make, Instant.now().minusSeconds(1800)))));
        TestStream telephony = streams.get(0);
        TestStream authentication = streams.get(1);
        TestStream activity = streams.get(2);

        // By the fixed table, 2/3 has the authentication log, and 3/5 none.
        assertThat(application("2/3").runOnce()).isZero();
        authentication.assertEveryEventOnce("by its shard");
        assertThat(activity.lines()).isEmpty();
        assertThat(telephony.lines()).isEmpty();

        assertThat(application("3/5").runOnce()).as("a shard without a stream").isZero();
        assertThat(logs.lines(Level.INFO))
                .contains("Nothing was read: no log is dealt to shard 3/5, and the other shards have all 3 logs.");
        assertThat(activity.lines()).isEmpty();
        assertThat(telephony.lines()).isEmpty();

        assertThat(application("2/3").of(ACTIVITY).runOnce()).isZero();
        activity.assertEveryEventOnce("by a command about it");
        assertThat(telephony.lines()).isEmpty();

        assertThat(application("2/3").of(Selection.ALL).runOnce()).isZero();
        telephony.assertEveryEventOnce("by a command about all");
        assertThat(logs.lines(Level.ERROR)).isEmpty();
    }

    @Test
    void commands_showAllStreams_andWhichShardHasEach() {
        world.close();
        world = World.inRealTime();
        world.set("duo.logs", "telephony,activity");
        assertThat(new StateConsole(world.settings, world.clock).status().out())
                .as("without shards")
                .startsWith("LOG            COVERED THROUGH")
                .doesNotContain("SHARD");

        world.set("streams.shard", "0/2");
        StateConsole console = new StateConsole(world.settings, world.clock);
        assertThat(console.status().out().lines().toList())
                .satisfiesExactly(
                        head -> assertThat(head).startsWith("LOG            SHARD COVERED THROUGH"),
                        telephony -> assertThat(telephony).startsWith("telephony      1     -"),
                        activity -> assertThat(activity).startsWith("activity       0     -"));
        assertThat(console.status("--json").out())
                .contains("\"log\":\"telephony\",\"shard\":1,", "\"log\":\"activity\",\"shard\":0,");
        assertThat(console.state("show", "--log", "telephony").exitCode()).isZero();

        List<Check> checks = new ArrayList<>();
        new Preflight(Map.of(), world.settings, Selection.ALL, checks::add).run();
        assertThat(checks)
                .filteredOn(check -> check.name().equals("shard"))
                .extracting(Check::detail)
                .containsExactly("0/2, to which 1 of 2 logs are dealt (status shows which); this looks at all");
        assertThat(checks).extracting(Check::name).contains("duo-read-log-telephony", "duo-read-log-activity");
    }

    /** It is ready for streams that come, and no figure says that one of its own never succeeds. */
    @Test
    void shardWithoutAStream_isNoTrouble() {
        SimpleMeterRegistry figures = new SimpleMeterRegistry();
        Map<String, String> settings = new HashMap<>(world.settings);
        settings.put("streams.shard", "0/2");
        try (TestCollector node = TestCollector.start(settings, world.clock, figures)) {
            assertThat(names(node)).isEmpty();
            assertThat(Streams.of(node.context()).collected(false))
                    .isEqualTo("shard 0/2, 0 of 1 log: nothing yet: no log is dealt to shard 0/2, and the other shards"
                            + " have all 1 log.");
            assertThat(Streams.of(node.context()).exitCode()).isZero();
            assertThat(figures.find("duo.telephony.streams").gauge().value()).isZero();
            assertThat(figures.find("duo.telephony.last.success.age").gauge()).isNull();
        }
        SimpleMeterRegistry others = new SimpleMeterRegistry();
        settings.put("streams.shard", "1/2");
        try (TestCollector node = TestCollector.start(settings, world.clock, others)) {
            assertThat(names(node)).containsExactly("telephony");
            assertThat(others.find("duo.telephony.last.success.age").gauge()).isNotNull();
        }
        assertThat(logs.lines(Level.ERROR)).isEmpty();
    }
}
