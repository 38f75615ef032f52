// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Reads written settings one by one, and collects what is wrong with them. Used once, by one thread. */
final class SettingReader {

    private final Optional<SettingSources> sources;

    /** The file of an account, for messages; empty for what all share. */
    private final String file;

    private final Map<Setting<?>, String> values = new HashMap<>();

    /** Settings whose values count. */
    private final Set<Setting<?>> needed = new HashSet<>();

    /** Settings that come from what all accounts share. */
    private final Set<Setting<?>> shared = new HashSet<>();

    /** Settings that are wrong before their meaning is looked at. */
    private final Set<Setting<?>> unreadable = new HashSet<>();

    private final Set<Setting<?>> refused = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private boolean mayPass = true;

    /**
     * @param sources where settings come from, if the program runs by itself
     * @param file the file of an account; empty for what all share
     */
    SettingReader(Optional<SettingSources> sources, String file) {
        this.sources = sources;
        this.file = file;
    }

    /** The environment, for what is not a setting; empty where it is not read. */
    Optional<Map<String, String>> environment() {
        return sources.filter(program -> !program.areAContainers()).map(SettingSources::environment);
    }

    /** Takes the values of some settings; the others count as not set. */
    void look(WrittenSettings written, Predicate<Setting<?>> wanted) {
        Placeholders placeholders = new Placeholders(written);
        for (Setting<?> setting : SettingTable.all()) {
            if (wanted.test(setting)) {
                needed.add(setting);
            }
            String value = wanted.test(setting) ? written.find(setting.name()) : "";
            // Not even with its default: a file of an earlier release, where it is the only one, as in Camel JBang.
            boolean isUnknown = value == null;
            if (isUnknown || (setting.retirement().isPresent() && value.isBlank())) {
                value = setting.standard();
            }
            values.put(setting, resolve(setting, value, placeholders, wanted));
            noteShared(setting, written);
            SettingTable.ofLogs(setting).forEach(own -> {
                String ofLog = wanted.test(setting) ? written.find(own.name()) : null;
                values.put(own, ofLog == null ? "" : resolve(own, ofLog, placeholders, wanted));
                noteShared(own, written);
            });
        }
    }

    private void noteShared(Setting<?> setting, WrittenSettings written) {
        if (!written.isOwn(setting.name())) {
            shared.add(setting);
        }
    }

    /** Whether an account has a setting from what all share, and not from its own file. */
    boolean isShared(Setting<?> setting) {
        return shared.contains(setting);
    }

    /**
     * Returns the setting that is in force for a log: its own one, if it is set, or else the one of all logs. What an
     * account's file sets comes before what is set for the log where all share it.
     */
    Setting<?> written(Setting<?> setting, DuoLog log) {
        Optional<? extends Setting<?>> own = SettingTable.of(setting, log)
                .filter(ofLog -> !text(ofLog).isEmpty() || isUnreadable(ofLog))
                .filter(ofLog -> !isShared(ofLog) || isShared(setting));
        return own.isPresent() ? own.get() : setting;
    }

    /** Returns a value with its placeholders resolved; if that fails, reports it and returns an empty value. */
    private String resolve(Setting<?> setting, String value, Placeholders placeholders, Predicate<Setting<?>> wanted) {
        try {
            String resolved = placeholders.resolve(value).trim();
            String flaw = SettingText.flaw(resolved);
            if (flaw.isEmpty()) {
                return resolved;
            }
            report("Setting " + setting + " " + flaw + ".");
        } catch (Placeholders.UnresolvedException e) {
            boolean mayPassBefore = mayPass;
            boolean reportedElsewhere = e.setting()
                    .filter(wanted)
                    .filter(other -> !other.equals(setting))
                    .isPresent();
            if (!reportedElsewhere) {
                report("Setting " + setting + " has the placeholder " + e.placeholder() + ", which " + e.flaw() + ".");
                mayPass = mayPassBefore && e.mayPass();
            }
        }
        unreadable.add(setting);
        return "";
    }

    /** Returns a setting as it is written, placeholders resolved; empty if it is not set. */
    String text(Setting<?> setting) {
        return values.getOrDefault(setting, "");
    }

    /** Returns a value as its type reads it. One that is not allowed is reported, and read as the type's fallback. */
    <T> T read(Setting<T> setting) {
        if (needed.contains(setting)) {
            setting.missing().ifPresent(what -> require(setting, what));
        }
        Optional<T> read = setting.type().reader().apply(text(setting));
        boolean isReported = text(setting).isEmpty() && setting.missing().isPresent();
        if (read.isEmpty() && !isReported && !isMadeOfRefused(setting)) {
            refuse(setting, withoutPassword(text(setting)), setting.type().allowed());
        }
        return read.orElse(setting.type().fallback());
    }

    /** Reports what is set for a single log that is not collected: a slip, or a log that somebody misses. */
    void reportSettingsOfOtherLogs(List<DuoLog> collected) {
        for (Setting<?> setting : SettingTable.all()) {
            for (DuoLog log : DuoLog.values()) {
                SettingTable.of(setting, log)
                        .filter(own -> !collected.contains(log) && !text(own).isEmpty() && !isShared(own))
                        .ifPresent(own -> report("Setting " + own + " is set, and duo.logs does not name the " + log
                                + " log. Add it there, or remove the setting."));
            }
        }
    }

    /** Reports a setting that is not set. */
    void require(Setting<?> setting, String what) {
        boolean mayBeSet = isUnreadable(setting)
                || sources.filter(SettingSources::isFileUnread).isPresent();
        if (text(setting).isEmpty() && !mayBeSet) {
            String where = file.isEmpty()
                    ? sources.map(program -> program.whereToSet(setting))
                            .orElse("in application.properties or in the environment as " + setting.variable())
                    : "in " + file;
            report("Setting " + setting + " is not set. It is " + what + "; set it " + where + ".");
        }
    }

    /** Reports a value that is not allowed, unless the setting is known to be wrong. */
    void refuse(Setting<?> setting, String value, String allowed) {
        if (!isUnreadable(setting)) {
            refused.add(setting);
            report("Setting " + setting + " is '" + value + "'. Allowed: " + allowed + ".");
        }
    }

    /** Tells whether a value is a default that names another setting, which is refused itself. */
    boolean isMadeOfRefused(Setting<?> setting) {
        return refused.stream()
                .anyMatch(other -> setting.standard().contains("{{" + other + "}}")
                        && text(setting).equals(setting.standard().replace("{{" + other + "}}", text(other))));
    }

    /** Notes a problem, once: each log of an account is read. */
    void report(String problem) {
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
        mayPass = false;
    }

    boolean isUnreadable(Setting<?> setting) {
        return unreadable.contains(setting);
    }

    /** Returns whether what was read of a setting is a fallback. */
    boolean isWrong(Setting<?> setting) {
        return unreadable.contains(setting) || refused.contains(setting);
    }

    List<String> problems() {
        return problems;
    }

    /** Whether all that is wrong may pass by itself: a vault that cannot be reached. */
    boolean mayPass() {
        return !problems.isEmpty() && mayPass;
    }

    /** Ends a reading. Reports what was left to another setting to report, so that nothing unreadable passes for absent. */
    void end() {
        if (!unreadable.isEmpty() && problems.isEmpty()) {
            report("Settings " + unreadable + " cannot be resolved. Look at their placeholders.");
        }
        // Of use while settings are read, and there may be thousands of readers.
        needed.clear();
        shared.clear();
    }

    /** @throws SettingsException if anything is wrong, with one line for each */
    void refuseProblems() {
        if (!problems.isEmpty()) {
            throw new SettingsException(problems, mayPass);
        }
    }

    /** Leaves out all before the last @, since a password may hold slashes, and an @ too; and a password among parameters, also of an encoded name. */
    static String withoutPassword(String url) {
        return url.replaceFirst("^(\\w+://)?.*@", "$1…@")
                .replaceAll("(?i)(password[^?&=]*=|[?&][^&=]*%[^&=]*=)[^&]*", "$1…");
    }
}
