// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.check;

import dev.duocollector.cluster.ClusterDatabase;
import dev.duocollector.cluster.ClusterFailure;
import dev.duocollector.cluster.ClusterTables;
import dev.duocollector.cluster.NodeClock;
import dev.duocollector.settings.ClusterSettings;
import dev.duocollector.settings.SettingsException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Whether this machine can take part in a cluster: its database, the tables there, this machine's clock, and the other nodes'. */
public final class ClusterChecks {

    private static final String DATABASE = "cluster-database";
    private static final String TABLES = "cluster-tables";
    private static final String CLOCK = "cluster-clock";
    private static final String NODES = "cluster-nodes";

    /** Longer than two of a node's signs of life are apart. */
    private static final Duration WATCH_MAX =
            ClusterDatabase.CHECKIN.multipliedBy(2).plusSeconds(1);

    private static final Duration LOOK = Duration.ofMillis(250);

    private final ClusterSettings settings;
    private final String cluster;
    private final Clock clock;
    private final Consumer<Check> tell;

    /** @param tell is given each check as soon as it is made */
    public ClusterChecks(ClusterSettings settings, String cluster, Clock clock, Consumer<Check> tell) {
        this.settings = settings;
        this.cluster = cluster;
        this.clock = clock;
        this.tell = tell;
    }

    public void run() {
        try (Connection connection = new ClusterDatabase(settings).getConnection()) {
            tell.accept(Check.pass(
                    DATABASE,
                    settings.place() + " lets " + settings.user() + " in, PostgreSQL "
                            + connection.getMetaData().getDatabaseProductVersion()));
            boolean areThere = tables(connection);
            clock(connection);
            if (areThere) {
                nodes(connection);
            } else {
                tell.accept(Check.skipped(NODES, TABLES + " failed"));
            }
        } catch (SQLException | SettingsException e) {
            ClusterFailure failure = ClusterFailure.of(e, settings);
            tell.accept(
                    failure.isOperators()
                            ? Check.fail(DATABASE, failure.what(), "")
                            : Check.again(DATABASE, failure.what()));
            List.of(TABLES, CLOCK, NODES).forEach(name -> tell.accept(Check.skipped(name, DATABASE + " failed")));
        }
    }

    private boolean tables(Connection connection) throws SQLException {
        List<String> lacking = ClusterDatabase.lacking(connection);
        if (lacking.isEmpty()) {
            tell.accept(Check.pass(TABLES, "all " + ClusterTables.names().size() + " are there, and may be used"));
            return true;
        }
        tell.accept(Check.fail(
                TABLES,
                lacking.size() == ClusterTables.names().size()
                        ? "none of the " + lacking.size() + " can be used: " + lacking.get(0) + ", and so on"
                        : String.join(", ", lacking),
                "Make the tables and the grants that the command cluster ddl prints."));
        return false;
    }

    private void clock(Connection connection) throws SQLException {
        NodeClock mine = NodeClock.of(clock.instant(), ClusterDatabase.now(connection), clock.instant());
        tell.accept(
                mine.isOff()
                        ? Check.fail(CLOCK, "this machine's is " + mine.words(), "Set it, and keep it so with NTP.")
                        : Check.pass(CLOCK, "this machine's is right by the database's, within 5 s"));
    }

    /** Watches the nodes' next signs of life, each with the time by that node's clock. */
    private void nodes(Connection connection) throws SQLException {
        Map<String, Instant> first = new TreeMap<>(ClusterDatabase.nodes(connection, cluster));
        Map<String, NodeClock> seen = new HashMap<>();
        long end = System.nanoTime() + WATCH_MAX.toNanos();
        while (seen.size() < first.size() && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK.toMillis()));
            Instant before = ClusterDatabase.now(connection).minus(LOOK.multipliedBy(2));
            for (Map.Entry<String, Instant> node :
                    ClusterDatabase.nodes(connection, cluster).entrySet()) {
                Instant earlier = first.get(node.getKey());
                if (earlier != null && !earlier.equals(node.getValue())) {
                    // Seen between two looks: the node's clock showed its time, the database's one between these.
                    Instant now = ClusterDatabase.now(connection);
                    seen.putIfAbsent(node.getKey(), NodeClock.between(node.getValue(), before, now));
                }
            }
        }
        if (first.isEmpty()) {
            tell.accept(Check.pass(NODES, "none takes part in the cluster " + cluster + " now"));
        }
        first.forEach((node, at) -> {
            NodeClock its = seen.get(node);
            if (its == null) {
                tell.accept(Check.again(
                        NODES,
                        node + " has given no sign of life since " + at + "; others take over what it has not done"));
            } else if (its.isOff()) {
                tell.accept(Check.fail(
                        NODES, node + "'s clock is " + its.words(), "Set it there, and keep it so with NTP."));
            } else {
                tell.accept(Check.pass(NODES, node + " takes part, its clock right by the database's"));
            }
        });
    }
}
