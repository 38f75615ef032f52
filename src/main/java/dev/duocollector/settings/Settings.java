// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static dev.duocollector.settings.SettingTable.CHECKSUMS;
import static dev.duocollector.settings.SettingTable.ENDPOINT;
import static dev.duocollector.settings.SettingTable.PATH_STYLE;
import static dev.duocollector.settings.SettingTable.REGION;
import static dev.duocollector.settings.SettingTable.S3_PROXY;

import dev.duocollector.settings.AccountSettings.S3Connection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.jspecify.annotations.Nullable;

/**
 * A collector's settings, read from the Camel context's properties when the bean is bound, and checked there as a whole. What
 * each one means, its unit, default and bound are in {@link SettingTable}; the values, in one class for each scope.
 */
public final class Settings implements CamelContextAware {

    private static final String MASKED = "********";

    private Optional<SettingSources> sources = Optional.empty();
    private SettingReader reader = new SettingReader(sources, "");
    private Optional<TimeRange> range = Optional.empty();
    private @Nullable CamelContext camelContext;
    private @Nullable ProcessSettings process;
    private @Nullable AccountSettings account;
    private List<LogSettings> logs = List.of();
    private @Nullable LogSettings log;
    private @Nullable WrittenSettings written;
    private boolean keysNeeded;
    private Origin origin = Origin.SHARED;

    /** What all accounts share. */
    private Settings shared = this;

    private Optional<AccountFiles> accounts = Optional.empty();

    /** Whether the account has further logs, also where a command leaves them out. */
    private boolean isOneOfSeveral;

    public Settings() {}

    private Settings(Settings all, LogSettings log) {
        sources = all.sources;
        reader = all.reader;
        range = all.range;
        camelContext = all.camelContext;
        process = all.process;
        account = all.account;
        logs = all.logs;
        written = all.written;
        keysNeeded = all.keysNeeded;
        origin = all.origin;
        shared = all.shared;
        accounts = all.accounts;
        isOneOfSeveral = all.isOneOfSeveral;
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
        reader.refuseProblems();
    }

    /** Notes what is wrong beside the values: the settings' file as a whole, and names that no setting has. */
    private void lookBeside(CamelContext context) {
        sources = SettingSources.in(context);
        reader = new SettingReader(sources, "");
        sources.map(program -> program.problems(context))
                .orElseGet(() -> SettingNames.unknownOfOurs(WrittenSettings.names(context)))
                .forEach(reader::report);
    }

    private void read(CamelContext context, boolean keysNeeded) {
        lookBeside(context);
        read(WrittenSettings.of(context), keysNeeded);
    }

    private void read(WrittenSettings all, boolean withKeys) {
        written = all;
        keysNeeded = withKeys;
        SettingReader folder = new SettingReader(sources, "");
        folder.look(all, SettingTable.ACCOUNTS::equals);
        accounts = AccountFiles.find(folder, sources);
        folder.problems().forEach(reader::report);
        boolean isThere = (accounts.isEmpty() && folder.problems().isEmpty())
                || AccountSettings.IDENTITY.stream().anyMatch(this::isWritten);
        readAccount(isThere);
        process = new ProcessSettings(reader);
        reader.end();
    }

    private boolean isWritten(Setting<?> setting) {
        String value = Objects.requireNonNull(written, "written").find(setting.name());
        return value != null && !value.isBlank();
    }

    /** Whether it says where requests go, by a host that only an account has. */
    private boolean isOfHost(Setting<?> setting) {
        String value = Objects.requireNonNull(written, "written").find(setting.name());
        return setting.equals(SettingTable.BASE_URL) && (value == null || value.contains("{{duo.api.host}}"));
    }

    private void readAccount(boolean isThere) {
        reader.look(
                Objects.requireNonNull(written, "written"),
                setting -> isThere
                        ? keysNeeded || !AccountSettings.KEYS.contains(setting)
                        : !AccountSettings.IDENTITY.contains(setting) && !isOfHost(setting));
        account = new AccountSettings(reader, origin, isThere, keysNeeded);
        logs = account.logs().stream()
                .map(each -> new LogSettings(reader, account, name(), each, range))
                .toList();
        log = logs.get(0);
        isOneOfSeveral = logs.size() > 1;
        for (int i = 0; i < logs.size(); i++) {
            for (int j = 0; j < i; j++) {
                logs.get(i).checkBeside(logs.get(j), reader);
            }
        }
        if (accounts.isEmpty() || !name().isEmpty()) {
            reader.reportSettingsOfOtherLogs(account.logs());
        }
    }

    /** Returns the settings of an account: its file's and, for what the file leaves out, these. What is wrong is in them. */
    Settings ofAccount(String name, SettingsFile file) {
        return of(Origin.file(name, file), file);
    }

    /** Returns the settings of an account below this one, with the keys of this one. */
    Settings ofChild(Child below) {
        Origin itsOrigin = origin.child(below);
        return shared.of(itsOrigin, itsOrigin.file().orElseThrow());
    }

    private Settings of(Origin itsOrigin, SettingsFile file) {
        Settings own = new Settings();
        own.shared = this;
        own.origin = itsOrigin;
        own.sources = sources;
        own.range = range;
        own.camelContext = camelContext;
        own.process = process;
        own.keysNeeded = keysNeeded;
        own.accounts = accounts;
        own.reader = new SettingReader(sources, itsOrigin.place());
        WrittenSettings ofAll = Objects.requireNonNull(written, "written");
        file.problems().forEach(own.reader::report);
        AccountFiles.problems(file, ofAll).forEach(own.reader::report);
        if (file.problems().isEmpty()) {
            own.written = ofAll.beneath(file.values());
            own.readAccount(true);
            own.reader.end();
        }
        return own;
    }

    /** Returns these settings for one log only; empty if it is not collected. */
    Optional<Settings> only(DuoLog only) {
        return logs.stream().filter(each -> each.duoLog() == only).findFirst().map(each -> {
            Settings narrowed = new Settings(this, each);
            narrowed.logs = List.of(each);
            return narrowed;
        });
    }

    /** The account's name: that of its file; empty for the account of application.properties. */
    public String name() {
        return origin.name();
    }

    Origin origin() {
        return origin;
    }

    /** Where the files of accounts are; empty if there is one account. */
    Optional<AccountFiles> accounts() {
        return accounts;
    }

    /** Where the files of accounts are, in words. */
    public String accountsFolder() {
        return accounts.map(AccountFiles::toString).orElse("");
    }

    /** Whether there may be several accounts, or none yet. */
    public boolean hasAccounts() {
        return accounts.isPresent();
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

    /** Names the log of the account. */
    public StreamName streamName() {
        return new StreamName(name(), log().duoLog());
    }

    /** Names it in log lines; empty if it is the only one. */
    public String label() {
        return labels().isEmpty() ? "" : streamName().toString();
    }

    /** Names it in metrics; empty if it is the only one, but in a cluster, whose nodes take turns with it. */
    public Map<String, String> labels() {
        return process().cluster().isPresent()
                ? streamName().labels(account().apiHost())
                : streamName().labels(hasAccounts(), hasAccounts() || isOneOfSeveral);
    }

    /** Whether these are for the account's first log. */
    public boolean isFirst() {
        return log().equals(logs.get(0));
    }

    /** Whether there is an account, and not only what the accounts of a folder share. */
    public boolean hasAccount() {
        return account().isThere();
    }

    /** Whose state it is: the account, and the log unless it is the telephony log, the only one of earlier releases. */
    public String owner() {
        DuoLog duoLog = log().duoLog();
        return account().identity() + (duoLog == DuoLog.TELEPHONY ? "" : "/" + duoLog);
    }

    /** What is wrong, one line each; empty unless the settings were {@linkplain #examine examined}. */
    public List<String> problems() {
        return List.copyOf(reader.problems());
    }

    /** Whether all that is wrong may pass by itself: a vault that cannot be reached. */
    public boolean mayPass() {
        return reader.mayPass();
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

    @Override
    public String toString() {
        return "Settings[" + account().apiHost() + " -> s3://" + account().bucket() + "/" + log().prefix() + "]";
    }
}
