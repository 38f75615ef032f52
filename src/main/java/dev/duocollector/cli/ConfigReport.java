// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.duocollector.failure.ExitCode;
import dev.duocollector.settings.Accounts;
import dev.duocollector.settings.KeyPrefix;
import dev.duocollector.settings.LogSettings;
import dev.duocollector.settings.Selection;
import dev.duocollector.settings.Setting;
import dev.duocollector.settings.SettingSources;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.SettingsException;
import dev.duocollector.settings.Shard;
import dev.duocollector.text.JsonText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The settings in force, in the order of application.properties, and the operator's files in force.
 *
 * @param entries every setting
 * @param files the operator's files of settings and routes
 * @param others what is wrong beside the settings, such as a name that does not exist
 * @param warnings what is worth a look
 * @param exitCode what the command exits with
 */
record ConfigReport(List<Entry> entries, List<String> files, List<String> others, List<String> warnings, int exitCode) {

    /**
     * One setting, and its members in {@link #document()}.
     *
     * @param value what is in force, masked if it is a key, without a password in a URL; empty if nothing is
     * @param written as it was written, where that is something else; else the same
     * @param origin where it comes from, in words
     * @param problems what is wrong with it, empty if nothing is
     */
    record Entry(String name, String value, String written, String origin, List<String> problems) {

        private String line() {
            return name + "=" + value + "   (" + origin
                    + (written.equals(value) || written.isEmpty() ? "" : ", written '" + written + "'") + ")";
        }
    }

    /** Gathers the settings; the sources are asked where a value comes from, and for the files. */
    static ConfigReport of(Settings settings, SettingSources sources) {
        List<String> others = new ArrayList<>(sources.routes().problems());
        others.addAll(settings.problems());
        List<String> ofAccounts = settings.problems().isEmpty()
                ? new Accounts(settings, Selection.ALL).look().problems()
                : List.of();
        others.addAll(ofAccounts);
        List<Entry> entries = new ArrayList<>();
        for (Setting<?> setting : SettingTable.active()) {
            String name = setting.name();
            List<String> problems = settings.problems().stream()
                    .filter(problem -> SettingsException.settingOf(problem).equals(name))
                    .toList();
            others.removeAll(problems);
            String written = settings.shown(name);
            String value = problems.isEmpty() ? inForce(settings, name, written) : written;
            String origin = sources.origin(name) + (written.isEmpty() && !value.isEmpty() ? ", derived" : "");
            entries.add(new Entry(name, value, written, origin, problems));
        }
        int exitCode = sources.routes().problems().isEmpty()
                        && settings.problems().isEmpty()
                        && ofAccounts.isEmpty()
                ? ExitCode.DONE
                : sources.routes().problems().isEmpty() && settings.mayPass() ? ExitCode.AGAIN : ExitCode.OPERATOR;
        return new ConfigReport(entries, sources.filesInForce(), others, sources.warnings(), exitCode);
    }

    /** Returns what a setting comes to: its default if it is not set, or what is made of how it is written. */
    private static String inForce(Settings settings, String name, String written) {
        return switch (name) {
            case "duo.api.host" -> settings.account().apiHost();
            case "duo.lookback" ->
                settings.log().get(SettingTable.LOOKBACK).compareTo(LogSettings.RETENTION) > 0
                        ? LogSettings.RETENTION.toString()
                        : written;
            case "s3.prefix" -> ofLogs(settings, written, each -> each.prefix().value());
            case "udm.prefix" ->
                ofLogs(
                        settings,
                        written,
                        each -> each.udmPrefix().map(KeyPrefix::value).orElse(""));
            case "state.key" -> ofLogs(settings, written, LogSettings::collectorStateKey);
            case "streams.shard" ->
                settings.account().shard().map(Shard::toString).orElse(written);
            case "metrics.textfile" ->
                settings.process().metricsTextfile().map(Path::toString).orElse("");
            default -> written;
        };
    }

    /** Returns a place of each log; as it is written if there are only the accounts of a folder, each with its own. */
    private static String ofLogs(Settings settings, String written, Function<LogSettings, String> place) {
        return settings.hasAccount()
                ? settings.ofEachLog().stream()
                        .map(each -> place.apply(each.log()))
                        .filter(text -> !text.isEmpty())
                        .collect(Collectors.joining(", "))
                : written;
    }

    /** For people: one line a setting, and behind a wrong one what is wrong. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Entry entry : entries) {
            lines.add(entry.line());
            entry.problems().forEach(problem -> lines.add("  WRONG: " + problem));
        }
        others.forEach(problem -> lines.add("  WRONG: " + problem));
        warnings.forEach(warning -> lines.add("  WARN: " + warning));
        files.forEach(file -> lines.add("In force: " + file));
        return lines;
    }

    /** For scripts: one JSON document. */
    String document() {
        ObjectMapper json = new ObjectMapper();
        ObjectNode document = json.createObjectNode().put("exitCode", exitCode);
        document.set("settings", json.valueToTree(entries));
        document.set("problems", json.valueToTree(others));
        document.set("warnings", json.valueToTree(warnings));
        document.set("files", json.valueToTree(files));
        return JsonText.lines(document);
    }
}
