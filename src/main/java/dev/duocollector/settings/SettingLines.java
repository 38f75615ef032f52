// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.util.StringHelper;

/**
 * The lines of a settings' file, looked at for what {@link Properties} passes over without a word: a name that is set twice,
 * of which the last line counts, and a setting that a backslash has made a part of the value before it.
 */
final class SettingLines {

    /** What counts as blank in such a file. */
    private static final Pattern BLANKS = Pattern.compile("^[ \\t\\f]+");

    private static final Pattern ASSIGNMENT = Pattern.compile("([^ \\t\\f=:]+)[ \\t\\f]*[=:].*");

    /** As long as a secret key may be, which may stand on a line of its own by mistake. */
    private static final int NAME_MAX = 32;

    private record Line(int number, String name, String value) {}

    private SettingLines() {}

    /**
     * Returns a sentence for each line that a later one overrides. One that says no more than the default is none: settings may
     * be added at the end of the shipped file.
     *
     * @param names the names that the text was read to
     * @throws TextFile.FlawException if a backslash joins a setting to the line before it
     */
    static List<String> overridden(String text, Set<String> names) throws TextFile.FlawException {
        Map<Integer, String> lines = joined(text);
        // Each line is read by itself only if there is something to find.
        if (names.stream().map(SettingLines::spelled).distinct().count() == lines.size()) {
            return List.of();
        }
        Properties defaults = SettingsFile.ofJar();
        Map<String, Line> last = new HashMap<>();
        List<Line> all = new ArrayList<>();
        for (Map.Entry<Integer, String> joined : lines.entrySet()) {
            Properties one = SettingsFile.load(joined.getValue());
            for (String name : one.stringPropertyNames()) {
                Line line = new Line(joined.getKey(), name, one.getProperty(name));
                all.add(line);
                last.put(spelled(name), line);
            }
        }
        return all.stream()
                .filter(line ->
                        !line.value().equals(last.get(spelled(line.name())).value())
                                && !line.value().isBlank()
                                && !line.value().equals(defaults.getProperty(line.name())))
                .map(line -> "Line " + line.number() + " sets " + shown(line.name()) + ", but line "
                        + last.get(spelled(line.name())).number()
                        + " sets it to another value, and the last one counts. Remove one of the two.")
                .toList();
    }

    /** Returns the lines that hold something, by their numbers, each with those that a backslash joins to it. */
    private static Map<Integer, String> joined(String text) throws TextFile.FlawException {
        Map<Integer, String> lines = new TreeMap<>();
        StringBuilder open = new StringBuilder();
        int number = 0;
        int first = 0;
        for (String line : text.lines().toList()) {
            number++;
            String bare = BLANKS.matcher(line).replaceFirst("");
            if (open.length() > 0) {
                refuseSetting(bare, number - 1);
            } else if (bare.isEmpty() || bare.startsWith("#") || bare.startsWith("!") || bare.equals("\\")) {
                continue;
            } else {
                first = number;
            }
            lines.put(first, open.append(line).append('\n').toString());
            if (!endsWithBackslash(line)) {
                open.setLength(0);
            }
        }
        return lines;
    }

    private static void refuseSetting(String joined, int lineBefore) throws TextFile.FlawException {
        Matcher assignment = ASSIGNMENT.matcher(joined);
        if (assignment.matches() && SettingTable.find(assignment.group(1)).isPresent()) {
            throw new TextFile.FlawException("has a backslash at the end of line " + lineBefore
                    + ", so that the next line, which sets " + assignment.group(1)
                    + ", belongs to it: remove the backslash, or write two where one is meant");
        }
    }

    /** Of two backslashes, the first one only lets the second one be a character. */
    private static boolean endsWithBackslash(String line) {
        int backslashes = 0;
        while (line.length() > backslashes && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    /** Camel's own options have two spellings, of which Camel takes one: shutdown-timeout and shutdownTimeout. */
    private static String spelled(String name) {
        return name.startsWith("camel.") ? StringHelper.dashToCamelCase(name) : name;
    }

    private static String shown(String name) {
        return name.length() < NAME_MAX || name.contains(".") ? name : "a name";
    }
}
