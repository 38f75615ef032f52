// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** The settings as shipped, with what is required, for tests that change a few. */
public final class TestSettings {

    public static final String API_HOST = "api-00000000.duosecurity.com";
    public static final String IKEY = "DIXXXXXXXXXXXXXXXXXX";
    public static final String SKEY = "not-so-secret-key-of-the-tests";
    public static final String BUCKET = "logs";

    private TestSettings() {}

    /** Returns application.properties with the required settings in it, and the given ones over it: name, value, name, … */
    public static Settings with(String... namesAndValues) {
        Properties properties = properties();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
        }
        return of(properties);
    }

    static Settings of(Properties properties) {
        return Settings.of(properties::getProperty, range(properties));
    }

    /** Returns the time that {@code range.from} and {@code range.to} name in a test's settings; the program has it as a bean. */
    public static Optional<TimeRange> range(Map<?, ?> settings) {
        return Optional.ofNullable(settings.get("range.from"))
                .map(from -> new TimeRange(
                        TimeRange.parse(from.toString()).orElseThrow(),
                        TimeRange.parse(String.valueOf(settings.get("range.to")))
                                .orElseThrow(),
                        !"false".equals(settings.get("range.skip-existing"))));
    }

    static Properties properties() {
        Properties properties = shipped();
        properties.setProperty("duo.api.host", API_HOST);
        properties.setProperty("duo.ikey", IKEY);
        properties.setProperty("duo.skey", SKEY);
        properties.setProperty("s3.bucket", BUCKET);
        return properties;
    }

    /** Makes a named pipe that nobody writes into. */
    static Path pipe(Path file) throws IOException {
        Process made = new ProcessBuilder("mkfifo", file.toString()).inheritIO().start();
        if (made.onExit().join().exitValue() != 0) {
            throw new IOException("mkfifo " + file + " has failed");
        }
        return file;
    }

    /** Returns application.properties as it stands at the top of the project and in the jar. */
    static Properties shipped() {
        return SettingsFile.ofJar();
    }
}
