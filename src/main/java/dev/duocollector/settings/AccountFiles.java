// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static dev.duocollector.settings.SettingTable.ACCOUNTS;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder of accounts: {@code NAME.properties} for each, in the form of application.properties. Names that begin with a dot
 * are passed over, as editors and Kubernetes make them beside the files.
 */
record AccountFiles(Path folder) {

    private static final Pattern NAME = Pattern.compile("([a-z0-9-]{1,40})\\.properties");

    /** What was meant for one: a name that an editor has added to, or that a system without cases has shown otherwise. */
    private static final Pattern MEANT = Pattern.compile("(?i)[^.].*\\.properties(\\.txt)?\\s*");

    /** How long after its last change a file counts as whole. */
    private static final Duration SETTLED = Duration.ofSeconds(5);

    /** How far another machine's clock, which dates the files of a shared folder, may be ahead: a file of later is none of now. */
    private static final Duration AHEAD_MAX = Duration.ofMinutes(1);

    /**
     * What was found.
     *
     * @param files those of accounts, by the account's name, in order
     * @param unsettled the names of those that somebody may be writing
     * @param problems a line for each file that is none
     */
    record Found(Map<String, SettingsFile> files, Set<String> unsettled, List<String> problems) {}

    @Override
    public String toString() {
        return folder.toAbsolutePath().normalize().toString();
    }

    /** Returns the folder that is set, or else the one of the working directory, if it is there; reports one that is not. */
    static Optional<AccountFiles> find(SettingReader reader, Optional<SettingSources> sources) {
        String set = reader.text(ACCOUNTS);
        if (set.isEmpty()) {
            return sources.flatMap(SettingSources::accounts)
                    .filter(TextFile::exists)
                    .map(AccountFiles::new);
        }
        try {
            Path folder = Path.of(set);
            if (Files.isDirectory(folder)) {
                return Optional.of(new AccountFiles(folder));
            }
        } catch (InvalidPathException e) {
            // Refused below.
        }
        reader.refuse(ACCOUNTS, set, ACCOUNTS.type().allowed());
        return Optional.empty();
    }

    /** Returns a line for each name in an account's file that no setting has, that accounts cannot differ in, or that it sets twice. */
    static List<String> problems(SettingsFile file, WrittenSettings shared) {
        Set<String> used = new HashSet<>();
        file.values().values().forEach(value -> used.addAll(Placeholders.names(value)));
        List<String> problems =
                new ArrayList<>(SettingNames.unknown(file.values().keySet(), used, ""));
        problems.addAll(file.overridden());
        file.values().forEach((name, value) -> {
            Optional<Setting<?>> setting = SettingTable.find(name);
            boolean isAnother = setting.filter(SettingTable::isOfAllAccounts).isPresent()
                    && !value.strip().equals(String.valueOf(shared.find(name)).strip());
            if (isAnother || name.startsWith("camel.")) {
                problems.add("Setting " + name
                        + " is one for all accounts, and is another here than in application.properties."
                        + " Set it there, and remove it here.");
            } else if (setting.flatMap(Setting::retirement).isPresent()) {
                problems.add("Setting " + name + " is retired: "
                        + setting.get().retirement().orElseThrow().replacement() + ", and remove it.");
            }
        });
        return problems;
    }

    /**
     * Reads the files as they are now; one that cannot be read is there, with its problem.
     *
     * @throws TextFile.FlawException if the folder cannot be listed
     */
    Found read() throws TextFile.FlawException {
        Map<String, SettingsFile> files = new TreeMap<>();
        Set<String> unsettled = new HashSet<>();
        List<String> problems = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path each : all) {
                String file = String.valueOf(each.getFileName());
                Matcher name = NAME.matcher(file);
                if (name.matches()) {
                    if (TextFile.exists(each)) {
                        files.put(name.group(1), SettingsFile.read(each));
                        if (isWrittenNow(each)) {
                            unsettled.add(name.group(1));
                        }
                    }
                } else if (MEANT.matcher(file).matches()) {
                    problems.add(
                            "The file '" + each + "' is not read: the name of an account's file is NAME.properties, and"
                                    + " NAME has 1 to 40 of a to z, 0 to 9 and -. Rename it.");
                }
            }
        } catch (NotDirectoryException e) {
            throw new TextFile.FlawException("is not a folder");
        } catch (IOException e) {
            throw new TextFile.FlawException("cannot be listed (" + TextFile.reason(e) + ")");
        } catch (DirectoryIteratorException e) {
            throw new TextFile.FlawException("cannot be listed (" + TextFile.reason(e.getCause()) + ")");
        }
        return new Found(files, unsettled, problems);
    }

    /** By the clock of this machine: a file without its last lines may look right, and name another place. */
    private static boolean isWrittenNow(Path file) {
        try {
            Duration age = Duration.between(Files.getLastModifiedTime(file).toInstant(), Instant.now());
            return age.compareTo(AHEAD_MAX.negated()) > 0 && age.compareTo(SETTLED) < 0;
        } catch (IOException e) {
            // It is gone, or cannot be read, which its reading says.
            return false;
        }
    }
}
