// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Names that no setting has, and the setting that each was meant to be. Setting one has no effect. */
final class SettingNames {

    /** The namespace that is the program's alone, wherever it runs. */
    private static final String OWN = "duo.";

    private static final String CAMELS = "camel.";

    private static final Set<String> NAMESPACES = SettingTable.all().stream()
            .map(Setting::name)
            .map(name -> name.substring(0, name.indexOf('.') + 1))
            .collect(Collectors.toUnmodifiableSet());

    /** Names shorter than this are taken for a setting's only with one slip in them, longer ones with two. */
    private static final int LONG = 10;

    /** Each setting that has an effect, with its letters and digits. */
    private static final Map<String, String> PLAIN = SettingTable.active().stream()
            .map(Setting::name)
            .collect(Collectors.toMap(name -> name, SettingNames::plain, (one, other) -> one, LinkedHashMap::new));

    private SettingNames() {}

    /** Whether a name is in one of the program's namespaces: duo, s3, state and so on. */
    static boolean isOfANamespace(String name) {
        return NAMESPACES.stream().anyMatch(name.toLowerCase(Locale.ROOT)::startsWith);
    }

    /**
     * Returns a line for each name under {@code duo} that no setting has: in an application with other parts, other names
     * belong to those.
     */
    static List<String> unknownOfOurs(Collection<String> names) {
        return names.stream()
                .filter(name -> name.startsWith(OWN) && !isASettings(name))
                .map(name -> line(name, ""))
                .toList();
    }

    /**
     * Returns a line for each name that no setting has, if all names are the program's.
     *
     * @param operators names that a route in force or another setting uses as {{name}}: outside {@code duo}, these are the
     *     operator's own
     * @param where the file that they are in, for the line
     */
    static List<String> unknown(Collection<String> names, Set<String> operators, String where) {
        List<String> lines = new ArrayList<>();
        for (String name : new TreeSet<>(names)) {
            boolean looksOurs = isOfANamespace(name) || meant(name).isPresent();
            boolean ours = name.startsWith(OWN) || (looksOurs && !operators.contains(name));
            if (ours && !isASettings(name) && !name.startsWith(CAMELS)) {
                lines.add(line(name, where));
            }
        }
        return lines;
    }

    private static boolean isASettings(String name) {
        return SettingTable.find(name).isPresent();
    }

    private static String line(String name, String where) {
        return "Setting " + name + (where.isEmpty() ? "" : " in " + where) + " does not exist. "
                + nearest(name)
                        .map(setting -> "Did you mean " + setting + "?")
                        .orElse(
                                where.isEmpty()
                                        ? "See application.properties for those that do."
                                        : "The .cfg that comes with the KAR has those that do.");
    }

    /**
     * Returns a line for each environment variable that is nearly a setting's. Others are ignored: Kubernetes' service links
     * and other tools use the same prefixes.
     */
    static List<String> nearMisses(Collection<String> variables) {
        Set<String> known = SettingTable.all().stream().map(Setting::variable).collect(Collectors.toUnmodifiableSet());
        return new TreeSet<>(variables)
                .stream()
                        .filter(variable -> !known.contains(variable))
                        .flatMap(variable -> meant(variable).stream()
                                .map(setting -> "The environment variable " + variable
                                        + " is not a setting and has no effect. Did you mean "
                                        + EnvironmentPropertiesSource.variable(setting) + "?"))
                        .toList();
    }

    /** Returns the setting that this name means: written another way, or with a slip or two. */
    private static Optional<String> meant(String name) {
        return nearest(name, plain(name).length() < LONG ? 1 : 2);
    }

    private static Optional<String> nearest(String name) {
        return nearest(name, Math.max(2, plain(name).length() / 3));
    }

    private static Optional<String> nearest(String name, int slipsMax) {
        String wanted = plain(name);
        String best = "";
        int slips = slipsMax + 1;
        for (Map.Entry<String, String> setting : PLAIN.entrySet()) {
            String known = setting.getValue();
            // Each letter more or fewer is a slip.
            int here = Math.abs(wanted.length() - known.length()) < slips ? slips(wanted, known) : slips;
            if (here < slips) {
                slips = here;
                best = setting.getKey();
            }
        }
        return Optional.of(best).filter(setting -> !setting.isEmpty());
    }

    /** Letters and digits only: state.key, STATE_KEY, state-key and stateKey are one. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT)
                .codePoints()
                .filter(Character::isLetterOrDigit)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Returns how many letters are missing, too many, wrong, or in place of their neighbor. */
    private static int slips(String a, String b) {
        int[][] slips = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    slips[i][j] = i + j;
                    continue;
                }
                int wrong = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                slips[i][j] = Math.min(slips[i - 1][j - 1] + wrong, 1 + Math.min(slips[i - 1][j], slips[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    slips[i][j] = Math.min(slips[i][j], slips[i - 2][j - 2] + 1);
                }
            }
        }
        return slips[a.length()][b.length()];
    }
}
