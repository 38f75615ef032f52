// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duocollector.route.TestStream;
import dev.duocollector.testing.Nightly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of a cluster that come and go, and accounts and schedules that are not the same on all of them. */
class ClusterChangesIT {

    private static final String OFTEN = "0/2 * * * * ?";
    private static final int LACKED = 8;

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

    @Test
    void theNodeThatStartsLast_givesItsScheduleToAll() {
        postgres.createDatabase("schedules", ddl);
        try (TestCluster cluster = new TestCluster(postgres, "schedules", folder)) {
            List<TestStream> streams = cluster.addAccounts(1, 7);
            cluster.world.set("duo.schedule", TestCluster.NEVER);
            CollectorNode first = cluster.start("first");
            patiently().until(() -> first.runs().size() == streams.size());
            assertThat(cluster.schedules()).containsExactly(TestCluster.NEVER);

            cluster.world.set("duo.schedule", OFTEN);
            CollectorNode second = cluster.start("second");
            patiently().until(() -> cluster.schedules().equals(List.of(OFTEN)));
            patiently().until(() -> first.runs().values().stream().anyMatch(runs -> runs > 1));
            patiently().until(() -> second.runs().size() == streams.size());

            second.process().terminate();
            assertThat(second.process().exitCode()).as(second.output()).isZero();
            Map<String, Integer> before = first.runs();
            patiently()
                    .until(() -> streams.stream()
                            .allMatch(stream -> first.runs().get(stream.name()) > before.get(stream.name()) + 1));
            assertThat(cluster.schedules()).as("those of a node that is gone").containsExactly(OFTEN);

            cluster.world.set("duo.schedule", TestCluster.NEVER);
            CollectorNode again = cluster.start("second");
            patiently().until(() -> cluster.schedules().equals(List.of(TestCluster.NEVER)));
            assertThat(again.process().logged("ERROR")).isEmpty();
            streams.forEach(stream -> stream.assertEveryEventOnce("after three schedules"));
        }
    }

    @Nightly
    @Test
    void aFiringOnANodeWithoutTheAccount_isMadeOnOneThatHasIt_andARemovedAccountLeavesNothing() throws IOException {
        postgres.createDatabase("accounts", ddl);
        try (TestCluster cluster = new TestCluster(postgres, "accounts", folder)) {
            ZonedDateTime time = Instant.now().plusSeconds(50).atZone(ZoneOffset.UTC);
            cluster.world.set(
                    "duo.schedule",
                    "%d %d %d %d %d ?"
                            .formatted(
                                    time.getSecond(),
                                    time.getMinute(),
                                    time.getHour(),
                                    time.getDayOfMonth(),
                                    time.getMonthValue()));
            TestStream shared = cluster.addAccounts(1, 2).get(0);
            Path few = copyOf(cluster.accounts());
            List<TestStream> removed = cluster.addAccounts(2, 4);
            List<TestStream> lacked = cluster.addAccounts(4, 4 + LACKED);
            CollectorNode rich = cluster.start("rich");
            patiently().until(() -> runs(lacked, rich) == LACKED && runs(removed, rich) == removed.size());
            CollectorNode poor = cluster.start("poor", few, List.of());
            patiently().until(() -> poor.output().contains(TestCluster.TAKES_PART));
            assertThat(Instant.now()).as("the first runs' end").isBefore(time.toInstant());
            assertThat(names(cluster))
                    .contains(removed.get(0).name(), removed.get(1).name());
            for (TestStream stream : removed) {
                Files.delete(cluster.accounts().resolve(stream.account() + ".properties"));
            }

            patiently().until(() -> Instant.now().isAfter(time.toInstant()));
            Set<String> givenBack = new HashSet<>();
            // Each falls to one of the two as likely as to the other, until it falls to the right one.
            patiently().atMost(Duration.ofSeconds(150)).until(() -> {
                givenBack.addAll(givenBack(cluster));
                return runs(lacked, rich) == 2 * LACKED;
            });
            assertThat(givenBack).as("what fell to the node that lacks it").isNotEmpty();
            assertThat(runs(lacked, poor)).isZero();
            patiently().until(() -> runs(List.of(shared), poor, rich) == 2);

            // The folder is looked at each minute.
            patiently()
                    .atMost(Duration.ofSeconds(100))
                    .untilAsserted(() -> assertThat(names(cluster))
                            .containsExactlyInAnyOrderElementsOf(Stream.concat(lacked.stream(), Stream.of(shared))
                                    .map(TestStream::name)
                                    .toList()));
            for (CollectorNode node : List.of(poor, rich)) {
                assertThat(node.process().logged("ERROR")).isEmpty();
            }
            Stream.concat(lacked.stream(), Stream.of(shared))
                    .forEach(stream -> stream.assertEveryEventOnce("at the end"));
        }
    }

    private static int runs(List<TestStream> streams, CollectorNode... nodes) {
        return Stream.of(nodes)
                .mapToInt(node -> {
                    Map<String, Integer> runs = node.runs();
                    return streams.stream()
                            .mapToInt(stream -> runs.getOrDefault(stream.name(), 0))
                            .sum();
                })
                .sum();
    }

    /** Streams whose run a node could not make, and another is to. */
    private static List<String> givenBack(TestCluster cluster) {
        return cluster.query("SELECT job_name FROM qrtz_triggers WHERE trigger_group = 'again'");
    }

    /** Every name that a row of some table has of a stream. */
    private static List<String> names(TestCluster cluster) {
        return cluster.query("""
                SELECT DISTINCT split_part(name, ' ', 1) FROM (
                SELECT job_name AS name FROM qrtz_job_details
                UNION SELECT job_name FROM qrtz_triggers
                UNION SELECT job_name FROM qrtz_fired_triggers
                UNION SELECT trigger_name FROM qrtz_triggers
                UNION SELECT trigger_name FROM qrtz_cron_triggers
                UNION SELECT trigger_name FROM qrtz_simple_triggers) AS names""");
    }

    private Path copyOf(Path accounts) throws IOException {
        Path copy = Files.createDirectory(folder.resolve("few.d"));
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(accounts)) {
            all.forEach(files::add);
        }
        for (Path file : files) {
            Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        }
        return copy;
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(250));
    }
}
