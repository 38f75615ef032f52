// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Settings that are about to be written into a new application.properties. They are read as the program reads a file: what is
 * allowed is said in {@link SettingTable} and by its readers, and nowhere else. Not for several threads.
 */
public final class NewSettings {

    private final Properties defaults = SettingsFile.ofJar();
    private final Map<Setting<?>, String> values = new HashMap<>();

    /**
     * Takes a value, if the program will.
     *
     * @return why it is not allowed, a line each, and it is not taken; empty if it is taken
     */
    public List<String> set(Setting<?> setting, String value) {
        List<String> before = problems();
        String earlier = values.put(setting, value.strip());
        List<String> problems = new ArrayList<>(problems());
        // What is not set yet, or was wrong before, is not this value's fault.
        problems.removeAll(before);
        if (!problems.isEmpty()) {
            values.remove(setting);
            if (earlier != null) {
                values.put(setting, earlier);
            }
        }
        return problems;
    }

    /** Returns the settings as the program reads them. */
    public Settings read() {
        return Settings.of(this::find, Optional.empty());
    }

    private List<String> problems() {
        try {
            read();
            return List.of();
        } catch (SettingsException e) {
            return e.problems();
        }
    }

    private String find(String name) {
        return SettingTable.find(name).map(values::get).orElseGet(() -> defaults.getProperty(name, ""));
    }

    /**
     * Returns the text of the file: what differs from the default, in the order of the table, each behind what it means. The
     * secret key is never in it.
     *
     * @param secretKeyFile the file that has the key, for {@code duo.skey-file}
     */
    public String text(String secretKeyFile) {
        StringBuilder text = new StringBuilder("""
                # Settings of the Duo telephony collector, made by the command init. This file holds what differs from the defaults;
                # SETTINGS.md has every setting. The environment overrides this file: duo.api.host is DUO_API_HOST there.
                """);
        for (Setting<?> setting : SettingTable.active()) {
            String value = setting.equals(SettingTable.SKEY_FILE) ? secretKeyFile : values.getOrDefault(setting, "");
            if (!value.isEmpty() && !value.equals(setting.standard()) && !setting.equals(SettingTable.SKEY)) {
                String meaning = setting.sentence();
                text.append("\n# ")
                        .append(meaning.substring(0, 1).toUpperCase(Locale.ROOT))
                        .append(meaning.substring(1))
                        .append(".\n")
                        .append(SettingsFile.line(setting.name(), value))
                        .append('\n');
            }
        }
        return text.toString();
    }
}
