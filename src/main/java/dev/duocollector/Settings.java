// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector;

import dev.duocollector.sink.EventShape;
import dev.duocollector.sink.KeyPrefix;
import dev.duocollector.sink.S3Connection;
import dev.duocollector.source.PollWindow;
import dev.duocollector.source.SignatureVersion;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.jspecify.annotations.Nullable;
import org.quartz.CronExpression;

/**
 * The collector's settings, read from the Camel context's properties when the bean is bound and checked there as a whole. What
 * each one means, its unit, default and bound stand in {@code application.properties}, which a test holds against this class.
 */
public final class Settings implements CamelContextAware {

    /**
     * What counts as Duo's retention. Duo keeps 180 days and refuses an older mintime; the missing hour leaves room for
     * clocks that differ (<a href="https://duo.com/docs/adminapi#telephony-logs">Admin API</a>, read 2026-11-23).
     */
    public static final Duration RETENTION = Duration.ofDays(180).minusHours(1);

    private static final Pattern API_HOST = Pattern.compile("api-[a-z0-9-]+\\.(duosecurity|duofederal)\\.com");
    private static final Pattern SIMPLE_DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Pattern RANGE_OF_STATE =
            Pattern.compile("(\\d{8}T\\d{6}\\.\\d{3}Z)_(\\d{8}T\\d{6}\\.\\d{3}Z)(_all)?\\.json");
    private static final DateTimeFormatter STATE_TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,62}");
    private static final String URL_ALLOWED = "http(s)://host or http(s)://host:port, nothing after it";
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:_-]+");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private static final Pattern ABOUT_SETTING = Pattern.compile("^Settings? (\\S+) ");
    private static final String MASKED = "********";

    /** Every setting's name, in the order of application.properties. */
    static final List<String> NAMES = List.of(
            "duo.api.host",
            "duo.ikey",
            "duo.skey",
            "duo.skey-file",
            "duo.base-url",
            "duo.proxy",
            "duo.signature",
            "duo.connect-timeout",
            "duo.response-timeout",
            "duo.retry.delay-max",
            "duo.retry.max-elapsed",
            "duo.schedule",
            "duo.schedule-jitter",
            "duo.schedule.auto-startup",
            "duo.lag",
            "duo.overlap",
            "duo.lookback",
            "duo.page.size",
            "duo.page.pause",
            "max.iterations",
            "range.from",
            "range.to",
            "range.skip-existing",
            "s3.bucket",
            "s3.prefix",
            "s3.region",
            "s3.endpoint",
            "s3.path-style",
            "s3.proxy",
            "s3.compression",
            "s3.checksums",
            "s3.unconditional-writes",
            "s3.clock",
            "state.key",
            "state.inside-prefix",
            "state.first-run",
            "event.shape",
            "udm.prefix",
            "udm.ids",
            "udm.mechanism",
            "observe.enabled",
            "observe.host",
            "observe.port",
            "metrics.textfile",
            "metrics.push",
            "log.format");

    private final List<String> problems = new ArrayList<>();
    private final Map<String, String> values = new HashMap<>();
    private @Nullable CamelContext camelContext;
    private boolean keysNeeded = true;

    private String apiHost = "";
    private String ikey = "";
    private Optional<Path> secretKeyFile = Optional.empty();
    private URI baseUrl = URI.create("https://localhost");
    private Optional<URI> duoProxy = Optional.empty();
    private SignatureVersion signature = SignatureVersion.V5;
    private Duration connectTimeout = Duration.ZERO;
    private Duration responseTimeout = Duration.ZERO;
    private Duration retryDelayMax = Duration.ZERO;
    private Duration retryElapsedMax = Duration.ZERO;
    private Duration scheduleJitter = Duration.ZERO;
    private boolean scheduled;
    private Duration lag = Duration.ZERO;
    private Duration overlap = Duration.ZERO;
    private Duration lookback = Duration.ZERO;
    private int pageSize;
    private Duration pagePause = Duration.ZERO;
    private int iterationsMax;
    private Optional<TimeRange> range = Optional.empty();
    private String bucket = "";
    private KeyPrefix prefix = new KeyPrefix("");
    private S3Connection s3Connection =
            new S3Connection(Optional.empty(), Optional.empty(), false, Optional.empty(), false);
    private boolean gzip;
    private boolean unconditionalWrites;
    private boolean s3ClockIgnored;
    private boolean firstRunAllowed;
    private String stateKey = "";
    private EventShape eventShape = EventShape.DUO_CLIENT;
    private Optional<KeyPrefix> udmPrefix = Optional.empty();
    private boolean udmIds;
    private boolean udmLiteralMechanism;
    private boolean observed;
    private String observeHost = "";
    private int observePort;
    private Optional<Path> metricsTextfile = Optional.empty();
    private Optional<URI> metricsPush = Optional.empty();

    /** For the route's bean: the values come with the Camel context. */
    public Settings() {}

    /**
     * Reads settings from a look-up, for tests and tools.
     *
     * @param lookup gives a setting's value by its name, null or empty when it is not set
     * @throws SettingsException if any is wrong, with one line for each
     */
    static Settings of(Function<String, @Nullable String> lookup) {
        Settings settings = new Settings();
        settings.read(lookup);
        return settings;
    }

    /**
     * Reads settings from a look-up without those that only a request to Duo needs: the integration key and the secret key.
     *
     * @throws SettingsException if any other is wrong, with one line for each
     */
    static Settings withoutKeys(Function<String, @Nullable String> lookup) {
        Settings settings = new Settings();
        settings.keysNeeded = false;
        settings.read(lookup);
        return settings;
    }

    /**
     * Reads from a look-up only how to get to S3, for a tool that needs nothing of Duo's.
     *
     * @throws SettingsException if any of these settings is wrong, with one line for each
     */
    static S3Connection s3Connection(Function<String, @Nullable String> lookup) {
        Settings settings = new Settings();
        settings.look(lookup);
        settings.readS3Connection();
        settings.refuseProblems();
        return settings.s3Connection;
    }

    /**
     * Reads every setting of a context, for commands that tell all that is wrong at once. A setting that is wrong, which
     * {@link #problems()} says, has a value that stands for nothing.
     */
    static Settings examine(CamelContext context) {
        Settings settings = new Settings();
        settings.refuseUnknownNames(context);
        settings.readAll(
                name -> context.getPropertiesComponent().resolveProperty(name).orElse(null));
        return settings;
    }

    /** What is wrong, one line each; empty unless the settings were {@linkplain #examine examined}. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /** Returns the setting that a line about wrong settings is about; each such line begins with its name. */
    static String named(String problem) {
        Matcher setting = ABOUT_SETTING.matcher(problem);
        return setting.find() ? setting.group(1) : "";
    }

    /** Returns a setting as it was written, without a password in it; of a key only that it is there. */
    String shown(String name) {
        String value = value(name);
        if (name.equals("duo.skey") || name.equals("duo.ikey")) {
            return value.isEmpty() ? "" : MASKED;
        }
        return withoutPassword(value);
    }

    @Override
    public @Nullable CamelContext getCamelContext() {
        return camelContext;
    }

    /** Reads and checks every setting. Called once, by Camel, when the bean is bound. */
    @Override
    public void setCamelContext(CamelContext context) {
        camelContext = context;
        refuseUnknownNames(context);
        read(name -> context.getPropertiesComponent().resolveProperty(name).orElse(null));
    }

    private void refuseUnknownNames(CamelContext context) {
        Set<String> unknown = new TreeSet<>();
        for (Object name : context.getPropertiesComponent()
                .loadProperties(name -> name.startsWith("duo."))
                .keySet()) {
            if (!NAMES.contains(name.toString())) {
                unknown.add(name.toString());
            }
        }
        for (String name : unknown) {
            problems.add("Setting " + name + " does not exist. See application.properties for those that do.");
        }
    }

    private void read(Function<String, @Nullable String> lookup) {
        readAll(lookup);
        refuseProblems();
    }

    private void readAll(Function<String, @Nullable String> lookup) {
        look(lookup);
        readDuo();
        readReading();
        readS3();
        readObservation();
    }

    private void look(Function<String, @Nullable String> lookup) {
        for (String name : NAMES) {
            String value = lookup.apply(name);
            values.put(name, value == null ? "" : value.trim());
        }
    }

    private void refuseProblems() {
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }

    private void readDuo() {
        apiHost = required("duo.api.host", "the API hostname of Duo's Admin API application")
                .toLowerCase(Locale.ROOT);
        if (!apiHost.isEmpty() && !API_HOST.matcher(apiHost).matches()) {
            problem("duo.api.host", apiHost, "api-….duosecurity.com or api-….duofederal.com, without https://");
        }
        if (keysNeeded) {
            ikey = required("duo.ikey", "the integration key of Duo's Admin API application");
            readSecretKey();
        }
        readBaseUrl();
        duoProxy = proxy("duo.proxy");
        signature =
                choice("duo.signature", List.of("v5", "v2")).equals("v2") ? SignatureVersion.V2 : SignatureVersion.V5;
        connectTimeout = duration("duo.connect-timeout", Duration.ofMillis(1), Duration.ofMinutes(10));
        responseTimeout = duration("duo.response-timeout", Duration.ofMillis(1), Duration.ofMinutes(10));
        retryDelayMax = duration("duo.retry.delay-max", Duration.ZERO, Duration.ofHours(1));
        retryElapsedMax = duration("duo.retry.max-elapsed", Duration.ZERO, Duration.ofDays(1));
        if (!CronExpression.isValidExpression(value("duo.schedule"))) {
            problem(
                    "duo.schedule",
                    value("duo.schedule"),
                    "a Quartz cron expression, such as 0 0 * * * ? for each hour");
        }
        scheduleJitter = duration("duo.schedule-jitter", Duration.ZERO, Duration.ofHours(1));
        scheduled = bool("duo.schedule.auto-startup");
    }

    private void readBaseUrl() {
        String value = value("duo.base-url");
        if (value.equals("https://" + value("duo.api.host"))
                && !API_HOST.matcher(apiHost).matches()) {
            // The default, of a host that is told already.
            return;
        }
        if (value.isEmpty() || value.endsWith("/")) {
            // The route puts the path right behind it, and the signature is over a path with one slash.
            problem("duo.base-url", withoutPassword(value), URL_ALLOWED + "; its default is https://{{duo.api.host}}");
            return;
        }
        baseUrl = url("duo.base-url").orElse(baseUrl);
        if ("http".equals(baseUrl.getScheme()) && !isLoopback(baseUrl)) {
            problem("duo.base-url", value, "https://…; plain http is allowed to a loopback address only");
        }
    }

    private void readSecretKey() {
        if (!value("duo.skey").isEmpty() && !value("duo.skey-file").isEmpty()) {
            problems.add("Settings duo.skey and duo.skey-file are both set. Keep one of them.");
        } else if (value("duo.skey").isEmpty() && value("duo.skey-file").isEmpty()) {
            required("duo.skey", "the secret key of Duo's Admin API application, or its file in duo.skey-file");
        } else if (!value("duo.skey-file").isEmpty()) {
            try {
                secretKeyFile = Optional.of(Path.of(value("duo.skey-file")));
                secretKey();
            } catch (InvalidPathException | SettingsException e) {
                problem("duo.skey-file", value("duo.skey-file"), "a readable file that holds the secret key");
            }
        }
    }

    private void readReading() {
        int problemsBefore = problems.size();
        lag = duration("duo.lag", Duration.ofMinutes(2), Duration.ofHours(1));
        overlap = duration("duo.overlap", Duration.ofMinutes(1), Duration.ofHours(24));
        lookback = duration("duo.lookback", Duration.ofMinutes(1), Duration.ofDays(180));
        Duration least = lag.plus(PollWindow.MARGIN).plus(PollWindow.STEP_MIN);
        if (problems.size() == problemsBefore && lookback.compareTo(least) < 0) {
            problem(
                    "duo.lookback",
                    value("duo.lookback"),
                    "at least " + least.minus(lag).toSeconds() + "s longer than duo.lag, which is " + value("duo.lag"));
        }
        pageSize = number("duo.page.size", 1, 1000);
        pagePause = duration("duo.page.pause", Duration.ZERO, Duration.ofHours(1));
        iterationsMax = number("max.iterations", 0, Integer.MAX_VALUE);
        readRange();
    }

    private void readRange() {
        boolean skipExisting = bool("range.skip-existing");
        if (value("range.from").isEmpty() && value("range.to").isEmpty()) {
            return;
        }
        Optional<Instant> from = time("range.from");
        Optional<Instant> to = time("range.to");
        if (from.isEmpty() || to.isEmpty()) {
            return;
        }
        if (from.get().isBefore(to.get())) {
            range = Optional.of(new TimeRange(from.get(), to.get(), skipExisting));
        } else {
            problem("range.to", value("range.to"), "a time after range.from, which is " + value("range.from"));
        }
    }

    private Optional<Instant> time(String name) {
        Optional<Instant> read = TimeRange.parse(value(name));
        if (read.isEmpty()) {
            problem(name, value(name), TimeRange.FORM + "; range.from and range.to belong together");
        }
        return read;
    }

    private void readS3() {
        bucket = required("s3.bucket", "the name of the bucket");
        if (!bucket.isEmpty() && !BUCKET.matcher(bucket).matches()) {
            problem("s3.bucket", bucket, "a bucket's name, without s3:// and without a path");
        }
        Optional<KeyPrefix> read = keyPrefix("s3.prefix");
        prefix = read.orElse(prefix);
        boolean prefixRefused = read.isEmpty();
        readS3Connection();
        gzip = choice("s3.compression", List.of("none", "gzip")).equals("gzip");
        eventShape = choice("event.shape", List.of("duo-client", "raw")).equals("raw")
                ? EventShape.RAW
                : EventShape.DUO_CLIENT;
        unconditionalWrites =
                choice("s3.unconditional-writes", List.of("refuse", "allow")).equals("allow");
        s3ClockIgnored = choice("s3.clock", List.of("check", "ignore")).equals("ignore");
        firstRunAllowed = choice("state.first-run", List.of("check", "allow")).equals("allow");
        readStateKey(prefixRefused);
        readUdm(prefixRefused);
    }

    private void readS3Connection() {
        s3Connection = new S3Connection(
                optional("s3.region"),
                url("s3.endpoint"),
                bool("s3.path-style"),
                proxy("s3.proxy"),
                choice("s3.checksums", List.of("when-supported", "when-required"))
                        .equals("when-required"));
    }

    private void readUdm(boolean prefixRefused) {
        udmIds = bool("udm.ids");
        udmLiteralMechanism =
                choice("udm.mechanism", List.of("auth", "detection-field")).equals("detection-field");
        Optional<KeyPrefix> udm =
                keyPrefix("udm.prefix").filter(prefix -> !prefix.value().isEmpty());
        if (udm.isEmpty() || prefixRefused) {
            return;
        }
        if (udm.get().overlaps(prefix)) {
            problems.add("Setting udm.prefix is '" + udm.get() + "' and s3.prefix is '" + prefix
                    + "', and one lies inside the other: a feed on the outer one would take every event twice. Set two that lie"
                    + " side by side, such as duo-telephony and duo-telephony-udm.");
        } else if (udm.get().contains(stateKey)) {
            problems.add(
                    "Setting state.key is " + stateKey + " and lies inside udm.prefix, which is '" + udm.get()
                            + "': a feed on the prefix would take the state for events. Set either so that they lie side by side.");
        }
        udmPrefix = udm;
    }

    private void readObservation() {
        observed = bool("observe.enabled");
        observeHost = value("observe.host");
        if (!HOST.matcher(observeHost).matches()) {
            problem(
                    "observe.host",
                    observeHost,
                    "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them");
        }
        observePort = number("observe.port", 1, 65535);
        metricsTextfile = optional("metrics.textfile").flatMap(this::textfile);
        metricsPush = url("metrics.push");
        choice(LogFormat.SETTING, List.of(LogFormat.HUMAN, LogFormat.JSON));
    }

    private Optional<Path> textfile(String value) {
        try {
            Path file = Path.of(value).toAbsolutePath();
            if (Files.isDirectory(file.getParent()) && !Files.isDirectory(file)) {
                return Optional.of(file);
            }
        } catch (InvalidPathException e) {
            // Told below.
        }
        problem("metrics.textfile", value, "a file in a folder that is there, such as /var/lib/node_exporter/duo.prom");
        return Optional.empty();
    }

    /** Reads a prefix; empty if it is refused, which is told. */
    private Optional<KeyPrefix> keyPrefix(String name) {
        try {
            return Optional.of(new KeyPrefix(value(name)));
        } catch (IllegalArgumentException e) {
            problems.add("Setting " + e.getMessage().replaceFirst("^prefix", name) + ".");
            return Optional.empty();
        }
    }

    private void readStateKey(boolean prefixRefused) {
        stateKey = optional("state.key").orElse("duo-telephony-state/" + apiHost + ".json");
        if (stateKey.startsWith("/") || stateKey.endsWith("/") || stateKey.contains("${")) {
            problem("state.key", stateKey, "an object key without a slash at either end and without ${");
        }
        boolean insideAllowed = bool("state.inside-prefix");
        boolean inside = !prefixRefused && prefix.contains(stateKey);
        if (inside && !insideAllowed) {
            problems.add("Setting state.key is " + stateKey + " and lies inside s3.prefix, which is '" + prefix
                    + "': a SecOps feed on the prefix would take the state for a log, and delete it if told to delete"
                    + " sources. Set state.key to a key outside, such as duo-telephony-state/state.json"
                    + (prefix.value().isEmpty() ? ", and s3.prefix to a folder, such as duo-telephony" : "")
                    + ", or state.inside-prefix=true to keep it there.");
        }
    }

    // ---- How one value is read.

    private String value(String name) {
        return values.getOrDefault(name, "");
    }

    private Optional<String> optional(String name) {
        return Optional.of(value(name)).filter(value -> !value.isEmpty());
    }

    private String required(String name, String what) {
        if (value(name).isEmpty()) {
            problems.add(
                    "Setting " + name + " is not set. It is " + what + "; set it in application.properties or in the"
                            + " environment as " + EnvironmentPropertiesSource.variable(name) + ".");
        }
        return value(name);
    }

    private void problem(String name, String value, @Nullable String allowed) {
        problems.add("Setting " + name + " is '" + value + "'. Allowed: " + allowed + ".");
    }

    private Duration duration(String name, Duration min, Duration max) {
        Optional<Duration> read = parseDuration(value(name));
        if (read.isEmpty() || read.get().compareTo(min) < 0 || read.get().compareTo(max) > 0) {
            problem(name, value(name), text(min) + " to " + text(max) + ", written as 30s, 10m, 1d or PT30S");
            return min;
        }
        // Duo's bounds are milliseconds; a finer overlap would begin a window between two.
        return read.get().truncatedTo(ChronoUnit.MILLIS);
    }

    static Optional<Duration> parseDuration(String value) {
        var simple = SIMPLE_DURATION.matcher(value);
        if (simple.matches()) {
            long amount = Long.parseLong(simple.group(1));
            return Optional.of(
                    switch (simple.group(2)) {
                        case "ms" -> Duration.ofMillis(amount);
                        case "s" -> Duration.ofSeconds(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        default -> Duration.ofDays(amount);
                    });
        }
        if (value.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        try {
            return Optional.of(Duration.parse(value));
        } catch (java.time.format.DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        return seconds % 86400 == 0
                ? seconds / 86400 + "d"
                : seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    private int number(String name, int min, int max) {
        try {
            int read = Integer.parseInt(value(name));
            if (read >= min && read <= max) {
                return read;
            }
        } catch (NumberFormatException e) {
            // Told below, together with a number out of bounds.
        }
        problem(
                name,
                value(name),
                "a whole number, " + (max == Integer.MAX_VALUE ? min + " or more" : min + " to " + max));
        return min;
    }

    private boolean bool(String name) {
        return choice(name, List.of("false", "true")).equals("true");
    }

    private String choice(String name, List<String> allowed) {
        String read = value(name).toLowerCase(Locale.ROOT);
        if (!allowed.contains(read)) {
            problem(name, value(name), String.join(" or ", allowed));
            return allowed.get(0);
        }
        return read;
    }

    private Optional<URI> url(String name) {
        if (value(name).isEmpty()) {
            return Optional.empty();
        }
        try {
            URI read = new URI(value(name));
            boolean plain = read.getRawQuery() == null
                    && read.getRawFragment() == null
                    && read.getRawUserInfo() == null
                    && (read.getRawPath().isEmpty() || read.getRawPath().equals("/"));
            if (List.of("http", "https").contains(String.valueOf(read.getScheme()))
                    && read.getHost() != null
                    && plain) {
                return Optional.of(new URI(read.getScheme() + "://" + read.getRawAuthority()));
            }
        } catch (URISyntaxException | NullPointerException e) {
            // Told below, together with a URL that has what it must not.
        }
        problem(name, withoutPassword(value(name)), URL_ALLOWED);
        return Optional.empty();
    }

    /** Leaves out all before the last @: a password may hold slashes, and an @ too. */
    private static String withoutPassword(String url) {
        return url.replaceFirst("^(\\w+://)?.*@", "$1…@");
    }

    private Optional<URI> proxy(String name) {
        Optional<URI> read = url(name);
        if (read.isPresent()
                && (!"http".equals(read.get().getScheme()) || read.get().getPort() < 0)) {
            problem(name, value(name), "http://host:port");
        }
        return read;
    }

    /** Tells whether a URL names this machine by a loopback address. */
    public static boolean isLoopback(URI url) {
        String host = url.getHost();
        return LOOPBACK.contains(host.toLowerCase(Locale.ROOT)) || host.matches("127(\\.\\d{1,3}){3}");
    }

    // ---- What the beans ask for.

    public String apiHost() {
        return apiHost;
    }

    public String ikey() {
        return ikey;
    }

    /**
     * Returns the secret key. From a file it is read anew at each call, trimmed, so that a rotated key counts from the next run.
     *
     * @throws SettingsException if the file cannot be read or is empty; the message holds the path only
     */
    public String secretKey() {
        if (secretKeyFile.isEmpty()) {
            return value("duo.skey");
        }
        try {
            String read = Files.readString(secretKeyFile.get(), StandardCharsets.UTF_8)
                    .trim();
            if (!read.isEmpty()) {
                return read;
            }
        } catch (IOException e) {
            throw refusedSecretKeyFile("cannot be read");
        }
        throw refusedSecretKeyFile("is empty");
    }

    private SettingsException refusedSecretKeyFile(String flaw) {
        return new SettingsException(List.of("The secret key's file " + secretKeyFile.orElseThrow()
                + " (duo.skey-file) " + flaw + ". Put the secret key of Duo's Admin API application there."));
    }

    /** Where requests go; differs from the API host when {@code duo.base-url} is set. */
    public URI baseUrl() {
        return baseUrl;
    }

    public Optional<URI> duoProxy() {
        return duoProxy;
    }

    public SignatureVersion signature() {
        return signature;
    }

    public Duration connectTimeout() {
        return connectTimeout;
    }

    public Duration responseTimeout() {
        return responseTimeout;
    }

    public Duration retryDelayMax() {
        return retryDelayMax;
    }

    public Duration retryElapsedMax() {
        return retryElapsedMax;
    }

    /** A Quartz cron expression. */
    public String schedule() {
        return value("duo.schedule");
    }

    public Duration scheduleJitter() {
        return scheduleJitter;
    }

    /** Whether runs start by themselves. */
    public boolean scheduled() {
        return scheduled;
    }

    public Duration lag() {
        return lag;
    }

    public Duration overlap() {
        return overlap;
    }

    /** At most {@link #RETENTION}, whatever was set. */
    public Duration lookback() {
        return lookback.compareTo(RETENTION) > 0 ? RETENTION : lookback;
    }

    public int pageSize() {
        return pageSize;
    }

    public Duration pagePause() {
        return pagePause;
    }

    /** The most pages in one run, 0 for no bound. */
    public int iterationsMax() {
        return iterationsMax;
    }

    /** The time to read instead of windows that follow one another; empty for a collector. */
    public Optional<TimeRange> range() {
        return range;
    }

    public String bucket() {
        return bucket;
    }

    public KeyPrefix prefix() {
        return prefix;
    }

    public S3Connection s3Connection() {
        return s3Connection;
    }

    public boolean gzip() {
        return gzip;
    }

    /** Whether a store may be used that does not keep to conditional writes, where only one collector must run at a time. */
    public boolean unconditionalWrites() {
        return unconditionalWrites;
    }

    /** Whether the store's clock is wrong, so that a run's time is the local clock's. */
    public boolean s3ClockIgnored() {
        return s3ClockIgnored;
    }

    /** Whether a run without a state is a first one, whatever the bucket holds. */
    public boolean firstRunAllowed() {
        return firstRunAllowed;
    }

    /** Where the state lies: the collector's own, or that of the range that is read instead. */
    public String stateKey() {
        return range.map(this::stateKey).orElse(stateKey);
    }

    private String stateKey(TimeRange range) {
        return rangeStates() + STATE_TIME.format(range.from()) + "_" + STATE_TIME.format(range.to())
                + (range.skipExisting() ? "" : "_all") + ".json";
    }

    /** Where the collector's own state lies, whether a range is set or not. */
    String collectorStateKey() {
        return stateKey;
    }

    /** What the keys of the states of all ranges begin with. */
    public String rangeStates() {
        return stateKey.replaceFirst("\\.json$", "") + "_backfill_";
    }

    /** Returns the range whose state lies at a key, empty for any other key. */
    public Optional<TimeRange> rangeOfState(String key) {
        Matcher name = RANGE_OF_STATE.matcher(
                key.startsWith(rangeStates()) ? key.substring(rangeStates().length()) : "");
        try {
            return name.matches()
                    ? Optional.of(new TimeRange(
                            STATE_TIME.parse(name.group(1), Instant::from),
                            STATE_TIME.parse(name.group(2), Instant::from),
                            name.group(3) == null))
                    : Optional.empty();
        } catch (DateTimeException e) {
            // No such day.
            return Optional.empty();
        }
    }

    public EventShape eventShape() {
        return eventShape;
    }

    /** Where each object also goes as UDM events; empty if nowhere. */
    public Optional<KeyPrefix> udmPrefix() {
        return udmPrefix;
    }

    /** Whether UDM events also have Duo's ids, which the guide's table leaves out. */
    public boolean udmIds() {
        return udmIds;
    }

    /** Whether MECHANISM_UNSPECIFIED goes where the guide's page has it, to the letter. */
    public boolean udmLiteralMechanism() {
        return udmLiteralMechanism;
    }

    /** Whether the command run shows health and metrics over HTTP. */
    boolean observed() {
        return observed;
    }

    String observeHost() {
        return observeHost;
    }

    int observePort() {
        return observePort;
    }

    /** Where the metrics go after each run; in a folder that was there. */
    Optional<Path> metricsTextfile() {
        return metricsTextfile;
    }

    /** The push gateway that gets the metrics after each run. */
    Optional<URI> metricsPush() {
        return metricsPush;
    }

    @Override
    public String toString() {
        return "Settings[" + apiHost + " -> s3://" + bucket + "/" + prefix + "]";
    }

    static {
        // A name that stands twice would be read twice and documented once.
        if (NAMES.size() != Set.copyOf(NAMES).size()) {
            throw new IllegalStateException("Setting names must be unique: " + Arrays.toString(NAMES.toArray()));
        }
    }
}
