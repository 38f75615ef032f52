// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static dev.duocollector.settings.SettingTable.AUTO_STARTUP;
import static dev.duocollector.settings.SettingTable.LAG;
import static dev.duocollector.settings.SettingTable.LOOKBACK;
import static dev.duocollector.settings.SettingTable.PREFIX;
import static dev.duocollector.settings.SettingTable.SCHEDULE;
import static dev.duocollector.settings.SettingTable.STATE_INSIDE_PREFIX;
import static dev.duocollector.settings.SettingTable.STATE_KEY;
import static dev.duocollector.settings.SettingTable.UDM_PREFIX;

import dev.duocollector.settings.Setting.Scope;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/** What belongs to one log of an account: when and how it is read, and where its events and its state go. */
public final class LogSettings extends ScopedSettings {

    /**
     * What counts as Duo's retention. Duo keeps 180 days and refuses an older mintime; the missing hour leaves room for
     * clocks that differ (<a href="https://duo.com/docs/adminapi#telephony-logs">Admin API</a>, read 2026-11-23).
     */
    public static final Duration RETENTION = Duration.ofDays(180).minusHours(1);

    /** How far a window's end stays behind beside duo.lag: clocks differ, and Duo's is asked only with the first page. */
    public static final Duration WINDOW_MARGIN = Duration.ofSeconds(10);

    /** The least that a window must add to what is committed. */
    public static final Duration WINDOW_MIN = Duration.ofSeconds(1);

    private static final Pattern RANGE_OF_STATE =
            Pattern.compile("(\\d{8}T\\d{6}\\.\\d{3}Z)_(\\d{8}T\\d{6}\\.\\d{3}Z)(_all)?\\.json");

    private final String account;
    private final boolean isChild;
    private final DuoLog log;
    private final String schedule;
    private final Optional<TimeRange> range;
    private final KeyPrefix prefix;
    private final String stateKey;
    private final Optional<KeyPrefix> udmPrefix;

    /** @param name the account's, empty for the one of application.properties */
    LogSettings(SettingReader reader, AccountSettings account, String name, DuoLog log, Optional<TimeRange> range) {
        super(Scope.LOG, reader, log);
        this.account = name;
        isChild = account.accountId().isPresent();
        this.log = log;
        checkSchedule(reader);
        checkLookback(reader);
        schedule = isSpread() ? spread(account.identity()) : get(SCHEDULE);
        this.range = range;
        Optional<KeyPrefix> read = keyPrefix(PREFIX, reader);
        prefix = read.orElse(new KeyPrefix(""));
        stateKey = named(get(STATE_KEY).isEmpty() ? "duo-{log}-state/" + account.identity() + ".json" : get(STATE_KEY));
        if (name.isEmpty() && account.isThere()) {
            refuseNameless(List.of(PREFIX, STATE_KEY, UDM_PREFIX), reader);
        }
        // What accounts share is no place yet.
        boolean isPlace = account.isThere() && read.isPresent();
        checkStateKey(reader, isPlace);
        udmPrefix = readUdmPrefix(reader, isPlace);
    }

    /** Puts the names of the account and the log in for their placeholders. */
    private String named(String text) {
        return text.replace("{account}", account).replace("{log}", log.toString());
    }

    private void refuseNameless(List<Setting<String>> settings, SettingReader reader) {
        for (Setting<String> setting : settings) {
            if (get(setting).contains("{account}")) {
                reader.report("Setting " + written(setting) + " is '" + get(setting)
                        + "', and the account that is set beside it has no name to put in for {account}. Move its host and"
                        + " keys into a file of their own in the folder of accounts, or leave {account} out: named accounts"
                        + " have a folder each anyway.");
            }
        }
    }

    /** Whether it runs at a time of its own in each hour, so that accounts on the default schedule do not start at once. */
    public boolean isSpread() {
        return !account.isEmpty() && get(SCHEDULE).equals(SCHEDULE.standard());
    }

    /** Returns the hourly schedule at a minute and a second that stay the same for an account's log. */
    private String spread(String identity) {
        CRC32 hash = new CRC32();
        hash.update((identity + "/" + log).getBytes(StandardCharsets.UTF_8));
        long second = hash.getValue() % Duration.ofHours(1).toSeconds();
        return second % 60 + " " + second / 60 + " * * * ?";
    }

    private void checkSchedule(SettingReader reader) {
        Schedule.flaw(get(SCHEDULE), get(AUTO_STARTUP), "0 0 * * * ? for each hour")
                .ifPresent(allowed -> reader.refuse(written(SCHEDULE), get(SCHEDULE), allowed));
    }

    private void checkLookback(SettingReader reader) {
        Duration least = WINDOW_MARGIN.plus(WINDOW_MIN);
        Setting<?> lag = written(LAG);
        Setting<?> lookback = written(LOOKBACK);
        if (!reader.isWrong(lag) && !reader.isWrong(lookback) && get(LOOKBACK).compareTo(get(LAG).plus(least)) < 0) {
            reader.refuse(
                    lookback,
                    reader.text(lookback),
                    "at least " + least.toSeconds() + "s longer than " + lag + ", which is " + reader.text(lag));
        }
    }

    /** Returns a prefix; the account's own folder in it where all share it and it does not say where the account's is. */
    private String ofAccount(Setting<String> setting, SettingReader reader) {
        String prefix = get(setting);
        boolean isOff = setting.equals(UDM_PREFIX) && prefix.isBlank();
        boolean isAccountsOwn = account.isEmpty() || (!isChild && !reader.isShared(written(setting)));
        boolean isWhole = isAccountsOwn || isOff || prefix.contains("{account}");
        return isWhole ? prefix : prefix + "/{account}";
    }

    /** Reads a prefix; empty if it is refused, which is reported. */
    private Optional<KeyPrefix> keyPrefix(Setting<String> setting, SettingReader reader) {
        Setting<?> written = written(setting);
        if (reader.isUnreadable(written)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new KeyPrefix(named(ofAccount(setting, reader))));
        } catch (IllegalArgumentException e) {
            reader.report("Setting " + e.getMessage().replaceFirst("^prefix", written.name()) + ".");
            return Optional.empty();
        }
    }

    private void checkStateKey(SettingReader reader, boolean isPrefixRead) {
        if (stateKey.startsWith("/") || stateKey.endsWith("/") || stateKey.contains("${")) {
            reader.refuse(written(STATE_KEY), stateKey, STATE_KEY.type().allowed());
        } else if (isPrefixRead) {
            KeyPrefix.flaw(stateKey)
                    .ifPresent(flaw -> reader.report("Setting " + written(STATE_KEY) + " " + flaw + "."));
        }
        boolean isInside = isPrefixRead && !reader.isUnreadable(written(STATE_KEY)) && prefix.contains(stateKey);
        if (isInside && !get(STATE_INSIDE_PREFIX)) {
            reader.report("Setting " + written(STATE_KEY) + " is " + stateKey + " and is inside " + written(PREFIX)
                    + ", which is '" + prefix
                    + "': a SecOps feed on the prefix would take the state for a log, and delete it if set to delete"
                    + " sources. Set state.key to a key outside, such as duo-telephony-state/state.json"
                    + (prefix.value().isEmpty() ? ", and s3.prefix to a folder, such as duo-telephony" : "")
                    + ", or state.inside-prefix=true to keep it there.");
        }
    }

    private Optional<KeyPrefix> readUdmPrefix(SettingReader reader, boolean isPrefixRead) {
        Optional<KeyPrefix> read = keyPrefix(UDM_PREFIX, reader);
        Optional<KeyPrefix> udm = read.filter(place -> !place.value().isEmpty());
        if (read.isPresent() && udm.isEmpty() && !get(UDM_PREFIX).isBlank()) {
            reader.refuse(
                    written(UDM_PREFIX),
                    get(UDM_PREFIX),
                    "a folder beside s3.prefix, such as duo-telephony-udm, or nothing for no UDM events");
        }
        if (udm.isEmpty() || !isPrefixRead) {
            return Optional.empty();
        }
        if (udm.get().overlaps(prefix)) {
            reader.report("Setting " + written(UDM_PREFIX) + " is '" + udm.get() + "' and " + written(PREFIX) + " is '"
                    + prefix
                    + "', and one is inside the other: a feed on the outer one would take every event twice. Set two that are"
                    + " side by side, such as duo-telephony and duo-telephony-udm.");
        } else if (udm.get().contains(stateKey) && !reader.isUnreadable(written(STATE_KEY))) {
            reader.report(
                    "Setting " + written(STATE_KEY) + " is " + stateKey + " and is inside " + written(UDM_PREFIX)
                            + ", which is '" + udm.get()
                            + "': a feed on the prefix would take the state for events. Set either so that they are side by side.");
        }
        return udm;
    }

    /** Reports what this log and another one of the account would both write to, or a feed would take for the other's. */
    void checkBeside(LogSettings other, SettingReader reader) {
        if (stateKey.equals(other.stateKey)) {
            reader.report(
                    "Setting " + written(STATE_KEY) + " is " + stateKey + " for both the " + other.log + " and the "
                            + log + " log, and a state is one log's. Put {log} into it, or set state.key." + log + ".");
        }
        checkApart(PREFIX, Optional.of(prefix), other, PREFIX, Optional.of(other.prefix), reader);
        checkApart(UDM_PREFIX, udmPrefix, other, UDM_PREFIX, other.udmPrefix, reader);
        checkApart(UDM_PREFIX, udmPrefix, other, PREFIX, Optional.of(other.prefix), reader);
        checkApart(PREFIX, Optional.of(prefix), other, UDM_PREFIX, other.udmPrefix, reader);
        checkOutside(other, reader);
        other.checkOutside(this, reader);
    }

    private void checkApart(
            Setting<?> mine,
            Optional<KeyPrefix> place,
            LogSettings other,
            Setting<?> others,
            Optional<KeyPrefix> othersPlace,
            SettingReader reader) {
        boolean overlap =
                place.isPresent() && othersPlace.filter(place.get()::overlaps).isPresent();
        if (overlap && !reader.isWrong(written(mine)) && !reader.isWrong(other.written(others))) {
            reader.report("Setting " + written(mine) + " is '" + place.get() + "' for the " + log + " log, and "
                    + other.written(others) + " is '" + othersPlace.get() + "' for the " + other.log
                    + " log: a feed reads one log, and would take both. Put {log} into it, as in duo-{log}, or set "
                    + mine + "."
                    + log + ".");
        }
    }

    private void checkOutside(LogSettings other, SettingReader reader) {
        boolean isInside = other.prefix.contains(stateKey)
                || other.udmPrefix.filter(udm -> udm.contains(stateKey)).isPresent();
        if (isInside && !get(STATE_INSIDE_PREFIX)) {
            reader.report("Setting " + written(STATE_KEY) + " is " + stateKey + " for the " + log
                    + " log and is inside a prefix of the " + other.log
                    + " log: a feed on the prefix would take the state for events. Set it to a key outside.");
        }
    }

    /** When runs start: a Quartz cron expression, in UTC. */
    public String schedule() {
        return schedule;
    }

    /** Which log they are for. */
    public DuoLog duoLog() {
        return log;
    }

    /** At most {@link #RETENTION}, whatever was set. */
    public Duration lookback() {
        return get(LOOKBACK).compareTo(RETENTION) > 0 ? RETENTION : get(LOOKBACK);
    }

    /** The time to read instead of windows that follow one another; empty for a collector. */
    public Optional<TimeRange> range() {
        return range;
    }

    public KeyPrefix prefix() {
        return prefix;
    }

    /** Where each object also goes as UDM events; empty if nowhere. */
    public Optional<KeyPrefix> udmPrefix() {
        return udmPrefix;
    }

    /** Where the state is: the collector's own, or that of the range. */
    public String stateKey() {
        return range.map(this::stateKey).orElse(stateKey);
    }

    private String stateKey(TimeRange range) {
        return rangeStates() + KeyPrefix.TIME.format(range.from()) + "_" + KeyPrefix.TIME.format(range.to())
                + (range.skipExisting() ? "" : "_all") + ".json";
    }

    /** Where the collector's own state is, whether a range is set or not. */
    public String collectorStateKey() {
        return stateKey;
    }

    /** Where the list of the accounts below a parent is kept. */
    public String childrenKey() {
        return stateKey.replaceFirst("\\.json$", "") + "_children.json";
    }

    /** What the keys of the states of all ranges begin with. */
    public String rangeStates() {
        return stateKey.replaceFirst("\\.json$", "") + "_backfill_";
    }

    /** Returns the range with a state at this key, empty for any other key. */
    public Optional<TimeRange> rangeOfState(String key) {
        Matcher name = RANGE_OF_STATE.matcher(
                key.startsWith(rangeStates()) ? key.substring(rangeStates().length()) : "");
        try {
            return name.matches()
                    ? Optional.of(new TimeRange(
                            KeyPrefix.TIME.parse(name.group(1), Instant::from),
                            KeyPrefix.TIME.parse(name.group(2), Instant::from),
                            name.group(3) == null))
                    : Optional.empty();
        } catch (DateTimeException e) {
            // No such day.
            return Optional.empty();
        }
    }
}
