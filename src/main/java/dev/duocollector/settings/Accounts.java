// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import dev.duocollector.failure.ExitCode;
import dev.duocollector.text.Count;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The accounts that are collected: the one of application.properties, if there is one, and one for each file of the folder
 * {@code duo.accounts}. The folder can be looked at again and again: a file that is wrong spoils no other, and an account that
 * was right before stays as it was. Not thread-safe.
 */
public final class Accounts {

    private final Settings shared;
    private final Selection selection;
    private final Map<String, Known> known = new TreeMap<>();
    private final ChildAccounts children = new ChildAccounts();
    private List<Settings> last = List.of();
    private boolean isFirst = true;

    /** What was made of a file, what is wrong with it, and the settings of its account that count, if it was ever right. */
    private record Known(
            SettingsFile file, Settings read, @Nullable Settings good, List<String> problems) {}

    /**
     * What a look found.
     *
     * @param accounts the settings of each account that is right, or was; the same objects as long as nothing changes
     * @param problems a line for each thing that is wrong, but for other accounts than the selected one
     */
    public record Found(List<Settings> accounts, List<String> problems) {

        /** Returns what a command that reads all of them exits with, if nothing else is wrong. */
        public int exitCode() {
            return problems.isEmpty() ? ExitCode.DONE : ExitCode.OPERATOR;
        }

        /** Returns the same with more that is wrong. */
        public Found with(List<String> more) {
            return new Found(
                    accounts, Stream.concat(problems.stream(), more.stream()).toList());
        }

        /** Returns the settings of each log of each account. */
        public List<Settings> ofEachStream() {
            return accounts.stream().flatMap(each -> each.ofEachLog().stream()).toList();
        }
    }

    public Accounts(Settings shared, Selection selection) {
        this.shared = shared;
        this.selection = selection;
    }

    /**
     * Returns what is there now; of what is below a parent, what was {@linkplain #take taken} last.
     *
     * @throws SettingsException if a command is about something that is not there
     */
    public Found look() {
        List<String> problems = new ArrayList<>();
        Places places = new Places();
        List<Settings> all = lookAtFiles(places, problems);
        last = List.copyOf(all);
        List<Settings> accounts = new ArrayList<>(all);
        accounts.removeAll(parents());
        accounts.addAll(children.of(parents(), List.copyOf(accounts), places));
        if (selection.account().isEmpty()) {
            problems.addAll(children.problems());
        }
        return new Found(selected(accounts), problems);
    }

    /** Those of the last look whose file says {@code duo.children=all}. */
    public List<Settings> parents() {
        return last.stream()
                .filter(each -> !each.name().isEmpty() && each.account().isParent())
                .toList();
    }

    /** Whether a command is about one account, and found it: then what is wrong with others is not its matter. */
    public boolean hasSelected(Found found) {
        return selection.account().isPresent() && !found.accounts().isEmpty();
    }

    /** Takes what is below a parent, for the next look. */
    public void take(Settings parent, Collection<Child> below) {
        children.take(parent, below);
    }

    private List<Settings> lookAtFiles(Places places, List<String> problems) {
        List<Settings> accounts = new ArrayList<>();
        if (shared.account().isThere()) {
            accounts.add(shared);
            places.take(shared);
        }
        Optional<AccountFiles> folder = shared.accounts();
        if (folder.isPresent()) {
            try {
                AccountFiles.Found found = folder.get().read();
                List<String> ofFiles = new ArrayList<>(found.problems());
                accounts.addAll(read(settled(found), places, ofFiles));
                if (selection.account().isEmpty()) {
                    problems.addAll(ofFiles);
                }
            } catch (TextFile.FlawException e) {
                problems.add("The folder of accounts " + folder.get() + " (duo.accounts) " + e.flaw() + "."
                        + (last.isEmpty() ? "" : " Its accounts are collected as before."));
                if (!last.isEmpty()) {
                    last.stream().filter(each -> !each.equals(shared)).forEach(places::take);
                    return last;
                }
            }
        }
        return accounts;
    }

    /** Leaves out what may be half written, as long as something is known that counts meanwhile. */
    private Map<String, SettingsFile> settled(AccountFiles.Found found) {
        Map<String, SettingsFile> files = new TreeMap<>(found.files());
        if (!isFirst) {
            for (String name : found.unsettled()) {
                Known before = known.get(name);
                if (before == null) {
                    files.remove(name);
                } else {
                    files.put(name, before.file());
                }
            }
        }
        isFirst = false;
        return files;
    }

    private List<Settings> read(Map<String, SettingsFile> files, Places places, List<String> problems) {
        known.keySet().retainAll(files.keySet());
        Map<String, Settings> reads = new TreeMap<>();
        files.forEach((name, file) ->
                reads.put(name, isUnchanged(name, file) ? known.get(name).read() : shared.ofAccount(name, file)));
        Map<String, String> disputed = disputed(files, reads);
        List<Settings> accounts = new ArrayList<>();
        for (String name : inOrder(reads)) {
            SettingsFile file = files.get(name);
            places.name(file);
            Known before = known.get(name);
            Settings read = reads.get(name);
            Settings past = before == null ? null : before.good();
            List<String> wrong = new ArrayList<>(read.problems());
            if (wrong.isEmpty() && !read.equals(past)) {
                wrong.addAll(children.overlaps(read));
            }
            if (wrong.isEmpty() && disputed.containsKey(name)) {
                wrong.add(disputed.get(name));
            }
            if (wrong.isEmpty()) {
                wrong.addAll(places.take(read));
            }
            Settings good = wrong.isEmpty() ? read : null;
            if (good == null
                    && past != null
                    && !past.equals(read)
                    && places.take(past).isEmpty()) {
                good = past;
            }
            if (good != null) {
                accounts.add(good);
            }
            String remains = good == null
                    ? "This account is not collected."
                    : "This account is collected with its settings of before.";
            List<String> lines = wrong.stream()
                    .map(line -> file.path() + ": " + line + " " + remains)
                    .toList();
            known.put(name, new Known(file, read, good, lines));
        }
        known.values().forEach(each -> problems.addAll(each.problems()));
        accounts.sort(Comparator.comparing(Settings::name));
        return accounts;
    }

    /** What is wrong may be put right elsewhere: the secret key's file, a vault. */
    private boolean isUnchanged(String name, SettingsFile file) {
        Known before = known.get(name);
        return before != null
                && before.file().equals(file)
                && before.read().problems().isEmpty();
    }

    /**
     * Returns the accounts that were not right before and claim another's place, with a line for each. If the files of both set
     * their places, nothing says whose it is, and the wrong one's events would be among the other's; so neither gets it.
     */
    private Map<String, String> disputed(Map<String, SettingsFile> files, Map<String, Settings> reads) {
        Places claimed = new Places();
        Map<String, String> lines = new HashMap<>();
        List<String> names = new ArrayList<>(reads.keySet());
        names.removeIf(name -> !reads.get(name).problems().isEmpty() || isCollected(name));
        names.sort(Comparator.comparing(name -> Places.areSet(files.get(name))));
        for (String name : names) {
            Settings read = reads.get(name);
            Map<String, String> overlaps = claimed.overlaps(read);
            overlaps.keySet().removeIf(other -> isOneAccount(reads.get(other), read));
            overlaps.forEach((other, line) -> {
                lines.put(name, line);
                if (Places.areSet(files.get(other))) {
                    lines.putIfAbsent(
                            other,
                            "The file of " + name
                                    + " sets a place that overlaps one of this account's, and nothing says whose"
                                    + " it is: change one of the two.");
                }
            });
            if (overlaps.isEmpty()) {
                claimed.take(read);
            }
        }
        return lines;
    }

    private boolean isCollected(String name) {
        Known before = known.get(name);
        return before != null && before.good() != null;
    }

    private static boolean isOneAccount(Settings one, Settings other) {
        return one.account().identity().equals(other.account().identity());
    }

    /** Those first that are collected as their files say, then those whose files have changed: neither takes anything from them. */
    private Collection<String> inOrder(Map<String, Settings> reads) {
        Set<String> order = new LinkedHashSet<>();
        reads.forEach((name, read) -> {
            if (isCollected(name) && read.equals(known.get(name).good())) {
                order.add(name);
            }
        });
        reads.keySet().stream().filter(this::isCollected).forEach(order::add);
        order.addAll(reads.keySet());
        return order;
    }

    /** Says what is wrong with the account that a command is about. */
    private void refuseSelected() {
        Known file = known.get(selection.account().orElseThrow());
        List<String> wrong = file == null || file.problems().isEmpty() ? children.problems() : file.problems();
        if (!wrong.isEmpty()) {
            throw new SettingsException(wrong);
        }
    }

    private List<Settings> selected(List<Settings> all) {
        List<Settings> taken = all.stream().filter(selection::takes).toList();
        if (selection.account().isPresent() && taken.isEmpty()) {
            refuseSelected();
        }
        if (selection.account().isPresent() && taken.isEmpty() && children.knows(parents())) {
            throw new SettingsException(
                    List.of("There is no account '" + selection.account().get() + "'. "
                            + (all.isEmpty() ? "None is configured." : "There " + names(all) + ".")));
        }
        if (selection.log().isEmpty()) {
            return taken;
        }
        DuoLog log = selection.log().get();
        List<Settings> narrowed =
                taken.stream().flatMap(each -> each.only(log).stream()).toList();
        if (narrowed.isEmpty() && !taken.isEmpty()) {
            throw new SettingsException(List.of("Setting duo.logs is '"
                    + taken.get(0).account().get(SettingTable.LOGS) + "', and --log is " + log
                    + ", which is not among them. Add it, or name another log."));
        }
        return narrowed;
    }

    private static String names(List<Settings> all) {
        List<String> names = all.stream()
                .map(each -> each.name().isEmpty() ? each.account().apiHost() : each.name())
                .toList();
        return (all.size() == 1 ? "is " : "are ") + Count.names(names, ", ");
    }
}
