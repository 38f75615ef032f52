// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * What a cluster costs: the same accounts read by one collector alone, and by one, two and three nodes on a PostgreSQL, each
 * account every 20 s without new events, so that what is left is what every run costs. On its own:
 * {@code ./mvnw -Pbench -Dbench.main=dev.duocollector.it.ManyNodes}, some twenty minutes long.
 */
public final class ManyNodes {

    private static final int ACCOUNTS = Integer.getInteger("accounts", 200);
    private static final int WARM_ROUNDS = 3;
    private static final int ROUNDS = 10;
    private static final String SCHEDULE = "0/20 * * * * ?";
    private static final Duration START_MAX = Duration.ofMinutes(5);

    private ManyNodes() {}

    public static void main(String[] args) throws IOException {
        System.setProperty("runnable.jar", args[0]);
        Path folder = Files.createTempDirectory("many-nodes");
        System.out.printf(
                Locale.ROOT,
                "%n%d accounts, a run of each by %s:%n%n"
                        + "| | runs | CPU ms a run | most runs of a node | transactions a run | database |%n"
                        + "|---|--:|--:|--:|--:|--:|%n",
                ACCOUNTS,
                SCHEDULE);
        try (PostgresServer postgres = new PostgresServer(folder.resolve("postgres"))) {
            String ddl = TestCluster.ddl(folder);
            measure(postgres, ddl, folder, 0);
            for (int nodes = 1; nodes <= 3; nodes++) {
                measure(postgres, ddl, folder, nodes);
            }
        }
        // The servers' threads would go on.
        System.exit(0);
    }

    /** @param count how many nodes; 0 for a collector alone */
    private static void measure(PostgresServer postgres, String ddl, Path folder, int count) throws IOException {
        String database = "nodes" + count;
        postgres.createDatabase(database, ddl);
        Path own = Files.createDirectory(folder.resolve(database));
        try (TestCluster cluster = new TestCluster(postgres, database, own)) {
            cluster.world.set("duo.schedule", SCHEDULE);
            cluster.addAccounts(1, ACCOUNTS + 1);
            List<CollectorNode> nodes = new ArrayList<>();
            if (count == 0) {
                nodes.add(cluster.startAlone("alone"));
            }
            IntStream.range(0, count).forEach(number -> nodes.add(cluster.start("node" + number)));
            await(nodes, ACCOUNTS * WARM_ROUNDS);
            int[] before = runs(nodes);
            Duration cpu = cpu(nodes);
            long transactions = transactions(cluster, database);
            await(nodes, IntStream.of(before).sum() + ACCOUNTS * ROUNDS);
            Duration used = cpu(nodes).minus(cpu);
            long committed = transactions(cluster, database) - transactions;
            int[] after = runs(nodes);
            int all = IntStream.of(after).sum() - IntStream.of(before).sum();
            int most = IntStream.range(0, after.length)
                    .map(node -> after[node] - before[node])
                    .max()
                    .orElseThrow();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,d | %.1f | %.0f %% | %.1f | %s |%n",
                    count == 0 ? "one collector, no cluster" : count + (count == 1 ? " node" : " nodes"),
                    all,
                    used.toMillis() / (double) all,
                    100.0 * most / all,
                    committed / (double) all,
                    cluster.query("SELECT pg_size_pretty(pg_database_size(current_database()))")
                            .get(0));
        }
    }

    private static void await(List<CollectorNode> nodes, int runs) {
        Awaitility.await()
                .atMost(START_MAX)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> IntStream.of(runs(nodes)).sum() >= runs);
    }

    private static int[] runs(List<CollectorNode> nodes) {
        return nodes.stream()
                .mapToInt(node ->
                        node.runs().values().stream().mapToInt(each -> each).sum())
                .toArray();
    }

    private static Duration cpu(List<CollectorNode> nodes) {
        return nodes.stream().map(node -> node.process().cpu()).reduce(Duration.ZERO, Duration::plus);
    }

    private static long transactions(TestCluster cluster, String database) {
        return Long.parseLong(cluster.query(
                        "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '" + database + "'")
                .get(0));
    }
}
