// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.karaf;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A configuration as Karaf makes it from a .cfg file: the settings, without what the container adds.
 *
 * @param name what the file's name says after the hyphen; empty for {@code dev.duocollector.cfg}
 * @param settings those that are set, also to nothing
 */
record ConfigFile(String name, Map<String, String> settings) {

    /** What Configuration Admin and Felix File Install add. */
    private static final List<String> NOT_SETTINGS = List.of("service.", "felix.fileinstall.");

    private static final String FILE = "felix.fileinstall.filename";
    private static final String ENDING = ".cfg";

    ConfigFile {
        settings = Map.copyOf(settings);
    }

    /** Returns the configuration of {@code dev.duocollector.cfg}; null is a file that is not there. */
    static ConfigFile single(@Nullable Dictionary<String, ?> properties) {
        return new ConfigFile("", properties == null ? Map.of() : settings(properties));
    }

    /** Returns the configuration of a {@code dev.duocollector-<name>.cfg}. */
    static ConfigFile oneOfSeveral(String pid, Dictionary<String, ?> properties) {
        Object file = properties.get(FILE);
        return new ConfigFile(file == null ? lastPart(pid) : nameOf(file.toString()), settings(properties));
    }

    private static String nameOf(String file) {
        String name = Path.of(file.startsWith("file:") ? URI.create(file).getPath() : file)
                .getFileName()
                .toString();
        String stem = name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
        return stem.startsWith(Activator.PID + "-") ? stem.substring(Activator.PID.length() + 1) : lastPart(stem);
    }

    /** Of dev.duocollector~acme, or of dev.duocollector.0123-4567, which was made without a file. */
    private static String lastPart(String pid) {
        return pid.substring(Math.max(pid.lastIndexOf('~'), pid.lastIndexOf('.')) + 1);
    }

    private static Map<String, String> settings(Dictionary<String, ?> properties) {
        Map<String, String> settings = new HashMap<>();
        for (String key : Collections.list(properties.keys())) {
            if (NOT_SETTINGS.stream().noneMatch(key::startsWith)) {
                settings.put(
                        withoutByteOrderMark(key),
                        String.valueOf(properties.get(key)).strip());
            }
        }
        return settings;
    }

    /** Of the first name in a file that an editor saved with one. The container may have taken its bytes for Latin-1. */
    private static String withoutByteOrderMark(String key) {
        return key.replaceFirst("^(\uFEFF|\u00EF\u00BB\u00BF)", "");
    }

    /** Whether nothing is set yet. */
    boolean isEmpty() {
        return settings.values().stream().allMatch(String::isEmpty);
    }

    /** The file as an operator finds it. */
    String path() {
        return "etc/" + Activator.PID + (name.isEmpty() ? "" : "-" + name) + ENDING;
    }

    /** Without the values: one is the secret key. */
    @Override
    public String toString() {
        return path();
    }
}
