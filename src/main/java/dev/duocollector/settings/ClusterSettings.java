// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static dev.duocollector.settings.SettingTable.CLUSTER_PASSWORD_FILE;
import static dev.duocollector.settings.SettingTable.CLUSTER_URL;
import static dev.duocollector.settings.SettingTable.CLUSTER_USER;
import static dev.duocollector.settings.SettingTable.SHARD;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The database in which the nodes of a cluster share out the runs.
 *
 * @param url the driver's, without user and password
 * @param user who the nodes are there
 * @param passwordFile where the password is; empty if the database asks for none
 */
public record ClusterSettings(String url, String user, Optional<Path> passwordFile) {

    /** Returns the URL as messages name the database: without the parameters. */
    public String place() {
        return url.split("[?]", 2)[0];
    }

    @Override
    public String toString() {
        return place();
    }

    static Optional<ClusterSettings> read(String url, SettingReader reader) {
        String user = reader.text(CLUSTER_USER);
        String file = reader.text(CLUSTER_PASSWORD_FILE);
        if (url.isEmpty()) {
            if (!reader.isWrong(CLUSTER_URL) && !(user + file).isEmpty()) {
                reader.report("Setting " + (user.isEmpty() ? CLUSTER_PASSWORD_FILE : CLUSTER_USER)
                        + " is set, and cluster.jdbc-url is not. Set it too, or neither.");
            }
            return Optional.empty();
        }
        if (!reader.text(SHARD).isEmpty()) {
            reader.report(
                    "Settings cluster.jdbc-url and streams.shard are both set. The nodes of a cluster share out all logs:"
                            + " keep one of the two.");
        }
        reader.require(CLUSTER_USER, "the user of the cluster's database");
        return Optional.of(new ClusterSettings(url, user, passwordFile(file, reader)));
    }

    private static Optional<Path> passwordFile(String value, SettingReader reader) {
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            Path file = Path.of(value);
            passwordIn(file);
            return Optional.of(file);
        } catch (InvalidPathException e) {
            reader.refuse(
                    CLUSTER_PASSWORD_FILE, value, CLUSTER_PASSWORD_FILE.type().allowed());
        } catch (TextFile.FlawException e) {
            reader.report("Setting " + CLUSTER_PASSWORD_FILE + " is '" + value + "', a file that " + e.flaw()
                    + ". Allowed: a readable file that holds the password, and nothing else.");
        }
        return Optional.empty();
    }

    /**
     * Returns the password, empty if there is none. It is read again at each call, trimmed, so that a rotated one counts from
     * the next connection.
     *
     * @throws SettingsException if the file cannot be read or is empty; the message holds the path only
     */
    public String password() {
        if (passwordFile.isEmpty()) {
            return "";
        }
        try {
            return passwordIn(passwordFile.get());
        } catch (TextFile.FlawException e) {
            throw new SettingsException(List.of("The password's file " + passwordFile.get()
                    + " (cluster.password-file) " + e.flaw() + ". Put the password of the cluster's database there."));
        }
    }

    private static String passwordIn(Path file) throws TextFile.FlawException {
        String password = TextFile.read(file).trim();
        if (password.isEmpty()) {
            throw new TextFile.FlawException("is empty");
        }
        return password;
    }
}
