// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The setting {@code log.format}, read before Camel reads the others: Logback is set up by the first line that is logged. It
 * comes from the environment, else from application.properties in the working directory, and is taken there as it is,
 * without placeholders. A value that it may not have is refused with the other settings, in a line for humans.
 */
public final class LogFormat {

    static final String SETTING = "log.format";
    static final String HUMAN = "human";
    static final String JSON = "json";

    /** What logback.xml takes the format from. */
    private static final String PROPERTY = "dev.duocollector.log.format";

    private LogFormat() {}

    /** Has Logback log in the format that the settings name. */
    public static void apply() {
        System.setProperty(PROPERTY, of(System.getenv(), Path.of("application.properties")));
    }

    static String of(Map<String, String> environment, Path settings) {
        String set = environment.get(EnvironmentPropertiesSource.variable(SETTING));
        String format = (set == null ? fromFile(settings) : set).trim().toLowerCase(Locale.ROOT);
        return List.of(HUMAN, JSON).contains(format) ? format : HUMAN;
    }

    private static String fromFile(Path settings) {
        // What is wrong with the file is reported with the other settings.
        return SettingsFile.read(settings).values().getOrDefault(SETTING, HUMAN);
    }
}
