// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static dev.duocollector.settings.SettingTable.API_HOST;
import static dev.duocollector.settings.SettingTable.AUTO_STARTUP;
import static dev.duocollector.settings.SettingTable.BASE_URL;
import static dev.duocollector.settings.SettingTable.BUCKET;
import static dev.duocollector.settings.SettingTable.CHECKSUMS;
import static dev.duocollector.settings.SettingTable.COMPRESSION;
import static dev.duocollector.settings.SettingTable.CONNECT_TIMEOUT;
import static dev.duocollector.settings.SettingTable.DUO_PROXY;
import static dev.duocollector.settings.SettingTable.ENDPOINT;
import static dev.duocollector.settings.SettingTable.EVENT_SHAPE;
import static dev.duocollector.settings.SettingTable.FIRST_RUN;
import static dev.duocollector.settings.SettingTable.IKEY;
import static dev.duocollector.settings.SettingTable.ITERATIONS_MAX;
import static dev.duocollector.settings.SettingTable.LAG;
import static dev.duocollector.settings.SettingTable.LOG_FORMAT;
import static dev.duocollector.settings.SettingTable.LOOKBACK;
import static dev.duocollector.settings.SettingTable.OBSERVE_ENABLED;
import static dev.duocollector.settings.SettingTable.OBSERVE_HOST;
import static dev.duocollector.settings.SettingTable.OBSERVE_PORT;
import static dev.duocollector.settings.SettingTable.OVERLAP;
import static dev.duocollector.settings.SettingTable.PAGE_PAUSE;
import static dev.duocollector.settings.SettingTable.PAGE_SIZE;
import static dev.duocollector.settings.SettingTable.PATH_STYLE;
import static dev.duocollector.settings.SettingTable.PREFIX;
import static dev.duocollector.settings.SettingTable.PUSH;
import static dev.duocollector.settings.SettingTable.RANGE_FROM;
import static dev.duocollector.settings.SettingTable.RANGE_SKIP_EXISTING;
import static dev.duocollector.settings.SettingTable.RANGE_TO;
import static dev.duocollector.settings.SettingTable.REGION;
import static dev.duocollector.settings.SettingTable.RESPONSE_TIMEOUT;
import static dev.duocollector.settings.SettingTable.RETRY_DELAY_MAX;
import static dev.duocollector.settings.SettingTable.RETRY_ELAPSED_MAX;
import static dev.duocollector.settings.SettingTable.S3_CLOCK;
import static dev.duocollector.settings.SettingTable.S3_PROXY;
import static dev.duocollector.settings.SettingTable.SCHEDULE;
import static dev.duocollector.settings.SettingTable.SCHEDULE_JITTER;
import static dev.duocollector.settings.SettingTable.SIGNATURE;
import static dev.duocollector.settings.SettingTable.SKEY;
import static dev.duocollector.settings.SettingTable.SKEY_FILE;
import static dev.duocollector.settings.SettingTable.STATE_INSIDE_PREFIX;
import static dev.duocollector.settings.SettingTable.STATE_KEY;
import static dev.duocollector.settings.SettingTable.TEXTFILE;
import static dev.duocollector.settings.SettingTable.UDM_IDS;
import static dev.duocollector.settings.SettingTable.UDM_MECHANISM;
import static dev.duocollector.settings.SettingTable.UDM_PREFIX;
import static dev.duocollector.settings.SettingTable.UNCONDITIONAL_WRITES;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.jspecify.annotations.Nullable;

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

    /** How far a window's end stays behind beside duo.lag: clocks differ, and Duo's is asked only with the first page. */
    public static final Duration WINDOW_MARGIN = Duration.ofSeconds(10);

    /** The least that a window must add to what is committed. */
    public static final Duration WINDOW_MIN = Duration.ofSeconds(1);

    private static final Pattern API_HOST_FORM = Pattern.compile("api-[a-z0-9-]+\\.(duosecurity|duofederal)\\.com");
    private static final Pattern RANGE_OF_STATE =
            Pattern.compile("(\\d{8}T\\d{6}\\.\\d{3}Z)_(\\d{8}T\\d{6}\\.\\d{3}Z)(_all)?\\.json");
    private static final DateTimeFormatter STATE_TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Pattern BUCKET_FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,62}");
    private static final Pattern HOST_FORM = Pattern.compile("[A-Za-z0-9.:_-]+");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private static final Pattern ABOUT_SETTING = Pattern.compile("^Settings? (\\S+) ");
    private static final String MASKED = "********";

    private static final Set<Setting<?>> KEYS = Set.of(IKEY, SKEY, SKEY_FILE);

    private final List<String> problems = new ArrayList<>();
    private final Map<String, String> values = new HashMap<>();

    /** Settings whose value is told to be wrong before what it means is looked at. */
    private final Set<Setting<?>> unreadable = new HashSet<>();

    private Optional<SettingSources> sources = Optional.empty();

    /** Whether all that is wrong may pass by itself. */
    private boolean mayPass = true;

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
     * @param written gives what was written for a setting by its name, null or empty when it is not set
     * @throws SettingsException if any is wrong, with one line for each
     */
    static Settings of(WrittenSettings written) {
        Settings settings = new Settings();
        settings.readAll(written);
        settings.refuseProblems();
        return settings;
    }

    /**
     * Reads a context's settings without those that only a request to Duo needs: the integration key and the secret key.
     *
     * @throws SettingsException if any other is wrong, with one line for each
     */
    public static Settings withoutKeys(CamelContext context) {
        Settings settings = new Settings();
        settings.keysNeeded = false;
        settings.lookBeside(context);
        settings.readAll(WrittenSettings.of(context));
        settings.refuseProblems();
        return settings;
    }

    /**
     * Reads from a context only how to get to S3, for a tool that needs nothing of Duo's.
     *
     * @throws SettingsException if any of these settings is wrong, with one line for each
     */
    public static S3Connection s3Connection(CamelContext context) {
        Settings settings = new Settings();
        settings.lookBeside(context);
        settings.look(WrittenSettings.of(context), Set.of(REGION, ENDPOINT, PATH_STYLE, S3_PROXY, CHECKSUMS)::contains);
        settings.readS3Connection();
        settings.tellUnresolved();
        settings.refuseProblems();
        return settings.s3Connection;
    }

    /**
     * Reads every setting of a context, for commands that tell all that is wrong at once. A setting that is wrong, which
     * {@link #problems()} says, has a value that stands for nothing.
     */
    public static Settings examine(CamelContext context) {
        Settings settings = new Settings();
        settings.lookBeside(context);
        settings.readAll(WrittenSettings.of(context));
        return settings;
    }

    /** What is wrong, one line each; empty unless the settings were {@linkplain #examine examined}. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Whether all that is wrong may pass by itself: a vault that cannot be reached. */
    public boolean mayPass() {
        return !problems.isEmpty() && mayPass;
    }

    /** Returns the setting that a line about wrong settings is about; each such line begins with its name. */
    public static String named(String problem) {
        Matcher setting = ABOUT_SETTING.matcher(problem);
        return setting.find() ? setting.group(1) : "";
    }

    /** Returns a setting as it was written, without a password in it; of a key only that it is there. */
    public String shown(String name) {
        String value = values.getOrDefault(name, "");
        boolean isSecret = SettingTable.find(name).stream()
                .anyMatch(setting -> setting.type().isSecret());
        return isSecret ? (value.isEmpty() ? "" : MASKED) : withoutPassword(value);
    }

    /**
     * Returns what a setting comes to: what stands in for one that is not set, or what is made of how it is written. Of a key
     * only that it is there.
     */
    public String inForce(String name) {
        return switch (name) {
            case "duo.api.host" -> apiHost;
            case "duo.lookback" -> lookback.compareTo(RETENTION) > 0 ? RETENTION.toString() : shown(name);
            case "s3.prefix" -> prefix.value();
            case "udm.prefix" -> udmPrefix.map(KeyPrefix::value).orElse("");
            case "state.key" -> stateKey;
            case "metrics.textfile" -> metricsTextfile.map(Path::toString).orElse("");
            default -> shown(name);
        };
    }

    /** Where these come from, where the program is one of its own. */
    Optional<SettingSources> sources() {
        return sources;
    }

    @Override
    public @Nullable CamelContext getCamelContext() {
        return camelContext;
    }

    /** Reads and checks every setting. Called once, by Camel, when the bean is bound. */
    @Override
    public void setCamelContext(CamelContext context) {
        camelContext = context;
        lookBeside(context);
        readAll(WrittenSettings.of(context));
        refuseProblems();
    }

    /** Notes what is wrong beside the values: the settings' file as a whole, and names that no setting has. */
    private void lookBeside(CamelContext context) {
        sources = SettingSources.in(context);
        List<String> beside = sources.map(program -> program.problems(context))
                .orElseGet(() -> SettingNames.unknownOfOurs(WrittenSettings.names(context)));
        beside.forEach(this::tell);
    }

    private void readAll(WrittenSettings written) {
        look(written, setting -> keysNeeded || !KEYS.contains(setting));
        readDuo();
        readReading();
        readS3();
        readObservation();
        tellUnresolved();
    }

    /** Whatever was left to another setting to tell: nothing that could not be read passes for absent. */
    private void tellUnresolved() {
        if (!unreadable.isEmpty() && problems.isEmpty()) {
            tell("Settings " + unreadable + " cannot be resolved. Look at their placeholders.");
        }
    }

    private void look(WrittenSettings written, Predicate<Setting<?>> needed) {
        Placeholders placeholders = new Placeholders(written);
        for (Setting<?> setting : SettingTable.all()) {
            String value = needed.test(setting) ? written.find(setting.name()) : null;
            if (setting.retirement().isPresent() && (value == null || value.isBlank())) {
                value = setting.standard();
            }
            values.put(setting.name(), value == null ? "" : resolve(setting, value, placeholders, needed));
        }
    }

    /** Returns a value without placeholders; an empty one if it cannot be had, which is told. */
    private String resolve(Setting<?> setting, String value, Placeholders placeholders, Predicate<Setting<?>> needed) {
        try {
            String resolved = placeholders.resolve(value).trim();
            String flaw = SettingText.flaw(resolved);
            if (flaw.isEmpty()) {
                return resolved;
            }
            tell("Setting " + setting + " " + flaw + ".");
        } catch (Placeholders.UnresolvedException e) {
            boolean mayPassBefore = mayPass;
            boolean toldElsewhere = e.setting()
                    .filter(needed)
                    .filter(other -> !other.equals(setting))
                    .isPresent();
            if (!toldElsewhere) {
                tell("Setting " + setting + " has the placeholder " + e.placeholder() + ", which " + e.flaw() + ".");
                mayPass = mayPassBefore && e.mayPass();
            }
        }
        unreadable.add(setting);
        return "";
    }

    private void tell(String problem) {
        problems.add(problem);
        mayPass = false;
    }

    private void refuseProblems() {
        if (!problems.isEmpty()) {
            throw new SettingsException(problems, mayPass);
        }
    }

    private void readDuo() {
        apiHost = required(API_HOST, "the API hostname of Duo's Admin API application")
                .toLowerCase(Locale.ROOT);
        if (!apiHost.isEmpty() && !API_HOST_FORM.matcher(apiHost).matches()) {
            problem(API_HOST, apiHost, API_HOST.type().allowed());
        }
        if (keysNeeded) {
            ikey = required(IKEY, "the integration key of Duo's Admin API application");
            refuseMalformedKey(IKEY, ikey);
            readSecretKey();
        }
        readBaseUrl();
        duoProxy = read(DUO_PROXY);
        signature = read(SIGNATURE).equals("v2") ? SignatureVersion.V2 : SignatureVersion.V5;
        connectTimeout = read(CONNECT_TIMEOUT);
        responseTimeout = read(RESPONSE_TIMEOUT);
        retryDelayMax = read(RETRY_DELAY_MAX);
        retryElapsedMax = read(RETRY_ELAPSED_MAX);
        scheduleJitter = read(SCHEDULE_JITTER);
        scheduled = read(AUTO_STARTUP);
        readSchedule();
    }

    private void readSchedule() {
        Optional<Schedule> schedule = Schedule.parse(value(SCHEDULE));
        if (schedule.isEmpty()) {
            problem(SCHEDULE, value(SCHEDULE), "a Quartz cron expression, such as 0 0 * * * ? for each hour");
        } else if (scheduled && !schedule.get().comesAfter(Instant.now())) {
            problem(SCHEDULE, value(SCHEDULE), "a time that comes: this one never does");
        }
    }

    private void readBaseUrl() {
        String value = value(BASE_URL);
        boolean ofAWrongHost = value.equals("https://" + value(API_HOST))
                && !API_HOST_FORM.matcher(apiHost).matches();
        if (unreadable.contains(BASE_URL) || ofAWrongHost) {
            // Told already, or the default of a host that is.
            return;
        }
        if (value.isEmpty() || value.endsWith("/")) {
            // The route puts the path right behind it, and the signature is over a path with one slash.
            problem(
                    BASE_URL,
                    withoutPassword(value),
                    BASE_URL.type().allowed() + "; its default is https://{{duo.api.host}}");
            return;
        }
        baseUrl = read(BASE_URL).orElse(baseUrl);
        if ("http".equals(baseUrl.getScheme()) && !isLoopback(baseUrl)) {
            problem(BASE_URL, value, "https://…; plain http is allowed to a loopback address only");
        }
    }

    private void readSecretKey() {
        if (!value(SKEY).isEmpty() && !value(SKEY_FILE).isEmpty()) {
            tell("Settings duo.skey and duo.skey-file are both set. Keep one of them.");
        } else if (value(SKEY).isEmpty() && value(SKEY_FILE).isEmpty()) {
            if (!unreadable.contains(SKEY_FILE)) {
                required(SKEY, "the secret key of Duo's Admin API application, or its file in duo.skey-file");
            }
        } else if (!value(SKEY_FILE).isEmpty()) {
            try {
                secretKeyFile = Optional.of(Path.of(value(SKEY_FILE)));
                keyIn(secretKeyFile.get());
            } catch (InvalidPathException e) {
                problem(SKEY_FILE, value(SKEY_FILE), "a readable file that holds the secret key");
            } catch (TextFile.FlawException e) {
                tell("Setting duo.skey-file is '" + value(SKEY_FILE) + "', a file that " + e.flaw()
                        + ". Allowed: a readable file that holds the secret key, and nothing else.");
            }
        } else {
            refuseMalformedKey(SKEY, value(SKEY));
        }
    }

    /** Before any request: Duo would only say that the signature is wrong. */
    private void refuseMalformedKey(Setting<?> setting, String key) {
        String flaw = SettingText.keyFlaw(key);
        if (!key.isEmpty() && !flaw.isEmpty()) {
            tell("Setting " + setting + " " + flaw + ".");
        }
    }

    private void readReading() {
        int problemsBefore = problems.size();
        boolean areKnown = !unreadable.contains(LAG) && !unreadable.contains(LOOKBACK);
        lag = read(LAG);
        overlap = read(OVERLAP);
        lookback = read(LOOKBACK);
        Duration least = lag.plus(WINDOW_MARGIN).plus(WINDOW_MIN);
        if (areKnown && problems.size() == problemsBefore && lookback.compareTo(least) < 0) {
            problem(
                    LOOKBACK,
                    value(LOOKBACK),
                    "at least " + least.minus(lag).toSeconds() + "s longer than duo.lag, which is " + value(LAG));
        }
        pageSize = read(PAGE_SIZE);
        pagePause = read(PAGE_PAUSE);
        iterationsMax = read(ITERATIONS_MAX);
        readRange();
    }

    private void readRange() {
        boolean skipExisting = read(RANGE_SKIP_EXISTING);
        if (value(RANGE_FROM).isEmpty() && value(RANGE_TO).isEmpty()) {
            return;
        }
        Optional<Instant> from = time(RANGE_FROM);
        Optional<Instant> to = time(RANGE_TO);
        if (from.isEmpty() || to.isEmpty()) {
            return;
        }
        if (from.get().isBefore(to.get())) {
            range = Optional.of(new TimeRange(from.get(), to.get(), skipExisting));
        } else {
            problem(RANGE_TO, value(RANGE_TO), "a time after range.from, which is " + value(RANGE_FROM));
        }
    }

    private Optional<Instant> time(Setting<String> setting) {
        Optional<Instant> read = TimeRange.parse(value(setting));
        if (read.isEmpty()) {
            problem(setting, value(setting), TimeRange.FORM + "; range.from and range.to belong together");
        }
        return read;
    }

    private void readS3() {
        bucket = required(BUCKET, "the name of the bucket");
        if (!bucket.isEmpty() && !BUCKET_FORM.matcher(bucket).matches()) {
            problem(BUCKET, bucket, BUCKET.type().allowed());
        }
        Optional<KeyPrefix> read = keyPrefix(PREFIX);
        prefix = read.orElse(prefix);
        boolean prefixRefused = read.isEmpty();
        readS3Connection();
        gzip = read(COMPRESSION).equals("gzip");
        eventShape = read(EVENT_SHAPE).equals("raw") ? EventShape.RAW : EventShape.DUO_CLIENT;
        unconditionalWrites = read(UNCONDITIONAL_WRITES).equals("allow");
        s3ClockIgnored = read(S3_CLOCK).equals("ignore");
        firstRunAllowed = read(FIRST_RUN).equals("allow");
        readStateKey(prefixRefused);
        readUdm(prefixRefused);
    }

    private void readS3Connection() {
        s3Connection = new S3Connection(
                optional(REGION),
                read(ENDPOINT),
                read(PATH_STYLE),
                read(S3_PROXY),
                read(CHECKSUMS).equals("when-required"));
    }

    private void readUdm(boolean prefixRefused) {
        udmIds = read(UDM_IDS);
        udmLiteralMechanism = read(UDM_MECHANISM).equals("detection-field");
        Optional<KeyPrefix> udm =
                keyPrefix(UDM_PREFIX).filter(prefix -> !prefix.value().isEmpty());
        if (udm.isEmpty() || prefixRefused) {
            return;
        }
        if (udm.get().overlaps(prefix)) {
            tell("Setting udm.prefix is '" + udm.get() + "' and s3.prefix is '" + prefix
                    + "', and one lies inside the other: a feed on the outer one would take every event twice. Set two that lie"
                    + " side by side, such as duo-telephony and duo-telephony-udm.");
        } else if (udm.get().contains(stateKey) && !unreadable.contains(STATE_KEY)) {
            tell(
                    "Setting state.key is " + stateKey + " and lies inside udm.prefix, which is '" + udm.get()
                            + "': a feed on the prefix would take the state for events. Set either so that they lie side by side.");
        }
        udmPrefix = udm;
    }

    private void readObservation() {
        observed = read(OBSERVE_ENABLED);
        observeHost = value(OBSERVE_HOST);
        if (!HOST_FORM.matcher(observeHost).matches()) {
            problem(OBSERVE_HOST, observeHost, OBSERVE_HOST.type().allowed());
        }
        observePort = read(OBSERVE_PORT);
        metricsTextfile = optional(TEXTFILE).flatMap(this::textfile);
        metricsPush = read(PUSH);
        read(LOG_FORMAT);
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
        problem(TEXTFILE, value, TEXTFILE.type().allowed());
        return Optional.empty();
    }

    /** Reads a prefix; empty if it is refused, which is told. */
    private Optional<KeyPrefix> keyPrefix(Setting<String> setting) {
        if (unreadable.contains(setting)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new KeyPrefix(value(setting)));
        } catch (IllegalArgumentException e) {
            tell("Setting " + e.getMessage().replaceFirst("^prefix", setting.name()) + ".");
            return Optional.empty();
        }
    }

    private void readStateKey(boolean prefixRefused) {
        stateKey = optional(STATE_KEY).orElse("duo-telephony-state/" + apiHost + ".json");
        if (stateKey.startsWith("/") || stateKey.endsWith("/") || stateKey.contains("${")) {
            problem(STATE_KEY, stateKey, STATE_KEY.type().allowed());
        }
        boolean insideAllowed = read(STATE_INSIDE_PREFIX);
        boolean inside = !prefixRefused && !unreadable.contains(STATE_KEY) && prefix.contains(stateKey);
        if (inside && !insideAllowed) {
            tell("Setting state.key is " + stateKey + " and lies inside s3.prefix, which is '" + prefix
                    + "': a SecOps feed on the prefix would take the state for a log, and delete it if told to delete"
                    + " sources. Set state.key to a key outside, such as duo-telephony-state/state.json"
                    + (prefix.value().isEmpty() ? ", and s3.prefix to a folder, such as duo-telephony" : "")
                    + ", or state.inside-prefix=true to keep it there.");
        }
    }

    // ---- How one value is read.

    private String value(Setting<?> setting) {
        return values.getOrDefault(setting.name(), "");
    }

    private Optional<String> optional(Setting<String> setting) {
        return Optional.of(value(setting)).filter(value -> !value.isEmpty());
    }

    private String required(Setting<String> setting, String what) {
        boolean mayBeSet = unreadable.contains(setting)
                || sources.filter(SettingSources::isFileUnread).isPresent();
        if (value(setting).isEmpty() && !mayBeSet) {
            String where = sources.map(program -> program.whereToSet(setting))
                    .orElse("in application.properties or in the environment as " + setting.variable());
            tell("Setting " + setting + " is not set. It is " + what + "; set it " + where + ".");
        }
        return value(setting);
    }

    private void problem(Setting<?> setting, String value, String allowed) {
        if (!unreadable.contains(setting)) {
            tell("Setting " + setting + " is '" + value + "'. Allowed: " + allowed + ".");
        }
    }

    /** Reads a value; what stands for nothing if it is not allowed, which is told. */
    private <T> T read(Setting<T> setting) {
        Optional<T> read = setting.type().reader().apply(value(setting));
        if (read.isEmpty()) {
            problem(setting, withoutPassword(value(setting)), setting.type().allowed());
        }
        return read.orElse(setting.type().standIn());
    }

    /** Leaves out all before the last @: a password may hold slashes, and an @ too. */
    private static String withoutPassword(String url) {
        return url.replaceFirst("^(\\w+://)?.*@", "$1…@");
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
            return value(SKEY);
        }
        try {
            return keyIn(secretKeyFile.get());
        } catch (TextFile.FlawException e) {
            throw new SettingsException(List.of("The secret key's file " + secretKeyFile.get() + " (duo.skey-file) "
                    + e.flaw() + ". Put the secret key of Duo's Admin API application there."));
        }
    }

    private static String keyIn(Path file) throws TextFile.FlawException {
        String key = TextFile.read(file).trim();
        String flaw = key.isEmpty() ? "is empty" : SettingText.keyFlaw(key);
        if (!flaw.isEmpty()) {
            throw new TextFile.FlawException(flaw);
        }
        return key;
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
        return value(SCHEDULE);
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
    public String collectorStateKey() {
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
    public boolean observed() {
        return observed;
    }

    public String observeHost() {
        return observeHost;
    }

    public int observePort() {
        return observePort;
    }

    /** Where the metrics go after each run; in a folder that was there. */
    public Optional<Path> metricsTextfile() {
        return metricsTextfile;
    }

    /** The push gateway that gets the metrics after each run. */
    public Optional<URI> metricsPush() {
        return metricsPush;
    }

    @Override
    public String toString() {
        return "Settings[" + apiHost + " -> s3://" + bucket + "/" + prefix + "]";
    }
}
