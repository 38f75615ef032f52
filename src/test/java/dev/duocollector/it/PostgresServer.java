// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import dev.duocollector.testing.FreePort;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A PostgreSQL on a port of 127.0.0.1 that stays its own, which can be killed and started again on its data. It asks every user
 * but its own for a password. As from PostgreSQL 15 on, only an owner may make tables.
 */
final class PostgresServer implements AutoCloseable {

    /** Who the tables belong to. */
    static final String OWNER = "duo_owner";
    /** Who the nodes are, with the grants that {@code cluster ddl} prints and no others. */
    static final String NODES = "duo_nodes";
    /** Both users'. */
    static final String PASSWORD = "the-password-of-nobody-at-all";

    private static final String SUPERUSER = "postgres";

    private final Path data;
    private final int port;
    private EmbeddedPostgres server;

    /** Starts one in a folder, which need not exist. */
    PostgresServer(Path folder) {
        data = folder;
        port = FreePort.find();
        start();
        for (String user : List.of(OWNER, NODES)) {
            execute(SUPERUSER, SUPERUSER, "CREATE ROLE " + user + " LOGIN PASSWORD '" + PASSWORD + "'");
        }
        try {
            Files.writeString(
                    data.resolve("pg_hba.conf"),
                    "host all " + SUPERUSER + " 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        execute(SUPERUSER, SUPERUSER, "SELECT pg_reload_conf()");
    }

    /** Starts it again, after it was killed. */
    void start() {
        try {
            server = EmbeddedPostgres.builder()
                    .setPort(port)
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    // Otherwise a kill would lose what was committed.
                    .setServerConfig("synchronous_commit", "on")
                    // Unpacked once for all tests.
                    .setOverrideWorkingDirectory(
                            Path.of("target", "postgres").toAbsolutePath().toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL cannot be started", e);
        }
    }

    /** Sends SIGKILL to all of its processes, and waits until they are gone. */
    void kill() {
        try {
            long pid = Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
            ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
            List<ProcessHandle> all = new ArrayList<>(List.of(postmaster));
            postmaster.descendants().forEach(all::add);
            all.forEach(ProcessHandle::destroyForcibly);
            for (ProcessHandle each : all) {
                each.onExit().get(30, TimeUnit.SECONDS);
            }
            Files.delete(data.resolve("postmaster.pid"));
            // What starts it holds a lock on its folder.
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("PostgreSQL outlives SIGKILL", e);
        }
    }

    /** Makes a database with tables of {@link #OWNER}. */
    void createDatabase(String name, String ddl) {
        createDatabase(name);
        execute(name, OWNER, ddl);
    }

    /** Makes an empty database. */
    void createDatabase(String name) {
        execute(SUPERUSER, SUPERUSER, "CREATE DATABASE " + name + " OWNER " + OWNER);
        execute(
                name,
                SUPERUSER,
                "REVOKE CREATE ON SCHEMA public FROM public; GRANT CREATE ON SCHEMA public TO " + OWNER);
    }

    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** Executes statements as a user. */
    void execute(String database, String user, String statements) {
        try (Connection connection = connect(database, user);
                Statement statement = connection.createStatement()) {
            statement.execute(statements);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Returns the rows of a query by the nodes' user, their columns joined by a blank. */
    List<String> query(String database, String query) {
        try (Connection connection = connect(database, NODES);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    columns.add(String.valueOf(rows.getString(i)));
                }
                found.add(String.join(" ", columns));
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private Connection connect(String database, String user) throws SQLException {
        return DriverManager.getConnection(url(database), user, PASSWORD);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
