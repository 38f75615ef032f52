// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duocollector.route.TestStream;
import dev.duocollector.testing.Nightly;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who makes the runs in a cluster: nodes that share the work, and one that takes over from a dead one. */
class ClusterIT {

    private static final int STREAMS = 200;
    private static final Duration PERIOD = Duration.ofSeconds(10);
    /** In two minutes. The first two fall to two nodes. */
    private static final int ROUNDS = 12;
    /** Less than what Quartz takes for missed comes to this. */
    private static final Duration ROUNDS_MAX = Duration.ofSeconds(170);

    private static final double SHARE_MAX = 1.5;
    private static final int IN_HAND = 16;
    /** So many of them work at a time; the others wait for a worker. */
    private static final int WORKERS = 8;

    private static final Duration TAKE_OVER_MAX = Duration.ofSeconds(30);

    @TempDir
    private static Path data;

    @AutoClose
    private static PostgresServer postgres;

    private static String ddl;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startPostgres() {
        postgres = new PostgresServer(data.resolve("postgres"));
        ddl = TestCluster.ddl(data);
    }

    @Nightly
    @Test
    void eachFiringMakesOneRun_onTwoNodesAndOnThree() {
        postgres.createDatabase("spread", ddl);
        // Two minutes of this hour, and nothing after them.
        Instant from = Instant.now().plusSeconds(75).truncatedTo(ChronoUnit.MINUTES);
        ZonedDateTime time = from.atZone(ZoneOffset.UTC);
        int minute = time.getMinute();
        String hours = minute == 59 ? "*" : String.valueOf(time.getHour());
        String schedule = "0/%d %d,%d %s * * ?".formatted(PERIOD.toSeconds(), minute, (minute + 1) % 60, hours);
        try (TestCluster cluster = new TestCluster(postgres, "spread", folder)) {
            cluster.world.set("duo.schedule", schedule);
            List<TestStream> streams = cluster.addAccounts(1, STREAMS + 1);
            List<CollectorNode> nodes = new ArrayList<>(List.of(cluster.start("a"), cluster.start("b")));
            patiently().until(() -> runs(nodes).size() == STREAMS);
            patiently().until(() -> Instant.now().isAfter(from));

            CollectorNode third = cluster.start("c");
            patiently().until(() -> !third.runs().isEmpty());
            assertShares(nodes, Map.of());
            nodes.add(third);
            Map<CollectorNode, Integer> before = new HashMap<>();
            nodes.forEach(node -> before.put(node, sum(node)));
            patiently()
                    .atMost(ROUNDS_MAX)
                    .untilAsserted(() -> assertThat(runs(nodes)).isEqualTo(firings(cluster, from)));
            assertShares(nodes, before);

            nodes.forEach(node -> node.process().terminate());
            for (CollectorNode node : nodes) {
                assertThat(node.process().exitCode()).as(node.output()).isZero();
                assertThat(node.process().logged("WARN")).isEmpty();
                assertThat(node.process().logged("ERROR")).isEmpty();
                node.assertNothingSecret();
            }
            assertThat(runs(nodes)).as("after the end").isEqualTo(firings(cluster, from));
            SortedMap<String, byte[]> bucket = cluster.world.everything();
            streams.forEach(stream -> assertThat(stream.lines(bucket))
                    .as(stream.name())
                    .containsExactlyInAnyOrderElementsOf(
                            stream.stored(stream.duo().events())));
        }
    }

    @Test
    void aKilledNodesRuns_areMadeByAnother() {
        postgres.createDatabase("killed", ddl);
        CountDownLatch asking = new CountDownLatch(WORKERS);
        CountDownLatch killed = new CountDownLatch(1);
        try (TestCluster cluster = new TestCluster(postgres, "killed", folder)) {
            cluster.world.set("duo.schedule", TestCluster.NEVER);
            List<TestStream> streams = cluster.addAccounts(1, IN_HAND + 1);
            cluster.world.duo.misbehave(request -> true, call -> {
                asking.countDown();
                wait(killed);
                return call.answer();
            });
            CollectorNode victim = cluster.start("victim");
            patiently()
                    .until(() -> asking.getCount() == 0
                            && cluster.query("SELECT * FROM qrtz_fired_triggers WHERE state = 'EXECUTING'")
                                            .size()
                                    == IN_HAND);
            CollectorNode heir = cluster.start("heir");
            patiently().until(() -> heir.output().contains(TestCluster.TAKES_PART));

            victim.kill();
            killed.countDown();
            await().atMost(TAKE_OVER_MAX).until(() -> heir.runs().size() == IN_HAND);

            assertThat(victim.runs()).isEmpty();
            assertThat(heir.runs().values()).containsOnly(1);
            streams.forEach(stream -> stream.assertEveryEventOnce("after the kill"));
            assertThat(cluster.query("SELECT instance_name FROM qrtz_scheduler_state"))
                    .as("nodes that are there")
                    .hasSize(1);
            assertThat(cluster.query("SELECT sched_name FROM qrtz_fired_triggers"))
                    .as("runs in hand")
                    .isEmpty();
        } finally {
            killed.countDown();
        }
    }

    private static void wait(CountDownLatch latch) {
        try {
            assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns how many runs each stream has made. */
    private static SortedMap<String, Integer> runs(List<CollectorNode> nodes) {
        SortedMap<String, Integer> all = new TreeMap<>();
        nodes.forEach(node -> node.runs().forEach((stream, runs) -> all.merge(stream, runs, Integer::sum)));
        return all;
    }

    /** Returns how many there should be at the end: the first, and one for each time after the stream was added. */
    private static SortedMap<String, Integer> firings(TestCluster cluster, Instant from) {
        SortedMap<String, Integer> all = new TreeMap<>();
        for (String row :
                cluster.query("SELECT trigger_name, start_time FROM qrtz_triggers WHERE trigger_group = 'scheduled'")) {
            String[] columns = row.split(" ", -1);
            long late = Math.max(0, Long.parseLong(columns[1]) - from.toEpochMilli());
            int missed = (int) ((late + PERIOD.toMillis() - 1) / PERIOD.toMillis());
            all.put(columns[0], 1 + ROUNDS - missed);
        }
        return all;
    }

    private static int sum(CollectorNode node) {
        return node.runs().values().stream().mapToInt(each -> each).sum();
    }

    private static void assertShares(List<CollectorNode> nodes, Map<CollectorNode, Integer> before) {
        Map<String, Integer> shares = new TreeMap<>();
        nodes.forEach(node -> shares.put(node.toString(), sum(node) - before.getOrDefault(node, 0)));
        double all = shares.values().stream().mapToInt(each -> each).sum();
        assertThat(shares.values())
                .as("%s, no more than %.1f times its share", shares, SHARE_MAX)
                .allMatch(share -> share <= SHARE_MAX * all / nodes.size());
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(250));
    }
}
