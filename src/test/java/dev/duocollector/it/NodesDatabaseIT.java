// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.duocollector.route.TestStream;
import dev.duocollector.testing.ClockShift;
import dev.duocollector.testing.FreePort;
import dev.duocollector.testing.Nightly;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cluster's database that goes away, refuses, or has another time; and those who need none. */
class NodesDatabaseIT {

    private static final String OFTEN = "0/2 * * * * ?";
    private static final Duration OFF = Duration.ofSeconds(30);

    /** What only a cluster needs. */
    private static final Pattern OF_CLUSTERS = Pattern.compile(
            "(?:org\\.postgresql|com\\.zaxxer|org\\.quartz\\.impl\\.jdbcjobstore|dev\\.duocollector\\.cluster)\\.\\S+");

    /** What Quartz asks its store whether it is, whatever that is. */
    private static final List<String> OF_QUARTZ =
            List.of("org.quartz.impl.jdbcjobstore.Constants", "org.quartz.impl.jdbcjobstore.JobStoreSupport");

    @TempDir
    private static Path data;

    @AutoClose
    private static PostgresServer postgres;

    private static String ddl;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @BeforeAll
    static void startPostgres() {
        postgres = new PostgresServer(data.resolve("postgres"));
        ddl = TestCluster.ddl(data);
    }

    @Test
    void nodesOutliveTheirDatabase_andStartWithoutIt() throws Exception {
        postgres.createDatabase("away", ddl);
        try (TestCluster cluster = new TestCluster(postgres, "away", folder)) {
            cluster.world.set("duo.schedule", OFTEN).set("observe.enabled", "true");
            List<TestStream> streams = cluster.addAccounts(1, 5);
            List<CollectorNode> nodes = new ArrayList<>();
            List<Integer> ports = new ArrayList<>();
            for (String name : List.of("a", "b")) {
                nodes.add(startObserved(cluster, name, ports));
            }
            patiently().until(() -> runs(nodes, streams, 3));
            for (int port : ports) {
                patiently().until(() -> ready(port).statusCode() == 200);
            }

            postgres.kill();
            try {
                nodes.add(startObserved(cluster, "late", ports));
                for (int port : ports) {
                    patiently()
                            .untilAsserted(() -> assertThat(ready(port))
                                    .matches(answer -> answer.statusCode() == 503)
                                    .matches(answer -> answer.body().contains("The cluster's database")));
                }
                for (CollectorNode node : nodes) {
                    patiently().until(() -> !node.process().logged("WARN").isEmpty());
                }
            } finally {
                postgres.start();
            }
            nodes.subList(0, 2)
                    .forEach(node -> patiently()
                            .until(() -> node.output().contains(" takes part in the cluster again, after ")));
            CollectorNode late = nodes.get(2);
            patiently().until(() -> late.output().contains(TestCluster.TAKES_PART));
            nodes.subList(0, 2).forEach(CollectorNode::kill);
            int before = sum(late);
            patiently().until(() -> sum(late) > before + streams.size() && runs(List.of(late), streams, 1));

            for (CollectorNode node : nodes) {
                assertThat(node.process().logged("WARN"))
                        .as(node.output())
                        .singleElement()
                        .asString()
                        .contains("cannot be used", "no run begins on this node");
                assertThat(node.process().logged("ERROR")).as(node.output()).isEmpty();
                node.assertNothingSecret();
                assertThat(node.output()).doesNotContain(PostgresServer.PASSWORD);
            }
            streams.forEach(stream -> stream.assertEveryEventOnce("after the database was away"));
        }
    }

    /** One that is wrong while it is alone finds that out from the next. */
    @Nightly
    @Test
    void aNodeWhoseClockIsOff_leavesTheRunsToTheOthers() {
        postgres.createDatabase("clocks", ddl);
        try (TestCluster cluster = new TestCluster(postgres, "clocks", folder)) {
            cluster.world.set("duo.schedule", OFTEN);
            List<TestStream> streams = cluster.addAccounts(1, 5);
            CollectorNode off = cluster.start("off", ClockShift.jvmOptions(folder, OFF));
            patiently().until(() -> runs(List.of(off), streams, 2));
            for (String whose : List.of("the database's", "S3's", "Duo's")) {
                assertThat(off.process().logged("WARN"))
                        .as(off.output())
                        .filteredOn(line -> line.contains(" s ahead of " + whose))
                        .hasSize(1);
            }

            CollectorNode right = cluster.start("right");
            patiently().until(() -> off.output().contains(", and another node's is right by that."));
            // What it had in hand has ended by then.
            patiently().until(() -> runs(List.of(right), streams, 2));
            int before = sum(off);
            patiently().until(() -> runs(List.of(right), streams, 4));

            assertThat(sum(off)).isEqualTo(before);
            assertThat(right.process().logged("WARN")).as(right.output()).isEmpty();
            streams.forEach(stream -> stream.assertEveryEventOnce("with a clock that is off"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "right, 0, clock",
        "no tables, 2, cluster ddl",
        "no grants, 2, cluster ddl",
        "wrong password, 2, cluster.password-file",
        "no database, 2, does not exist",
        "unreachable, 1, cannot be used",
        "clock off, 2, s ahead of the database"
    })
    void check_saysWhatIsWrong(String what, int exitCode, String says) throws IOException {
        String database = "check_" + what.replace(' ', '_');
        switch (what) {
            case "no database" -> {}
            case "no tables" -> postgres.createDatabase(database);
            case "no grants" -> postgres.createDatabase(database, ddl.replaceAll("(?s)GRANT .*?;", ""));
            default -> postgres.createDatabase(database, ddl);
        }
        try (TestCluster cluster = new TestCluster(postgres, database, folder)) {
            Map<String, String> environment = cluster.environment();
            switch (what) {
                case "wrong password" ->
                    environment.put(
                            "CLUSTER_PASSWORD_FILE",
                            Files.writeString(folder.resolve("wrong"), "another-password")
                                    .toString());
                case "unreachable" ->
                    environment.put(
                            "CLUSTER_JDBC_URL", "jdbc:postgresql://127.0.0.1:" + FreePort.find() + "/" + database);
                default -> {}
            }
            List<String> options = what.equals("clock off") ? List.of(ClockShift.jvmOptions(folder, OFF)) : List.of();
            try (CollectorProcess check =
                    CollectorJar.built().start(options, folder, environment, "cluster", "check")) {
                assertThat(check.exitCode()).as(check.output()).isEqualTo(exitCode);
                assertThat(check.output())
                        .containsPattern(says)
                        .doesNotContain(PostgresServer.PASSWORD, "another-password");
                check.assertNothingSecret();
            }
        }
    }

    /** All tests run with these grants; here is that they are no more. */
    @Test
    void theNodesUser_mayNotChangeTables() {
        postgres.createDatabase("grants", ddl);
        assertThat(postgres.query("grants", "SELECT count(*) FROM qrtz_locks")).containsExactly("0");
        for (String statement : List.of(
                "DROP TABLE qrtz_locks",
                "TRUNCATE qrtz_locks",
                "ALTER TABLE qrtz_locks ADD COLUMN more int",
                "CREATE TABLE another (id int)",
                "CREATE INDEX another ON qrtz_locks (lock_name)")) {
            assertThatThrownBy(() -> postgres.execute("grants", PostgresServer.NODES, statement))
                    .as(statement)
                    .hasMessageContainingAll("ERROR");
        }
        postgres.execute("grants", PostgresServer.OWNER, ddl);
    }

    @Test
    void whatOnlyAClusterNeeds_isLoadedThereOnly() throws IOException {
        postgres.createDatabase("classes", ddl);
        try (TestCluster cluster = new TestCluster(postgres, "classes", folder)) {
            cluster.world.set("duo.schedule", OFTEN);
            List<TestStream> streams = cluster.addAccounts(1, 3);
            Path ofNode = folder.resolve("node.classes");
            Path alone = folder.resolve("alone.classes");
            Map<String, String> environment = CollectorJar.environment(cluster.world);
            try (CollectorProcess one =
                    CollectorJar.built().start(List.of("-Xlog:class+load:file=" + alone), folder, environment, "run")) {
                CollectorNode single = new CollectorNode("alone", one);
                patiently().until(() -> runs(List.of(single), streams, 1));
                one.terminate();
                assertThat(one.exitCode()).as(one.output()).isZero();
            }
            CollectorNode node = cluster.start("node", "-Xlog:class+load:file=" + ofNode);
            patiently().until(() -> runs(List.of(node), streams, 1));

            assertThat(loaded(ofNode))
                    .contains(
                            "org.postgresql.Driver",
                            "com.zaxxer.hikari.HikariDataSource",
                            "org.quartz.impl.jdbcjobstore.JobStoreTX",
                            "dev.duocollector.cluster.ClusterNode");
            assertThat(loaded(alone)).isSubsetOf(OF_QUARTZ);
            assertThat(Files.readString(alone))
                    .contains("dev.duocollector.run.OpenRun", "org.quartz.impl.StdScheduler");
        }
    }

    private static List<String> loaded(Path classes) throws IOException {
        try (Stream<String> lines = Files.lines(classes)) {
            return lines.flatMap(line -> OF_CLUSTERS.matcher(line).results())
                    .map(match -> match.group())
                    .distinct()
                    .toList();
        }
    }

    private static CollectorNode startObserved(TestCluster cluster, String name, List<Integer> ports)
            throws IOException {
        int port = FreePort.find();
        ports.add(port);
        cluster.world.set("observe.port", String.valueOf(port));
        return cluster.start(name);
    }

    private HttpResponse<String> ready(int port) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/health/ready"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Whether these nodes together have made so many runs of each stream. */
    private static boolean runs(List<CollectorNode> nodes, List<TestStream> streams, int min) {
        List<Map<String, Integer>> runs =
                nodes.stream().map(CollectorNode::runs).toList();
        return streams.stream()
                .allMatch(stream -> runs.stream()
                                .mapToInt(each -> each.getOrDefault(stream.name(), 0))
                                .sum()
                        >= min);
    }

    private static int sum(CollectorNode node) {
        return node.runs().values().stream().mapToInt(each -> each).sum();
    }

    private static ConditionFactory patiently() {
        return await().ignoreException(java.net.ConnectException.class)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(250));
    }
}
