// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.route.TestStream;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Nodes that share a database, a world, and accounts with one log each. Closing kills the nodes. */
final class TestCluster implements AutoCloseable {

    /** A schedule whose time comes no more than the tests' own end. */
    static final String NEVER = "0 0 0 1 1 ? 2090";

    /** What a node says once it is one. */
    static final String TAKES_PART = " takes part in the cluster ";

    private static final int EVENTS = 3;

    final World world;
    private final PostgresServer postgres;
    private final String database;
    private final Path folder;
    private final Path password;
    private final List<CollectorNode> nodes = new ArrayList<>();

    /** Makes one without accounts and nodes, whose database need not be there. */
    TestCluster(PostgresServer postgres, String database, Path folder) {
        this.postgres = postgres;
        this.database = database;
        this.folder = folder;
        world = World.inRealTime()
                .set("duo.accounts", accounts().toString())
                .set("duo.schedule-jitter", "0s")
                .set("duo.overlap", "1m");
        List.of("duo.api.host", "duo.ikey", "duo.skey").forEach(world.settings::remove);
        try {
            Files.createDirectories(accounts());
            password = Files.writeString(folder.resolve("password"), PostgresServer.PASSWORD + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what {@code cluster ddl} prints. */
    static String ddl(Path folder) {
        try (CollectorProcess ddl =
                CollectorJar.built().start(folder, Map.of(), "cluster", "ddl", "--user", PostgresServer.NODES)) {
            assertThat(ddl.exitCode()).as(ddl.output()).isZero();
            return ddl.standardOutput();
        }
    }

    /** The folder of accounts of the nodes that are given no other. */
    Path accounts() {
        return folder.resolve("accounts.d");
    }

    /** Adds accounts with some events each to Duo and to {@link #accounts}; their numbers are from and up to before to. */
    List<TestStream> addAccounts(int from, int to) {
        List<TestStream> streams = new ArrayList<>();
        Instant now = Instant.now();
        for (int number = from; number < to; number++) {
            TestStream stream = TestStream.ofNewAccount(world, accounts(), "a" + number, number).stream()
                    .filter(each -> each.log() == SimulatedLog.TELEPHONY)
                    .findFirst()
                    .orElseThrow();
            stream.duo()
                    .add(stream.spread(
                            new MadeUpEvents(number),
                            EVENTS,
                            now.minus(Duration.ofMinutes(50)),
                            now.minus(Duration.ofMinutes(5))));
            streams.add(stream);
        }
        return streams;
    }

    /** What a command needs to be one of this cluster. */
    Map<String, String> environment() {
        Map<String, String> environment = CollectorJar.environment(world);
        environment.put("CLUSTER_JDBC_URL", postgres.url(database));
        environment.put("CLUSTER_USER", PostgresServer.NODES);
        environment.put("CLUSTER_PASSWORD_FILE", password.toString());
        return environment;
    }

    /** Starts a node of these accounts, in a folder of its own. */
    CollectorNode start(String name, String... jvmOptions) {
        return start(name, accounts(), List.of(jvmOptions));
    }

    /** Starts a node of other accounts. */
    CollectorNode start(String name, Path accounts, List<String> jvmOptions) {
        Map<String, String> environment = environment();
        environment.put("DUO_ACCOUNTS", accounts.toString());
        return start(name, environment, jvmOptions);
    }

    /** Starts a collector that is no node, with the same accounts. */
    CollectorNode startAlone(String name) {
        return start(name, CollectorJar.environment(world), List.of());
    }

    private CollectorNode start(String name, Map<String, String> environment, List<String> jvmOptions) {
        try {
            Path own = Files.createDirectories(folder.resolve(name));
            CollectorNode node =
                    new CollectorNode(name, CollectorJar.built().start(jvmOptions, own, environment, "run"));
            nodes.add(node);
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the rows of a query in the cluster's database. */
    List<String> query(String query) {
        return postgres.query(database, query);
    }

    /** Returns the schedules that its streams have there. */
    List<String> schedules() {
        return query("SELECT DISTINCT cron_expression FROM qrtz_cron_triggers WHERE trigger_group = 'scheduled'");
    }

    @Override
    public void close() {
        nodes.forEach(CollectorNode::close);
        world.close();
    }
}
