// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A file of settings, {@code application.properties}, as the program reads it everywhere: UTF-8, in the form of {@link
 * Properties}. A file that is not there holds nothing; one that is there and cannot be read is a problem, never an empty one.
 *
 * @param path where it is
 * @param values what it holds, by name
 * @param problems what is wrong with the file as a whole: a line, or none
 * @param overridden a sentence for each line that a later one overrides
 */
public record SettingsFile(Path path, Map<String, String> values, List<String> problems, List<String> overridden) {

    static final String NAME = "application.properties";

    public SettingsFile {
        values = Map.copyOf(values);
        problems = List.copyOf(problems);
        overridden = List.copyOf(overridden);
    }

    /** One whose lines are not known. */
    SettingsFile(Path path, Map<String, String> values, List<String> problems) {
        this(path, values, problems, List.of());
    }

    static SettingsFile read(Path path) {
        if (!TextFile.exists(path)) {
            return new SettingsFile(path, Map.of(), List.of());
        }
        try {
            String text = TextFile.read(path);
            Map<String, String> values = parse(text);
            return new SettingsFile(path, values, List.of(), SettingLines.overridden(text, values.keySet()));
        } catch (TextFile.FlawException e) {
            return new SettingsFile(
                    path,
                    Map.of(),
                    List.of("The settings' file " + path.toAbsolutePath() + " " + e.flaw()
                            + ". Until then nothing that it sets is known."));
        }
    }

    /** Returns the settings that the jar brings. */
    public static Properties ofJar() {
        try (InputStream file = SettingsFile.class.getResourceAsStream("/dev/duocollector/" + NAME)) {
            if (file == null) {
                throw new IllegalStateException("The jar has no " + NAME);
            }
            Properties settings = new Properties();
            settings.putAll(parse(TextFile.decode(file.readAllBytes())));
            return settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (TextFile.FlawException e) {
            throw new IllegalStateException("The jar's " + NAME + " " + e.flaw(), e);
        }
    }

    private static Map<String, String> parse(String text) throws TextFile.FlawException {
        Properties properties = load(text);
        if (properties.containsKey("")) {
            throw new TextFile.FlawException(
                    "has a line without a name (one that begins with = or :): write name=value, or remove it");
        }
        Map<String, String> values = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        return values;
    }

    static Properties load(String text) throws TextFile.FlawException {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text));
        } catch (IllegalArgumentException e) {
            throw new TextFile.FlawException("has a \\u without four hexadecimal digits: correct it");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    /** Returns the line of such a file that sets a name to a value; the file is UTF-8, so that only its own signs are escaped. */
    static String line(String name, String value) {
        String escaped = value.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\f", "\\f");
        return name + "=" + (escaped.startsWith(" ") ? "\\" : "") + escaped;
    }

    /** Returns the same with another value for a setting. */
    SettingsFile with(Setting<?> setting, String value) {
        Map<String, String> others = new TreeMap<>(values);
        others.put(setting.name(), value);
        return new SettingsFile(path, others, problems, overridden);
    }

    /** Whether the file is in force: it is there, and holds something. */
    boolean isInForce() {
        return !values.isEmpty() || !problems.isEmpty();
    }
}
