// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static dev.duocollector.settings.SettingTable.API_HOST;
import static dev.duocollector.settings.SettingTable.CHILDREN;
import static dev.duocollector.settings.SettingTable.PREFIX;
import static dev.duocollector.settings.SettingTable.STATE_KEY;
import static dev.duocollector.settings.SettingTable.UDM_PREFIX;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Where accounts keep their objects and their states. Two accounts never share a place: a feed tells whose events it reads by
 * the prefix alone. The logs of one account are compared where its settings are read.
 */
final class Places {

    /** Whose a place is, and by which setting. */
    private record Place(String account, DuoLog log, Setting<?> setting, String key) {

        @Override
        public String toString() {
            return setting + " '" + key + "' of the " + log + " log of "
                    + (account.isEmpty() ? "application.properties" : account);
        }
    }

    /** The accounts that are taken, and their parents. */
    private final Map<String, String> identities = new HashMap<>();

    /** The hosts that files name. */
    private final Set<String> named = new HashSet<>();

    /** Prefixes with their slash, and states, in the order of their keys; each behind its bucket. */
    private final NavigableMap<String, Place> prefixes = new TreeMap<>();

    private final NavigableMap<String, Place> states = new TreeMap<>();

    /** Takes an account's places; or returns why they cannot be its own, a line for each, and takes none. */
    List<String> take(Settings account) {
        List<String> problems = new ArrayList<>();
        String identity = (account.account().isParent() ? "parent " : "")
                + account.account().identity();
        String holder = identities.get(identity);
        if (holder != null) {
            problems.add(
                    account.account().accountId().isPresent()
                            ? "It is an account of " + holder + " already."
                            : "Setting duo.api.host is " + account.account().apiHost() + ", as in "
                                    + (holder.isEmpty() ? "application.properties" : "the account " + holder)
                                    + ". An account is collected once: remove one of the two.");
            return problems;
        }
        List<Place> own = places(account);
        String bucket = account.account().bucket() + "\n";
        for (Place place : own) {
            meets(bucket, place).ifPresent(other -> problems.add(overlap(place, other)));
        }
        if (problems.isEmpty()) {
            identities.put(identity, account.name());
            own.forEach(place -> of(place).put(bucket + place.key(), place));
        }
        return problems;
    }

    /** Returns what an account's places overlap, a line for each other account by its name; nothing is taken. */
    Map<String, String> overlaps(Settings account) {
        Map<String, String> lines = new TreeMap<>();
        for (Place place : places(account)) {
            meets(account.account().bucket() + "\n", place)
                    .ifPresent(other -> lines.putIfAbsent(other.account(), overlap(place, other)));
        }
        return lines;
    }

    private static String overlap(Place place, Place other) {
        return "Setting " + place.setting() + " is '" + place.key() + "' for the " + place.log() + " log, and overlaps "
                + other + ": each account needs places of its own. Put {account} into it, or set another.";
    }

    /** Whether a file sets places itself, instead of having those that all share, with the account's name in them. */
    static boolean areSet(SettingsFile file) {
        return file.values().keySet().stream()
                .anyMatch(name -> Stream.of(PREFIX, UDM_PREFIX, STATE_KEY)
                        .anyMatch(place -> name.equals(place.name()) || name.startsWith(place.name() + ".")));
    }

    /** Notes the host that a file names, whether the file is right or not. */
    void name(SettingsFile file) {
        String host = file.values().getOrDefault(API_HOST.name(), "").strip().toLowerCase(Locale.ROOT);
        if (!"all"
                .equalsIgnoreCase(
                        file.values().getOrDefault(CHILDREN.name(), "").strip())) {
            named.add(host);
        }
    }

    /** Whether an account that is not below a parent has a host. */
    boolean isNamed(String host) {
        return identities.containsKey(host) || named.contains(host);
    }

    private NavigableMap<String, Place> of(Place place) {
        return place.setting().equals(STATE_KEY) ? states : prefixes;
    }

    private static List<Place> places(Settings account) {
        List<Place> places = new ArrayList<>();
        if (account.account().isParent()) {
            // It only lists others, and may have a file for its own logs, too.
            return places;
        }
        for (Settings each : account.ofEachLog()) {
            LogSettings log = each.log();
            places.add(
                    new Place(account.name(), log.duoLog(), PREFIX, log.prefix().resolve("")));
            log.udmPrefix()
                    .ifPresent(udm -> places.add(new Place(account.name(), log.duoLog(), UDM_PREFIX, udm.resolve(""))));
            places.add(new Place(account.name(), log.duoLog(), STATE_KEY, log.collectorStateKey()));
        }
        return places;
    }

    /** Returns what another account keeps in the place, or around it. */
    private Optional<Place> meets(String bucket, Place place) {
        String key = bucket + place.key();
        boolean isState = place.setting().equals(STATE_KEY);
        Optional<Place> same = Optional.ofNullable(isState ? states.get(key) : null);
        Optional<Place> inside = isState
                ? Optional.empty()
                : first(prefixes.tailMap(key, true), key).or(() -> first(states.tailMap(key, true), key));
        return same.or(() -> inside).or(() -> around(bucket, place));
    }

    private static Optional<Place> first(Map<String, Place> from, String beginning) {
        return from.entrySet().stream()
                .findFirst()
                .filter(entry -> entry.getKey().startsWith(beginning))
                .map(Map.Entry::getValue);
    }

    private Optional<Place> around(String bucket, Place place) {
        List<Integer> ends = new ArrayList<>(List.of(0));
        for (int slash = place.key().indexOf('/');
                slash >= 0;
                slash = place.key().indexOf('/', slash + 1)) {
            ends.add(slash + 1);
        }
        return ends.stream()
                .flatMap(end ->
                        Optional.ofNullable(prefixes.get(bucket + place.key().substring(0, end))).stream())
                .filter(outer -> !mayBeAround(outer, place))
                .findFirst();
    }

    /** An account that was collected before there was a folder of accounts keeps its prefix, and the others are in it. */
    private static boolean mayBeAround(Place outer, Place inner) {
        return outer.account().isEmpty()
                && outer.setting().equals(inner.setting())
                && outer.log() == inner.log()
                && !outer.key().equals(inner.key());
    }

    @Override
    public String toString() {
        return "Places" + Collections.unmodifiableSet(identities.keySet());
    }
}
