// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import dev.duocollector.failure.FailureText;
import dev.duocollector.settings.ClusterSettings;
import dev.duocollector.settings.SettingsException;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/**
 * Why the database of a cluster could not be used.
 *
 * @param what what is wrong, and what to do: a sentence
 * @param isOperators whether it passes only by somebody's doing
 */
public record ClusterFailure(String what, boolean isOperators) {

    public static ClusterFailure of(Exception failure, ClusterSettings settings) {
        SettingsException wrong =
                FailureText.causeOf(failure, SettingsException.class).orElse(null);
        if (wrong != null) {
            return new ClusterFailure(String.join(" ", wrong.problems()), true);
        }
        String state = "";
        String said = String.valueOf(failure.getMessage());
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                state = sql.getSQLState();
                // What the server says, without where in the statement.
                said = cause instanceof PSQLException postgres && postgres.getServerErrorMessage() != null
                        ? String.valueOf(postgres.getServerErrorMessage().getMessage())
                        : String.valueOf(sql.getMessage());
            }
        }
        String place = "The cluster's database " + settings.place();
        return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "28" ->
                new ClusterFailure(
                        place + " refuses the user " + settings.user() + " (" + said
                                + "). Set cluster.user and the password in cluster.password-file right.",
                        true);
            case "3D" ->
                new ClusterFailure(
                        place + " does not exist (" + said + "). Make it, or name another in cluster.jdbc-url.", true);
            case "42" ->
                new ClusterFailure(
                        place + " lacks a table, or the right to use one (" + said
                                + "). Make the tables and the grants that the command cluster ddl prints.",
                        true);
            default -> new ClusterFailure(place + " cannot be used (" + said + ").", false);
        };
    }
}
