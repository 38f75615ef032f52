// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A log that Duo's Admin API serves, and all in which it differs from the others
 * (<a href="https://duo.com/docs/adminapi#logs">Admin API</a>, read 2026-11-26).
 */
public enum DuoLog {
    /** Phone calls and SMS, which cost credits. */
    TELEPHONY("items", "ts", List.of("telephony_id", "txid")),

    /** Attempts to authenticate. Duo sends each with its own {@code timestamp}, and its offsets as arrays. */
    AUTHENTICATION("authlogs", "isotimestamp", List.of("txid")),

    /** What administrators, users and integrations changed: also what the administrator and offline enrollment logs had. */
    ACTIVITY("items", "ts", List.of("activity_id"));

    private static final Map<String, String> RETIRED = Map.of(
            "administrator", "Duo has retired this log, and its events are in the activity log: name activity instead",
            "offline_enrollment",
                    "Duo has retired this log, and its events are in the activity log: name activity instead",
            "offline-enrollment",
                    "Duo has retired this log, and its events are in the activity log: name activity instead",
            "trust_monitor",
                    "Duo ends this log on 2027-01-31, and what it finds is in the authentication log: name that",
            "trust-monitor",
                    "Duo ends this log on 2027-01-31, and what it finds is in the authentication log: name that");

    private final String name = name().toLowerCase(Locale.ROOT);
    private final String listMember;
    private final String timeMember;

    @SuppressWarnings("ImmutableEnumChecker") // Each is made by List.of.
    private final List<String> idMembers;

    DuoLog(String listMember, String timeMember, List<String> idMembers) {
        this.listMember = listMember;
        this.timeMember = timeMember;
        this.idMembers = idMembers;
    }

    /**
     * Returns the logs that a list names, in its order, each once.
     *
     * @param names separated by commas, in any case
     * @throws IllegalArgumentException for none, and for a name that no log has or a retired one has; the message is the rest
     *     of a sentence about it
     */
    static List<DuoLog> parse(String names) {
        Set<DuoLog> logs = new LinkedHashSet<>();
        for (String written : names.split(",", -1)) {
            String name = written.strip().toLowerCase(Locale.ROOT);
            if (RETIRED.containsKey(name)) {
                throw new IllegalArgumentException("names " + name + ". " + RETIRED.get(name));
            }
            logs.add(named(name)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "is '" + names + "'. Allowed: one or more of " + words() + ", separated by commas")));
        }
        return List.copyOf(logs);
    }

    /** Returns the log of a name, in lower case; empty if no log has it. */
    public static Optional<DuoLog> named(String name) {
        return Arrays.stream(values())
                .filter(log -> log.toString().equals(name))
                .findFirst();
    }

    /** The names of all logs, in words. */
    private static String words() {
        List<String> names = new ArrayList<>();
        for (DuoLog log : values()) {
            names.add(log.toString());
        }
        return String.join(", ", names);
    }

    /** The path that is signed and sent. */
    public String path() {
        return "/admin/v2/logs/" + this;
    }

    /** The member of {@code response} that holds the events of a page. */
    public String listMember() {
        return listMember;
    }

    /** The member of an event that holds its time, as ISO 8601. */
    public String timeMember() {
        return timeMember;
    }

    /** The members that identify an event to people, the most telling first; Duo does not promise that they are unique. */
    public List<String> idMembers() {
        return idMembers;
    }

    /** Whether its events are calls and messages, with credits. */
    public boolean countsCalls() {
        return this == TELEPHONY;
    }

    /** Whether Duo itself sends {@code timestamp}, the whole seconds of its time, with each event. */
    public boolean hasTimestamp() {
        return this == AUTHENTICATION;
    }

    /** Whether the shape {@code duo-client} adds {@code timestamp}: version 1 of the log had it, and the SecOps parser reads it. */
    public boolean getsTimestamp() {
        return this == TELEPHONY;
    }

    /** The name in Duo's path, in settings, and in the names of objects. */
    @Override
    public String toString() {
        return name;
    }
}
