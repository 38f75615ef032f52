// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of a cluster: those of Quartz' own release, without what would drop the ones that are there. */
public final class ClusterTables {

    private static final String FILE = "/org/quartz/impl/jdbcjobstore/tables_postgres.sql";

    private static final Pattern TABLE = Pattern.compile("CREATE TABLE IF NOT EXISTS (\\w+)");

    private ClusterTables() {}

    /** Returns what makes them, which changes nothing of what is there, and lets a user use them. */
    public static String ddl(String user) {
        String tables = String.join(";\n\n", statements()) + ";\n";
        return "-- The tables of a cluster, for their owner to make: psql -f. Where they are, this changes nothing.\n"
                + "BEGIN;\n\n" + tables
                + "\n-- What the nodes' user needs.\n"
                + "GRANT SELECT, INSERT, UPDATE, DELETE ON " + String.join(", ", names()) + "\n  TO \""
                + user.replace("\"", "\"\"") + "\";\n\nCOMMIT;\n";
    }

    /** Returns their names. */
    public static List<String> names() {
        return statements().stream()
                .map(TABLE::matcher)
                .filter(Matcher::find)
                .map(table -> table.group(1))
                .toList();
    }

    private static List<String> statements() {
        return Arrays.stream(file().replaceAll("(?m)^--.*$", "").split(";"))
                .map(String::strip)
                .filter(statement -> statement.startsWith("CREATE "))
                .map(statement -> statement.replaceFirst("^CREATE (TABLE|INDEX) ", "CREATE $1 IF NOT EXISTS "))
                .toList();
    }

    private static String file() {
        try (InputStream in = Objects.requireNonNull(ClusterTables.class.getResourceAsStream(FILE), FILE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
