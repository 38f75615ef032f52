// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The accounts below parents, whose settings are those of the parent's file. Not thread-safe. */
final class ChildAccounts {

    /** What is below each parent, by its host; a parent that was never listed is not in it. */
    private final Map<String, List<Child>> listed = new HashMap<>();

    /** What was made of each, by its name. */
    private final Map<String, Known> known = new HashMap<>();

    private List<String> problems = List.of();

    /** The places of those that the last look found. */
    private Places held = new Places();

    private Map<String, Settings> found = Map.of();

    private record Known(Child child, Settings parent, Settings read) {}

    void take(Settings parent, Collection<Child> children) {
        listed.put(parent.account().apiHost(), List.copyOf(children));
    }

    /** Whether it is known what is below each of them. */
    boolean knows(List<Settings> parents) {
        return parents.stream()
                .allMatch(parent -> listed.containsKey(parent.account().apiHost()));
    }

    /**
     * Returns the settings of the accounts below some parents; the same objects as long as nothing changes.
     *
     * @param files the accounts that have a file of their own
     * @param places is given those of each
     */
    List<Settings> of(List<Settings> parents, List<Settings> files, Places places) {
        List<String> lines = new ArrayList<>();
        Set<String> names = new HashSet<>();
        files.forEach(each -> names.add(each.name()));
        List<Settings> children = new ArrayList<>();
        Map<String, Known> now = new HashMap<>();
        for (Settings parent : parents) {
            for (Child child : listed.getOrDefault(parent.account().apiHost(), List.of())) {
                // One with a file of its own is collected by that, also if that is wrong: else in two places once it is
                // right.
                if (!places.isNamed(child.apiHost())) {
                    Settings read = read(parent, child);
                    List<String> wrong = new ArrayList<>(read.problems());
                    if (wrong.isEmpty() && !names.add(read.name())) {
                        wrong.add("Its name, " + read.name()
                                + ", is that of another account. Give the file another name.");
                    }
                    if (wrong.isEmpty()) {
                        wrong.addAll(places.take(read));
                    }
                    now.put(read.name(), new Known(child, parent, read));
                    if (wrong.isEmpty()) {
                        children.add(read);
                    }
                    wrong.forEach(line -> lines.add(parent.origin().place() + ", account " + child.accountId() + ": "
                            + line + " It is not collected."));
                }
            }
        }
        known.clear();
        known.putAll(now);
        problems = List.copyOf(lines);
        held = new Places();
        found = new HashMap<>();
        for (Settings child : children) {
            held.take(child);
            found.put(child.name(), child);
        }
        return children;
    }

    /** Returns which places of other accounts, which the last look found, an account with a file would take; a line for each. */
    List<String> overlaps(Settings file) {
        Map<String, String> lines = held.overlaps(file);
        lines.keySet()
                .removeIf(name -> found.get(name)
                        .account()
                        .apiHost()
                        .equals(file.account().apiHost()));
        return List.copyOf(lines.values());
    }

    /** What is wrong with those of the last look, a line for each. */
    List<String> problems() {
        return problems;
    }

    private Settings read(Settings parent, Child child) {
        Known before = known.get(child.name(parent.name()));
        boolean isKnown = before != null
                && before.parent().equals(parent)
                && before.child().equals(child)
                && before.read().problems().isEmpty();
        return isKnown ? before.read() : parent.ofChild(child);
    }
}
