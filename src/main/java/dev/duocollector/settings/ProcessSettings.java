// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static dev.duocollector.settings.SettingTable.CLUSTER_URL;
import static dev.duocollector.settings.SettingTable.TEXTFILE;

import dev.duocollector.settings.Setting.Scope;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** What belongs to the program as a whole: monitoring, logging, and the cluster that it is a node of. */
public final class ProcessSettings extends ScopedSettings {

    private final Optional<Path> textfile;
    private final Optional<ClusterSettings> cluster;

    ProcessSettings(SettingReader reader) {
        super(Scope.PROCESS, reader);
        textfile = textfile(reader);
        cluster = ClusterSettings.read(get(CLUSTER_URL), reader);
    }

    private static Optional<Path> textfile(SettingReader reader) {
        String value = reader.text(TEXTFILE);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            Path file = Path.of(value).toAbsolutePath();
            // Opening a pipe or a device may wait for ever.
            if (Files.isDirectory(file.getParent()) && (!Files.exists(file) || Files.isRegularFile(file))) {
                return Optional.of(file);
            }
        } catch (InvalidPathException e) {
            // Refused below.
        }
        reader.refuse(TEXTFILE, value, TEXTFILE.type().allowed());
        return Optional.empty();
    }

    /** Where the metrics go after each run; in a folder that was there. */
    public Optional<Path> metricsTextfile() {
        return textfile;
    }

    /** How this program is one of several nodes; empty if it is not. */
    public Optional<ClusterSettings> cluster() {
        return cluster;
    }
}
