// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static dev.duocollector.settings.SettingTable.CHECKSUMS;
import static dev.duocollector.settings.SettingTable.ENDPOINT;
import static dev.duocollector.settings.SettingTable.LOGS;
import static dev.duocollector.settings.SettingTable.LOOKBACK;
import static dev.duocollector.settings.SettingTable.PATH_STYLE;
import static dev.duocollector.settings.SettingTable.REGION;
import static dev.duocollector.settings.SettingTable.S3_PROXY;
import static dev.duocollector.settings.SettingTable.SCHEDULE;

import dev.duocollector.settings.AccountSettings.S3Connection;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.jspecify.annotations.Nullable;

/**
 * A collector's settings, read from the Camel context's properties when the bean is bound, and checked there as a whole. What
 * each one means, its unit, default and bound are in {@link SettingTable}; the values, in one class for each scope.
 */
public final class Settings implements CamelContextAware {

    private static final Pattern ABOUT_SETTING = Pattern.compile("^Settings? (\\S+) ");
    private static final String MASKED = "********";

    private Optional<SettingSources> sources = Optional.empty();
    private SettingReader reader = new SettingReader(sources);
    private Optional<TimeRange> range = Optional.empty();
    private @Nullable CamelContext camelContext;
    private @Nullable ProcessSettings process;
    private @Nullable AccountSettings account;
    private List<LogSettings> logs = List.of();
    private @Nullable LogSettings log;

    public Settings() {}

    private Settings(Settings all, LogSettings log) {
        sources = all.sources;
        reader = all.reader;
        range = all.range;
        camelContext = all.camelContext;
        process = all.process;
        account = all.account;
        logs = all.logs;
        this.log = log;
    }

    /**
     * Reads settings from a look-up, for tests and tools.
     *
     * @param written gives what was written for a setting by its name, null or empty when it is not set
     * @param range the time to read instead of windows that follow one another
     * @throws SettingsException if any is wrong, with one line for each
     */
    static Settings of(WrittenSettings written, Optional<TimeRange> range) {
        Settings settings = new Settings();
        settings.range = range;
        settings.read(written, true);
        settings.reader.refuseProblems();
        return settings;
    }

    /**
     * Reads a context's settings without those that only a request to Duo needs: the integration key and the secret key.
     *
     * @throws SettingsException if any other is wrong, with one line for each
     */
    public static Settings withoutKeys(CamelContext context) {
        Settings settings = new Settings();
        settings.read(context, false);
        settings.reader.refuseProblems();
        return settings;
    }

    /**
     * Reads from a context only how to get to S3, for a tool that does not need Duo.
     *
     * @throws SettingsException if any of these settings is wrong, with one line for each
     */
    public static S3Connection s3Connection(CamelContext context) {
        Settings settings = new Settings();
        settings.lookBeside(context);
        SettingReader reader = settings.reader;
        reader.look(WrittenSettings.of(context), Set.of(REGION, ENDPOINT, PATH_STYLE, S3_PROXY, CHECKSUMS)::contains);
        S3Connection connection = AccountSettings.s3Connection(reader::read);
        reader.end();
        reader.refuseProblems();
        return connection;
    }

    /**
     * Reads every setting of a context, for commands that report all that is wrong at once. A setting that is wrong, which
     * {@link #problems()} says, has its type's fallback.
     */
    public static Settings examine(CamelContext context) {
        Settings settings = new Settings();
        settings.read(context, true);
        return settings;
    }

    @Override
    public @Nullable CamelContext getCamelContext() {
        return camelContext;
    }

    /** Reads and checks every setting. Called once, by Camel, when the bean is bound. */
    @Override
    public void setCamelContext(CamelContext context) {
        camelContext = context;
        range = Optional.ofNullable(context.getRegistry().findSingleByType(TimeRange.class));
        read(context, true);
        Optional.ofNullable(context.getRegistry().findSingleByType(DuoLog.class))
                .ifPresent(this::keepOnly);
        reader.refuseProblems();
    }

    /** Notes what is wrong beside the values: the settings' file as a whole, and names that no setting has. */
    private void lookBeside(CamelContext context) {
        sources = SettingSources.in(context);
        reader = new SettingReader(sources);
        sources.map(program -> program.problems(context))
                .orElseGet(() -> SettingNames.unknownOfOurs(WrittenSettings.names(context)))
                .forEach(reader::report);
    }

    private void read(CamelContext context, boolean keysNeeded) {
        lookBeside(context);
        read(WrittenSettings.of(context), keysNeeded);
    }

    private void read(WrittenSettings written, boolean keysNeeded) {
        reader.look(written, setting -> keysNeeded || !AccountSettings.KEYS.contains(setting));
        account = new AccountSettings(reader, keysNeeded);
        logs = account.logs().stream()
                .map(name -> new LogSettings(reader, account, name, range))
                .toList();
        log = logs.get(0);
        for (int i = 0; i < logs.size(); i++) {
            for (int j = 0; j < i; j++) {
                logs.get(i).checkBeside(logs.get(j), reader);
            }
        }
        reader.reportSettingsOfOtherLogs(account.logs());
        process = new ProcessSettings(reader);
        reader.end();
    }

    /** Leaves out the other logs, for a command that is about one; reports one that is not collected. */
    private void keepOnly(DuoLog only) {
        List<LogSettings> kept =
                logs.stream().filter(each -> each.duoLog() == only).toList();
        if (kept.isEmpty()) {
            reader.report("Setting duo.logs is '" + account().get(LOGS) + "', and --log is " + only
                    + ", which is not among them. Add it, or name another log.");
            return;
        }
        logs = kept;
        log = kept.get(0);
    }

    /**
     * Returns these settings for one log only.
     *
     * @throws SettingsException if it is not collected
     */
    public Settings only(DuoLog only) {
        Settings narrowed = new Settings(this, log());
        narrowed.keepOnly(only);
        narrowed.reader.refuseProblems();
        return narrowed;
    }

    public ProcessSettings process() {
        return read(process);
    }

    public AccountSettings account() {
        return read(account);
    }

    /** Those of one log: the only one, the first, or the one that these are {@linkplain #ofEachLog for}. */
    public LogSettings log() {
        return read(log);
    }

    /** Returns these settings for each log that is collected, in order. */
    public List<Settings> ofEachLog() {
        return logs.stream().map(each -> new Settings(this, each)).toList();
    }

    private static <T> T read(@Nullable T settings) {
        if (settings == null) {
            throw new IllegalStateException(
                    "The settings have not been read: the bean is not bound to a Camel context");
        }
        return settings;
    }

    /** Names the log in lines and metrics; empty if it is the only one. */
    public String label() {
        return logs.size() == 1 ? "" : log().duoLog().toString();
    }

    /** Says what is collected, from where, to where, and when: the rest of a sentence. */
    public String collected() {
        return "the " + ofLogs(each -> each.duoLog().toString()) + (logs.size() == 1 ? " log of " : " logs of ")
                + account().apiHost() + " into "
                + ofLogs(each -> "s3://" + account().bucket() + "/" + each.prefix())
                + ": a run now, then by the schedule "
                + logs.stream().map(each -> each.get(SCHEDULE)).distinct().collect(Collectors.joining("; "))
                + " (UTC)";
    }

    /** Whose state it is: the account, and the log unless it is the telephony log, the only one of earlier releases. */
    public String owner() {
        DuoLog duoLog = log().duoLog();
        return account().apiHost() + (duoLog == DuoLog.TELEPHONY ? "" : "/" + duoLog);
    }

    /** What is wrong, one line each; empty unless the settings were {@linkplain #examine examined}. */
    public List<String> problems() {
        return List.copyOf(reader.problems());
    }

    /** Whether all that is wrong may pass by itself: a vault that cannot be reached. */
    public boolean mayPass() {
        return reader.mayPass();
    }

    /** Returns the setting that a line about wrong settings is about; each such line begins with its name. */
    public static String named(String problem) {
        Matcher setting = ABOUT_SETTING.matcher(problem);
        return setting.find() ? setting.group(1) : "";
    }

    /** Where these come from, if the program runs by itself. */
    public Optional<SettingSources> sources() {
        return sources;
    }

    /** Returns a setting as it was written, without a password in it; of a key only that it is there. */
    public String shown(String name) {
        Optional<Setting<?>> setting = SettingTable.find(name);
        String value = setting.map(reader::text).orElse("");
        boolean isSecret = setting.stream().anyMatch(found -> found.type().isSecret());
        return isSecret ? (value.isEmpty() ? "" : MASKED) : SettingReader.withoutPassword(value);
    }

    /** Returns what a setting comes to: its default if it is not set, or what is made of how it is written. */
    public String inForce(String name) {
        return switch (name) {
            case "duo.api.host" -> account().apiHost();
            case "duo.lookback" ->
                log().get(LOOKBACK).compareTo(LogSettings.RETENTION) > 0
                        ? LogSettings.RETENTION.toString()
                        : shown(name);
            case "s3.prefix" -> ofLogs(each -> each.prefix().value());
            case "udm.prefix" ->
                ofLogs(each -> each.udmPrefix().map(KeyPrefix::value).orElse(""));
            case "state.key" -> ofLogs(LogSettings::collectorStateKey);
            case "metrics.textfile" ->
                process().metricsTextfile().map(Path::toString).orElse("");
            default -> shown(name);
        };
    }

    private String ofLogs(Function<LogSettings, String> value) {
        return logs.stream().map(value).filter(text -> !text.isEmpty()).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return "Settings[" + account().apiHost() + " -> s3://" + account().bucket() + "/" + log().prefix() + "]";
    }
}
