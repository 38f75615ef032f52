// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import dev.duocollector.settings.ClusterSettings;
import dev.duocollector.settings.SettingsException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;
import org.quartz.TriggerKey;

/**
 * The database of a cluster. Each connection is made with the password that its file has then. What a URL does not say is set so
 * that a database that hangs, or is gone, is noticed.
 */
public final class ClusterDatabase extends PGSimpleDataSource {

    private static final long serialVersionUID = 1L;

    /** How often a node says that it is there. After this and 7.5 s more, the others take over. */
    public static final Duration CHECKIN = Duration.ofSeconds(5);

    /** What the tables' names begin with, as Quartz has it by default. */
    static final String TABLE_PREFIX = "QRTZ_";

    /**
     * How long the database keeps a transaction whose node does nothing more: the locks of one that lost its network would else
     * hold up all others for hours.
     */
    static final String SESSION = "SET idle_in_transaction_session_timeout = '30s'";

    /** The name of a node's session: how far its clock is ahead of the database's, in seconds, and its cluster. */
    private static final Pattern SESSION_OF_NODE = Pattern.compile("duo-node (-?\\d{1,12}) (.+)");

    private static final Map<String, String> PARAMETERS = Map.of(
            "connectTimeout", "5", "socketTimeout", "60", "tcpKeepAlive", "true", "ApplicationName", "duo-collector");

    /** What the driver would say of a URL beside the program's own line, in another form. Held, since loggers are collected. */
    private static final Logger DRIVER = Logger.getLogger("org.postgresql");

    static {
        DRIVER.setLevel(Level.OFF);
    }

    private final transient ClusterSettings settings;

    /** @throws SettingsException if the driver cannot read the URL */
    public ClusterDatabase(ClusterSettings settings) {
        this.settings = settings;
        StringBuilder url = new StringBuilder(settings.url());
        PARAMETERS.forEach((name, value) -> {
            if (!settings.url().contains(name + "=")) {
                url.append(url.indexOf("?") < 0 ? "?" : "&").append(name + "=" + value);
            }
        });
        try {
            setUrl(url.toString());
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of("Setting cluster.jdbc-url is '" + settings.place()
                    + "'. Allowed: jdbc:postgresql://host:port/database, and what else the driver knows."));
        }
    }

    /** @throws SettingsException if the password's file cannot be read */
    @Override
    public Connection getConnection() throws SQLException {
        return getConnection(settings.user(), settings.password());
    }

    /** Returns the time by the database's clock. */
    public static Instant now(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")) {
            row.next();
            return Instant.ofEpochMilli(row.getLong(1));
        }
    }

    /** Returns when each node of a cluster was last seen, by that node's clock. */
    public static Map<String, Instant> nodes(Connection connection, String cluster) throws SQLException {
        Map<String, Instant> nodes = new HashMap<>();
        try (var statement = connection.prepareStatement("SELECT instance_name, last_checkin_time FROM " + TABLE_PREFIX
                + "SCHEDULER_STATE WHERE sched_name = ?")) {
            statement.setString(1, cluster);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    nodes.put(rows.getString(1), Instant.ofEpochMilli(rows.getLong(2)));
                }
            }
        }
        return nodes;
    }

    /**
     * Lets the other nodes of a cluster see, for as long as a connection lasts, how far this node's clock is ahead. Quartz has
     * only what each tells by its clock, and a node that is ahead deletes that.
     */
    static void tellClock(Connection connection, String cluster, Duration ahead) throws SQLException {
        try (var statement = connection.prepareStatement("SELECT set_config('application_name', ?, false)")) {
            statement.setString(1, "duo-node " + ahead.toSeconds() + " " + cluster);
            statement.executeQuery().close();
        }
    }

    /** Returns how far the clocks of the other nodes are ahead of the database's. */
    static List<Duration> otherClocks(Connection connection, String cluster) throws SQLException {
        List<Duration> clocks = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT application_name FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND pid <> pg_backend_pid()")) {
            while (rows.next()) {
                Matcher session = SESSION_OF_NODE.matcher(Objects.requireNonNullElse(rows.getString(1), ""));
                // The server cuts a name that is too long.
                if (session.matches() && cluster.startsWith(session.group(2))) {
                    clocks.add(Duration.ofSeconds(Long.parseLong(session.group(1))));
                }
            }
        }
        return clocks;
    }

    /**
     * A schedule in the database.
     *
     * @param cron its expression
     * @param fired its last time, whichever node that was for
     */
    record Scheduled(String cron, Optional<Instant> fired) {}

    /** Returns the triggers of a cluster that have a schedule. */
    static Map<TriggerKey, Scheduled> schedules(Connection connection, String cluster) throws SQLException {
        Map<TriggerKey, Scheduled> schedules = new HashMap<>();
        try (var statement =
                connection.prepareStatement("SELECT trigger_name, trigger_group, cron_expression, prev_fire_time"
                        + " FROM " + TABLE_PREFIX + "TRIGGERS NATURAL JOIN "
                        + TABLE_PREFIX + "CRON_TRIGGERS WHERE sched_name = ?")) {
            statement.setString(1, cluster);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    long fired = rows.getLong(4);
                    schedules.put(
                            new TriggerKey(rows.getString(1), rows.getString(2)),
                            new Scheduled(
                                    rows.getString(3),
                                    fired > 0 ? Optional.of(Instant.ofEpochMilli(fired)) : Optional.empty()));
                }
            }
        }
        return schedules;
    }

    /**
     * Returns the triggers of a cluster that Quartz would not fire any more. A scheduler leaves them so that could not begin
     * their job, as one that is shut down in that moment.
     */
    static List<TriggerKey> broken(Connection connection, String cluster) throws SQLException {
        return keys(connection, cluster, "trigger_state = 'ERROR'");
    }

    /** Returns the triggers of a cluster that have lost their schedule. At such a row, Quartz gives up looking for any. */
    static List<TriggerKey> halves(Connection connection, String cluster) throws SQLException {
        return keys(
                connection,
                cluster,
                "trigger_type = 'CRON' AND NOT EXISTS (SELECT FROM " + TABLE_PREFIX + "CRON_TRIGGERS c WHERE"
                        + " (c.sched_name, c.trigger_name, c.trigger_group)"
                        + " = (t.sched_name, t.trigger_name, t.trigger_group))");
    }

    private static List<TriggerKey> keys(Connection connection, String cluster, String which) throws SQLException {
        List<TriggerKey> keys = new ArrayList<>();
        try (var statement = connection.prepareStatement("SELECT trigger_name, trigger_group FROM " + TABLE_PREFIX
                + "TRIGGERS t WHERE sched_name = ? AND " + which)) {
            statement.setString(1, cluster);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    keys.add(new TriggerKey(rows.getString(1), rows.getString(2)));
                }
            }
        }
        return keys;
    }

    /** Returns what is missing of the tables, or of the rights to use them, in words. */
    public static List<String> lacking(Connection connection) throws SQLException {
        List<String> lacking = new ArrayList<>();
        try (var statement =
                connection.prepareStatement("SELECT CASE WHEN to_regclass(?) IS NULL THEN 'is not there' WHEN NOT ("
                        + String.join(
                                " AND ",
                                Stream.of("SELECT", "INSERT", "UPDATE", "DELETE")
                                        .map(right -> "has_table_privilege(to_regclass(?), '" + right + "')")
                                        .toList())
                        + ") THEN 'may not be used' END")) {
            for (String table : ClusterTables.names()) {
                for (int i = 1; i <= 5; i++) {
                    statement.setString(i, table);
                }
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    Optional.ofNullable(row.getString(1)).ifPresent(flaw -> lacking.add(table + " " + flaw));
                }
            }
        }
        return lacking;
    }

    @Override
    public String toString() {
        return settings.place();
    }
}
