// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;

/**
 * The settings in force, in the order of application.properties.
 *
 * @param entries every setting
 * @param others what is wrong beside them, such as a name that does not exist
 */
record ConfigReport(List<Entry> entries, List<String> others) {

    /** Whatever the output's charset is, what this writes is JSON in it. */
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /**
     * One setting.
     *
     * @param value as it was written, masked if it is a key, without a password in a URL; empty if not set
     * @param origin where it comes from, in words
     * @param problems what is wrong with it, empty if nothing is
     */
    record Entry(String name, String value, String origin, List<String> problems) {}

    /** Gathers the settings; the sources are asked only where a value comes from. */
    static ConfigReport of(Settings settings, Map<String, String> environment, Path file) {
        Function<String, String> origins = origins(environment, file);
        List<String> others = new ArrayList<>(settings.problems());
        List<Entry> entries = new ArrayList<>();
        for (String name : Settings.NAMES) {
            List<String> problems = settings.problems().stream()
                    .filter(problem -> Settings.named(problem).equals(name))
                    .toList();
            others.removeAll(problems);
            entries.add(new Entry(name, settings.shown(name), origins.apply(name), problems));
        }
        return new ConfigReport(entries, others);
    }

    /** The first source that has a name wins, in this order; so it is in Camel's properties as the program sets them up. */
    private static Function<String, String> origins(Map<String, String> environment, Path file) {
        Properties own = new Properties();
        if (Files.isRegularFile(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                own.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException("The file " + file + " cannot be read", e);
            }
        }
        return name -> {
            String variable = EnvironmentPropertiesSource.variable(name);
            if (System.getProperty(name) != null) {
                return "system property";
            }
            if (environment.containsKey(variable)) {
                return "environment variable " + variable;
            }
            return own.containsKey(name) ? file + " in the working directory" : "default";
        };
    }

    /** Whether every setting has a value that is allowed. */
    boolean isRight() {
        return others.isEmpty()
                && entries.stream().allMatch(entry -> entry.problems().isEmpty());
    }

    /** For people: one line a setting, and behind a wrong one what is wrong. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Entry entry : entries) {
            lines.add(entry.name() + "=" + entry.value() + "   (" + entry.origin() + ")");
            entry.problems().forEach(problem -> lines.add("  WRONG: " + problem));
        }
        others.forEach(problem -> lines.add("  WRONG: " + problem));
        return lines;
    }

    /** For scripts: one JSON document. */
    String document() {
        ObjectNode document = JSON.createObjectNode();
        document.put("exitCode", isRight() ? ExitCode.DONE : ExitCode.OPERATOR);
        ArrayNode all = document.putArray("settings");
        for (Entry entry : entries) {
            ObjectNode setting = all.addObject()
                    .put("name", entry.name())
                    .put("value", entry.value())
                    .put("origin", entry.origin());
            entry.problems().forEach(setting.putArray("problems")::add);
        }
        others.forEach(document.putArray("problems")::add);
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("Writing to memory failed", e);
        }
    }
}
