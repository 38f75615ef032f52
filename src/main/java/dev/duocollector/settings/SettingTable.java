// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import dev.duocollector.settings.Setting.Scope;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The table of all settings, in the order of application.properties. There is no other list of them: what is checked, shown,
 * masked, suggested for a slip, and documented comes from here or is held to it by a test.
 */
public final class SettingTable {

    private static final Duration INSTANT = Duration.ofMillis(1);
    private static final Duration NONE = Duration.ZERO;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    // ---- Duo

    public static final Setting<String> API_HOST = Setting.of(
                    "duo.api.host",
                    Scope.ACCOUNT,
                    SettingType.form(
                            "api-[a-z0-9-]+\\.(duosecurity|duofederal)\\.com",
                            true,
                            "api-….duosecurity.com or api-….duofederal.com, without https://"),
                    "",
                    "the API hostname")
            .bounded("`api-….duosecurity.com`, `….duofederal.com`")
            .required("the API hostname of Duo's Admin API application");
    public static final Setting<String> IKEY = Setting.of(
                    "duo.ikey", Scope.ACCOUNT, SettingType.key(), "", "the integration key")
            .unset("required");
    public static final Setting<String> SKEY = Setting.of(
                    "duo.skey", Scope.ACCOUNT, SettingType.key(), "", "the secret key")
            .unset("required, or a file");
    public static final Setting<String> SKEY_FILE = Setting.of(
            "duo.skey-file",
            Scope.ACCOUNT,
            SettingType.text("a readable file"),
            "",
            "the secret key's file, read at each request");
    public static final Setting<Optional<URI>> BASE_URL = Setting.of(
                    "duo.base-url", Scope.ACCOUNT, SettingType.url(), "https://{{duo.api.host}}", "where requests go")
            .bounded("https; http to loopback");
    public static final Setting<Optional<URI>> DUO_PROXY = Setting.of(
                    "duo.proxy", Scope.ACCOUNT, SettingType.proxy(), "", "HTTP proxy on the way to Duo")
            .unset("the JVM's");
    public static final Setting<SignatureVersion> SIGNATURE = Setting.of(
            "duo.signature",
            Scope.ACCOUNT,
            SettingType.choice("v5", "v2").as(SignatureVersion::parse),
            "v5",
            "HMAC-SHA512 or, older, HMAC-SHA1");
    public static final Setting<Duration> CONNECT_TIMEOUT = Setting.of(
            "duo.connect-timeout",
            Scope.ACCOUNT,
            SettingType.duration(INSTANT, Duration.ofMinutes(10)),
            "10s",
            "wait for a connection");
    public static final Setting<Duration> RESPONSE_TIMEOUT = Setting.of(
            "duo.response-timeout",
            Scope.ACCOUNT,
            SettingType.duration(INSTANT, Duration.ofMinutes(10)),
            "60s",
            "wait for an answer; for all of it, 5 times");
    public static final Setting<Duration> RETRY_DELAY_MAX = Setting.of(
            "duo.retry.delay-max",
            Scope.ACCOUNT,
            SettingType.duration(NONE, HOUR),
            "120s",
            "longest wait before a retry");
    public static final Setting<Duration> RETRY_ELAPSED_MAX = Setting.of(
            "duo.retry.max-elapsed",
            Scope.ACCOUNT,
            SettingType.duration(NONE, DAY),
            "10m",
            "how long one request is retried");

    // ---- When, and how much

    public static final Setting<String> SCHEDULE = Setting.of(
            "duo.schedule",
            Scope.LOG,
            SettingType.text("a Quartz cron expression"),
            "0 0 * * * ?",
            "when runs start, in UTC");
    public static final Setting<Duration> SCHEDULE_JITTER = Setting.of(
            "duo.schedule-jitter",
            Scope.LOG,
            SettingType.duration(NONE, HOUR),
            "60s",
            "at most so much later, at random");
    public static final Setting<Boolean> AUTO_STARTUP =
            Setting.of("duo.schedule.auto-startup", Scope.LOG, SettingType.bool(), "true", "`false`: no run by itself");
    public static final Setting<Duration> LAG = Setting.of(
            "duo.lag",
            Scope.LOG,
            SettingType.duration(Duration.ofMinutes(2), HOUR),
            "2m",
            "how far behind now a window ends");
    public static final Setting<Duration> OVERLAP = Setting.of(
            "duo.overlap",
            Scope.LOG,
            SettingType.duration(MINUTE, DAY),
            "10m",
            "how long windows overlap, for late events");
    public static final Setting<Duration> LOOKBACK = Setting.of(
                    "duo.lookback",
                    Scope.LOG,
                    SettingType.duration(MINUTE, Duration.ofDays(180)),
                    "24h",
                    "how far back the first window reaches")
            .bounded("1m to 180d, over the lag");
    public static final Setting<Integer> PAGE_SIZE = Setting.of(
            "duo.page.size",
            Scope.LOG,
            SettingType.number(1, 1000),
            "1000",
            "events per request, and per object at most");
    public static final Setting<Duration> PAGE_PAUSE = Setting.of(
            "duo.page.pause", Scope.LOG, SettingType.duration(NONE, HOUR), "30s", "wait between two full pages");
    public static final Setting<Integer> ITERATIONS_MAX = Setting.of(
            "max.iterations",
            Scope.LOG,
            SettingType.number(0, Integer.MAX_VALUE),
            "0",
            "pages in one run at most; 0: no bound");

    // ---- S3

    public static final Setting<String> BUCKET = Setting.of(
                    "s3.bucket",
                    Scope.ACCOUNT,
                    SettingType.form(
                            "[A-Za-z0-9][A-Za-z0-9._-]{1,62}",
                            false,
                            "a bucket's name, without s3:// and without a path"),
                    "",
                    "where everything goes")
            .bounded("a bucket's name")
            .required("the name of the bucket");
    public static final Setting<String> PREFIX = Setting.of(
            "s3.prefix",
            Scope.LOG,
            SettingType.text("900 bytes, no `${`"),
            "duo-telephony",
            "the folder of the objects");
    public static final Setting<String> REGION = Setting.of(
                    "s3.region", Scope.ACCOUNT, SettingType.text(""), "", "the bucket's region")
            .unset("the AWS SDK's");
    public static final Setting<Optional<URI>> ENDPOINT = Setting.of(
                    "s3.endpoint", Scope.ACCOUNT, SettingType.url(), "", "an S3-compatible server")
            .unset("AWS");
    public static final Setting<Boolean> PATH_STYLE =
            Setting.of("s3.path-style", Scope.ACCOUNT, SettingType.bool(), "false", "the bucket's name in the path");
    public static final Setting<Optional<URI>> S3_PROXY = Setting.of(
                    "s3.proxy", Scope.ACCOUNT, SettingType.proxy(), "", "HTTP proxy on the way to S3")
            .unset("the AWS SDK's");
    public static final Setting<Boolean> COMPRESSION = Setting.of(
            "s3.compression",
            Scope.LOG,
            SettingType.choice("none", "gzip").as("gzip"::equals),
            "none",
            "gzip: objects end in `.ndjson.gz`");
    public static final Setting<Boolean> CHECKSUMS = Setting.of(
            "s3.checksums",
            Scope.ACCOUNT,
            SettingType.choice("when-supported", "when-required").as("when-required"::equals),
            "when-supported",
            "the latter for older servers");
    public static final Setting<Boolean> UNCONDITIONAL_WRITES = Setting.of(
            "s3.unconditional-writes",
            Scope.ACCOUNT,
            SettingType.choice("refuse", "allow").as("allow"::equals),
            "refuse",
            "a store that ignores conditions");
    public static final Setting<Boolean> S3_CLOCK = Setting.of(
            "s3.clock",
            Scope.ACCOUNT,
            SettingType.choice("check", "ignore").as("ignore"::equals),
            "check",
            "a store whose own clock is wrong");

    // ---- State and events

    public static final Setting<String> STATE_KEY = Setting.of(
                    "state.key",
                    Scope.LOG,
                    SettingType.text("an object key without a slash at either end and without ${"),
                    "",
                    "the state's object")
            .bounded("outside the prefix")
            .unset("`duo-telephony-state/<duo.api.host>.json`");
    public static final Setting<Boolean> STATE_INSIDE_PREFIX = Setting.of(
            "state.inside-prefix", Scope.LOG, SettingType.bool(), "false", "lets it lie inside all the same");
    public static final Setting<Boolean> FIRST_RUN = Setting.of(
            "state.first-run",
            Scope.LOG,
            SettingType.choice("check", "allow").as("allow"::equals),
            "check",
            "a first run although the bucket holds objects");
    public static final Setting<EventShape> EVENT_SHAPE = Setting.of(
            "event.shape",
            Scope.LOG,
            SettingType.choice("duo-client", "raw").as(EventShape::parse),
            "duo-client",
            "with or without the three added fields");

    // ---- UDM

    public static final Setting<String> UDM_PREFIX = Setting.of(
            "udm.prefix", Scope.LOG, SettingType.text("beside `s3.prefix`"), "", "each object also as UDM events");
    public static final Setting<Boolean> UDM_IDS =
            Setting.of("udm.ids", Scope.LOG, SettingType.bool(), "false", "UDM events with `telephony_id` and `txid`");
    public static final Setting<Boolean> UDM_MECHANISM = Setting.of(
            "udm.mechanism",
            Scope.LOG,
            SettingType.choice("auth", "detection-field").as("detection-field"::equals),
            "auth",
            "where MECHANISM_UNSPECIFIED goes");

    // ---- Monitoring

    public static final Setting<Boolean> OBSERVE_ENABLED = Setting.of(
            "observe.enabled", Scope.PROCESS, SettingType.bool(), "true", "health and metrics over HTTP, by `run`");
    public static final Setting<String> OBSERVE_HOST = Setting.of(
                    "observe.host",
                    Scope.PROCESS,
                    SettingType.form(
                            "[A-Za-z0-9.:_-]+",
                            false,
                            "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them"),
                    "127.0.0.1",
                    "where it listens")
            .bounded("an address; `0.0.0.0` for all");
    public static final Setting<Integer> OBSERVE_PORT = Setting.of(
            "observe.port", Scope.PROCESS, SettingType.number(1, 65535), "9876", "the port; a taken one is a WARN");
    public static final Setting<String> TEXTFILE = Setting.of(
                    "metrics.textfile",
                    Scope.PROCESS,
                    SettingType.text("a file in a folder that is there, such as /var/lib/node_exporter/duo.prom"),
                    "",
                    "gets the metrics after each run")
            .bounded("a file in a folder that exists");
    public static final Setting<Optional<URI>> PUSH =
            Setting.of("metrics.push", Scope.PROCESS, SettingType.url(), "", "a push gateway that gets them");
    public static final Setting<String> LOG_FORMAT = Setting.of(
            LogFormat.SETTING,
            Scope.PROCESS,
            SettingType.choice(LogFormat.HUMAN, LogFormat.JSON),
            LogFormat.HUMAN,
            "lines to read, or JSON with ECS names");

    // ---- Retired

    /** These three stay as what the program tells itself, for the commands backfill and verify. */
    public static final Setting<String> RANGE_FROM = Setting.of(
                    "range.from", Scope.LOG, SettingType.text(TimeRange.FORM), "", "")
            .retired("use the command backfill with --from and --to", "");

    public static final Setting<String> RANGE_TO = Setting.of(
                    "range.to", Scope.LOG, SettingType.text(TimeRange.FORM), "", "")
            .retired("use the command backfill with --from and --to", "");
    public static final Setting<Boolean> RANGE_SKIP_EXISTING = Setting.of(
                    "range.skip-existing", Scope.LOG, SettingType.bool(), "true", "")
            .retired("use the command backfill with --no-skip-existing", "", "true");

    private static final List<Setting<?>> ALL = List.of(
            API_HOST,
            IKEY,
            SKEY,
            SKEY_FILE,
            BASE_URL,
            DUO_PROXY,
            SIGNATURE,
            CONNECT_TIMEOUT,
            RESPONSE_TIMEOUT,
            RETRY_DELAY_MAX,
            RETRY_ELAPSED_MAX,
            SCHEDULE,
            SCHEDULE_JITTER,
            AUTO_STARTUP,
            LAG,
            OVERLAP,
            LOOKBACK,
            PAGE_SIZE,
            PAGE_PAUSE,
            ITERATIONS_MAX,
            BUCKET,
            PREFIX,
            REGION,
            ENDPOINT,
            PATH_STYLE,
            S3_PROXY,
            COMPRESSION,
            CHECKSUMS,
            UNCONDITIONAL_WRITES,
            S3_CLOCK,
            STATE_KEY,
            STATE_INSIDE_PREFIX,
            FIRST_RUN,
            EVENT_SHAPE,
            UDM_PREFIX,
            UDM_IDS,
            UDM_MECHANISM,
            OBSERVE_ENABLED,
            OBSERVE_HOST,
            OBSERVE_PORT,
            TEXTFILE,
            PUSH,
            LOG_FORMAT,
            RANGE_FROM,
            RANGE_TO,
            RANGE_SKIP_EXISTING);

    private SettingTable() {}

    /** Every setting that there is or was. */
    static List<Setting<?>> all() {
        return ALL;
    }

    /** Every setting that there is. */
    public static List<Setting<?>> active() {
        return ALL.stream().filter(setting -> setting.retirement().isEmpty()).toList();
    }

    /** Returns the setting of a name, also a retired one. */
    public static Optional<Setting<?>> find(String name) {
        return ALL.stream().filter(setting -> setting.name().equals(name)).findFirst();
    }
}
