// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static dev.duocollector.settings.SettingType.bool;
import static dev.duocollector.settings.SettingType.choice;
import static dev.duocollector.settings.SettingType.databaseUrl;
import static dev.duocollector.settings.SettingType.duration;
import static dev.duocollector.settings.SettingType.form;
import static dev.duocollector.settings.SettingType.key;
import static dev.duocollector.settings.SettingType.number;
import static dev.duocollector.settings.SettingType.proxy;
import static dev.duocollector.settings.SettingType.text;
import static dev.duocollector.settings.SettingType.url;

import dev.duocollector.settings.Setting.Scope;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table of all settings, in the order of application.properties. There is no other list of them: what is checked, shown,
 * masked, suggested for a slip, and documented comes from here or is compared with it by a test.
 */
public final class SettingTable {

    private static final Duration INSTANT = Duration.ofMillis(1);
    private static final Duration NONE = Duration.ZERO;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    /** Each definition below adds itself. */
    private static final List<Setting<?>> ALL = new ArrayList<>();

    // ---- Duo

    public static final Setting<String> API_HOST = add(account(
                    "duo.api.host",
                    form(
                            "api-[a-z0-9-]+\\.(duosecurity|duofederal)\\.com",
                            true,
                            "api-….duosecurity.com or api-….duofederal.com, without https://"),
                    "",
                    "the API hostname")
            .bounded("`api-….duosecurity.com`, `….duofederal.com`")
            .required("the API hostname of Duo's Admin API application"));
    public static final Setting<String> IKEY =
            add(account("duo.ikey", key(), "", "the integration key").unset("required"));
    public static final Setting<String> SKEY =
            add(account("duo.skey", key(), "", "the secret key").unset("required, or a file"));
    public static final Setting<String> SKEY_FILE =
            add(account("duo.skey-file", text("a readable file"), "", "the secret key's file, read at each request"));
    public static final Setting<String> ACCOUNTS =
            add(account("duo.accounts", text("a folder that exists"), "", "a folder with a file for each account")
                    .unset("`accounts.d`, if it is there"));
    public static final Setting<Boolean> CHILDREN = add(account(
            "duo.children",
            choice("none", "all").as("all"::equals),
            "none",
            "in an account's file: `all` collects the accounts below it"));
    public static final Setting<String> LOGS = add(
            account("duo.logs", text("`telephony`, `authentication`, `activity`"), "telephony", "the logs, by commas"));
    public static final Setting<Optional<URI>> BASE_URL =
            add(account("duo.base-url", url(), "https://{{duo.api.host}}", "where requests go")
                    .bounded("https; http to loopback"));
    public static final Setting<Optional<URI>> DUO_PROXY = add(
            account("duo.proxy", proxy(), "", "HTTP proxy on the way to Duo").unset("the JVM's"));
    public static final Setting<SignatureVersion> SIGNATURE = add(account(
            "duo.signature", choice("v5", "v2").as(SignatureVersion::parse), "v5", "HMAC-SHA512 or, older, HMAC-SHA1"));
    public static final Setting<Duration> CONNECT_TIMEOUT = add(
            account("duo.connect-timeout", duration(INSTANT, Duration.ofMinutes(10)), "10s", "wait for a connection"));
    public static final Setting<Duration> RESPONSE_TIMEOUT = add(account(
            "duo.response-timeout",
            duration(INSTANT, Duration.ofMinutes(10)),
            "60s",
            "wait for an answer; for all of it, 5 times"));
    public static final Setting<Duration> RETRY_DELAY_MAX =
            add(account("duo.retry.delay-max", duration(NONE, HOUR), "120s", "longest wait before a retry"));
    public static final Setting<Duration> RETRY_ELAPSED_MAX =
            add(account("duo.retry.max-elapsed", duration(NONE, DAY), "10m", "how long one request is retried"));

    // ---- When, and how much

    public static final Setting<String> SCHEDULE =
            add(log("duo.schedule", text("a Quartz cron expression"), "0 0 * * * ?", "when runs start, in UTC"));
    public static final Setting<Duration> SCHEDULE_JITTER =
            add(log("duo.schedule-jitter", duration(NONE, HOUR), "60s", "at most so much later, at random"));
    public static final Setting<Boolean> AUTO_STARTUP =
            add(log("duo.schedule.auto-startup", bool(), "true", "`false`: no run by itself"));
    public static final Setting<Duration> LAG =
            add(log("duo.lag", duration(Duration.ofMinutes(2), HOUR), "2m", "how far behind now a window ends"));
    public static final Setting<Duration> OVERLAP =
            add(log("duo.overlap", duration(MINUTE, DAY), "10m", "how long windows overlap, for late events"));
    public static final Setting<Duration> LOOKBACK = add(
            log("duo.lookback", duration(MINUTE, Duration.ofDays(180)), "24h", "how far back the first window reaches")
                    .bounded("11s over the lag, to 180d"));
    public static final Setting<Integer> PAGE_SIZE =
            add(log("duo.page.size", number(1, 1000), "1000", "events per request, and per object at most"));
    public static final Setting<Duration> PAGE_PAUSE =
            add(log("duo.page.pause", duration(NONE, HOUR), "30s", "wait between two full pages"));
    public static final Setting<Integer> ITERATIONS_MAX =
            add(log("max.iterations", number(0, Integer.MAX_VALUE), "0", "pages in one run at most; 0: no bound"));

    public static final Setting<String> VERIFY_SCHEDULE = add(account(
                    "verify.schedule",
                    text("a Quartz cron expression"),
                    "",
                    "when yesterday is compared with the bucket, in UTC")
            .unset("never"));

    // ---- S3

    public static final Setting<String> BUCKET = add(account(
                    "s3.bucket",
                    form("[A-Za-z0-9][A-Za-z0-9._-]{1,62}", false, "a bucket's name, without s3:// and without a path"),
                    "",
                    "where everything goes")
            .bounded("a bucket's name")
            .required("the name of the bucket"));
    public static final Setting<String> PREFIX =
            add(log("s3.prefix", text("900 bytes, no `${`"), "duo-{log}", "the folder of the objects"));
    public static final Setting<String> REGION =
            add(account("s3.region", text(""), "", "the bucket's region").unset("the AWS SDK's"));
    public static final Setting<Optional<URI>> ENDPOINT =
            add(account("s3.endpoint", url(), "", "an S3-compatible server").unset("AWS"));
    public static final Setting<Boolean> PATH_STYLE =
            add(account("s3.path-style", bool(), "false", "the bucket's name in the path"));
    public static final Setting<Optional<URI>> S3_PROXY =
            add(account("s3.proxy", proxy(), "", "HTTP proxy on the way to S3").unset("the AWS SDK's"));
    public static final Setting<Boolean> COMPRESSION = add(log(
            "s3.compression", choice("none", "gzip").as("gzip"::equals), "none", "gzip: objects end in `.ndjson.gz`"));
    public static final Setting<Boolean> CHECKSUMS = add(account(
            "s3.checksums",
            choice("when-supported", "when-required").as("when-required"::equals),
            "when-supported",
            "the latter for older servers"));
    public static final Setting<Boolean> UNCONDITIONAL_WRITES = add(account(
            "s3.unconditional-writes",
            choice("refuse", "allow").as("allow"::equals),
            "refuse",
            "a store that ignores conditions"));
    public static final Setting<Boolean> S3_CLOCK = add(
            account("s3.clock", choice("check", "ignore").as("ignore"::equals), "check", "a store with a wrong clock"));

    // ---- State and events

    public static final Setting<String> STATE_KEY = add(log(
                    "state.key",
                    text("an object key without a slash at either end and without ${"),
                    "",
                    "the state's object")
            .bounded("outside the prefix")
            .unset("`duo-{log}-state/<duo.api.host>.json`"));
    public static final Setting<Boolean> STATE_INSIDE_PREFIX =
            add(log("state.inside-prefix", bool(), "false", "allows it inside"));
    public static final Setting<Boolean> FIRST_RUN = add(log(
            "state.first-run",
            choice("check", "allow").as("allow"::equals),
            "check",
            "a first run although the bucket holds objects"));
    public static final Setting<EventShape> EVENT_SHAPE = add(log(
            "event.shape",
            choice("duo-client", "raw").as(EventShape::parse),
            "duo-client",
            "with or without the three added fields"));

    // ---- UDM

    public static final Setting<String> UDM_PREFIX =
            add(log("udm.prefix", text("beside `s3.prefix`"), "", "each object also as UDM events"));
    public static final Setting<Boolean> UDM_IDS =
            add(log("udm.ids", bool(), "false", "UDM events with `telephony_id` and `txid`"));

    // ---- Several nodes

    public static final Setting<String> SHARD = add(account(
                    "streams.shard",
                    text("`I/N`, `auto/N`; N is 1 to 1000"),
                    "",
                    "the part of all logs that is collected")
            .unset("all"));

    public static final Setting<String> CLUSTER_URL =
            add(process("cluster.jdbc-url", databaseUrl(), "", "the database that the nodes of a cluster share")
                    .bounded("`jdbc:postgresql://host:port/database`")
                    .unset("no cluster"));
    public static final Setting<String> CLUSTER_USER =
            add(process("cluster.user", text(""), "", "the database's user").unset("required in a cluster"));
    public static final Setting<String> CLUSTER_PASSWORD_FILE = add(process(
            "cluster.password-file", text("a readable file"), "", "its password's file, read at each connection"));

    // ---- Monitoring

    public static final Setting<Boolean> OBSERVE_ENABLED =
            add(process("observe.enabled", bool(), "true", "status page, health and metrics over HTTP, by `run`"));
    public static final Setting<String> OBSERVE_HOST = add(process(
                    "observe.host",
                    form(
                            "[A-Za-z0-9.:_-]+",
                            false,
                            "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them"),
                    "127.0.0.1",
                    "where it listens")
            .bounded("an address; `0.0.0.0` for all"));
    public static final Setting<Integer> OBSERVE_PORT =
            add(process("observe.port", number(1, 65535), "9876", "the port; a taken one is a WARN"));
    public static final Setting<String> TEXTFILE = add(process(
                    "metrics.textfile",
                    text("a file in a folder that is there, such as /var/lib/node_exporter/duo.prom"),
                    "",
                    "gets the metrics after each run")
            .bounded("a file in a folder that exists"));
    public static final Setting<Optional<URI>> PUSH =
            add(process("metrics.push", url(), "", "a push gateway that gets them"));
    public static final Setting<String> LOG_FORMAT = add(process(
            LogFormat.SETTING,
            choice(LogFormat.HUMAN, LogFormat.JSON),
            LogFormat.HUMAN,
            "lines to read, or JSON with ECS names"));

    static {
        retire("udm.mechanism", "look for MECHANISM_UNSPECIFIED in extensions.auth.mechanism", "", "auth");
        retire("range.from", "use the command backfill with --from and --to", "");
        retire("range.to", "use the command backfill with --from and --to", "");
        retire("range.skip-existing", "use the command backfill with --no-skip-existing", "", "true");
    }

    /** The settings in which the logs of an account may differ: the name of each with a dot and the log's name behind it. */
    private static final Set<Setting<?>> OF_ONE_LOG =
            Set.of(SCHEDULE, LAG, OVERLAP, LOOKBACK, PAGE_PAUSE, PREFIX, STATE_KEY, EVENT_SHAPE, UDM_PREFIX);

    /** The settings that all accounts share, beside those of the program: what there is one of, whatever is collected. */
    private static final Set<Setting<?>> OF_ALL_ACCOUNTS = Set.of(
            ACCOUNTS,
            DUO_PROXY,
            CONNECT_TIMEOUT,
            RESPONSE_TIMEOUT,
            AUTO_STARTUP,
            REGION,
            ENDPOINT,
            PATH_STYLE,
            S3_PROXY,
            CHECKSUMS,
            UDM_IDS,
            VERIFY_SCHEDULE,
            SHARD);

    /** All, with those of a single log. */
    private static final Map<String, Setting<?>> BY_NAME = ALL.stream()
            .flatMap(setting -> Stream.concat(Stream.of(setting), ofLogs(setting)))
            .collect(Collectors.toUnmodifiableMap(Setting::name, Function.identity()));

    private SettingTable() {}

    private static <T> Setting<T> account(String name, SettingType<T> type, String standard, String sentence) {
        return Setting.of(name, Scope.ACCOUNT, type, standard, sentence);
    }

    private static <T> Setting<T> log(String name, SettingType<T> type, String standard, String sentence) {
        return Setting.of(name, Scope.LOG, type, standard, sentence);
    }

    private static <T> Setting<T> process(String name, SettingType<T> type, String standard, String sentence) {
        return Setting.of(name, Scope.PROCESS, type, standard, sentence);
    }

    private static void retire(String name, String replacement, String... harmless) {
        add(log(name, text(""), "", "").retired(replacement, harmless));
    }

    private static <T> Setting<T> add(Setting<T> setting) {
        ALL.add(setting);
        return setting;
    }

    /** Every setting that there is or was. */
    static List<Setting<?>> all() {
        return Collections.unmodifiableList(ALL);
    }

    /** Every setting that there is. */
    public static List<Setting<?>> active() {
        return ALL.stream().filter(setting -> setting.retirement().isEmpty()).toList();
    }

    /** Returns the setting of a name, also a retired one, and one of a single log. */
    public static Optional<Setting<?>> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** Whether accounts cannot differ in a setting. */
    static boolean isOfAllAccounts(Setting<?> setting) {
        return setting.scope() == Scope.PROCESS || OF_ALL_ACCOUNTS.contains(setting);
    }

    /** Returns what sets a setting for a single log, one for each; none if the logs cannot differ in it. */
    static Stream<Setting<?>> ofLogs(Setting<?> setting) {
        return Arrays.stream(DuoLog.values()).flatMap(log -> of(setting, log).stream());
    }

    /** Returns what sets a setting for one log; empty if the logs cannot differ in it. */
    static <T> Optional<Setting<T>> of(Setting<T> setting, DuoLog log) {
        return OF_ONE_LOG.contains(setting) ? Optional.of(setting.of(log)) : Optional.empty();
    }
}
