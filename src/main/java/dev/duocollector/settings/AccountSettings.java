// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static dev.duocollector.settings.SettingTable.API_HOST;
import static dev.duocollector.settings.SettingTable.BASE_URL;
import static dev.duocollector.settings.SettingTable.BUCKET;
import static dev.duocollector.settings.SettingTable.CHECKSUMS;
import static dev.duocollector.settings.SettingTable.CHILDREN;
import static dev.duocollector.settings.SettingTable.ENDPOINT;
import static dev.duocollector.settings.SettingTable.IKEY;
import static dev.duocollector.settings.SettingTable.LOGS;
import static dev.duocollector.settings.SettingTable.PATH_STYLE;
import static dev.duocollector.settings.SettingTable.REGION;
import static dev.duocollector.settings.SettingTable.S3_PROXY;
import static dev.duocollector.settings.SettingTable.SKEY;
import static dev.duocollector.settings.SettingTable.SKEY_FILE;
import static dev.duocollector.settings.SettingTable.VERIFY_SCHEDULE;

import dev.duocollector.settings.Setting.Scope;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What belongs to one Duo account: its host, its keys, and the bucket that its logs go to. */
public final class AccountSettings extends ScopedSettings {

    /** What only a request to Duo needs. */
    static final Set<Setting<?>> KEYS = Set.of(IKEY, SKEY, SKEY_FILE);

    /** What makes an account. */
    static final Set<Setting<?>> IDENTITY = Set.of(API_HOST, IKEY, SKEY, SKEY_FILE);

    /** What an account's file says, and nothing else. */
    static final Set<Setting<?>> OF_FILE = Set.of(API_HOST, IKEY, SKEY, SKEY_FILE, CHILDREN);

    private static final URI NOWHERE = URI.create("https://localhost");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private final boolean isThere;
    private final Optional<Path> secretKeyFile;
    private final URI baseUrl;
    private final List<DuoLog> logs;
    private final Optional<Child> child;
    private final Optional<Shard> shard;

    /**
     * Reads them.
     *
     * @param isThere whether there is an account, and not only what those of files share
     * @param keysNeeded whether requests to Duo are to be made
     */
    AccountSettings(SettingReader reader, Origin origin, boolean isThere, boolean keysNeeded) {
        super(Scope.ACCOUNT, reader);
        child = origin.child();
        if (get(CHILDREN) && origin.file().isEmpty()) {
            reader.refuse(
                    CHILDREN,
                    reader.text(CHILDREN),
                    "all in the file of an account, whose name the accounts below it get. Move the parent's host and keys"
                            + " into a file in the folder of accounts (duo.accounts)");
        }
        this.isThere = isThere;
        if (!get(VERIFY_SCHEDULE).isEmpty()) {
            Schedule.flaw(get(VERIFY_SCHEDULE), true, "0 30 3 * * ? for each day at half past three")
                    .ifPresent(allowed -> reader.refuse(VERIFY_SCHEDULE, get(VERIFY_SCHEDULE), allowed));
        }
        secretKeyFile = isThere && keysNeeded ? readKeys(reader) : Optional.empty();
        baseUrl = isThere ? readBaseUrl(reader) : NOWHERE;
        logs = readLogs(reader);
        shard = Shard.read(reader);
    }

    private List<DuoLog> readLogs(SettingReader reader) {
        if (!reader.isWrong(LOGS)) {
            try {
                return DuoLog.parse(get(LOGS));
            } catch (IllegalArgumentException e) {
                reader.report("Setting " + LOGS + " " + e.getMessage() + ".");
            }
        }
        return List.of(DuoLog.TELEPHONY);
    }

    private static Optional<Path> readKeys(SettingReader reader) {
        reader.require(IKEY, "the integration key of Duo's Admin API application");
        refuseMalformed(IKEY, reader);
        boolean isThere = !reader.text(SKEY).isEmpty();
        boolean isInFile = !reader.text(SKEY_FILE).isEmpty();
        if (isThere && isInFile) {
            reader.report("Settings duo.skey and duo.skey-file are both set. Keep one of them.");
        } else if (isThere) {
            refuseMalformed(SKEY, reader);
        } else if (isInFile) {
            return readSecretKeyFile(reader);
        } else if (!reader.isUnreadable(SKEY_FILE)) {
            reader.require(SKEY, "the secret key of Duo's Admin API application, or its file in duo.skey-file");
        }
        return Optional.empty();
    }

    private static Optional<Path> readSecretKeyFile(SettingReader reader) {
        String value = reader.text(SKEY_FILE);
        try {
            Path file = Path.of(value);
            keyIn(file);
            return Optional.of(file);
        } catch (InvalidPathException e) {
            reader.refuse(SKEY_FILE, value, "a readable file that holds the secret key");
        } catch (TextFile.FlawException e) {
            reader.report("Setting duo.skey-file is '" + value + "', a file that " + e.flaw()
                    + ". Allowed: a readable file that holds the secret key, and nothing else.");
        }
        return Optional.empty();
    }

    /** Before any request: Duo would only say that the signature is wrong. */
    private static void refuseMalformed(Setting<?> key, SettingReader reader) {
        String flaw = SettingText.keyFlaw(reader.text(key));
        if (!reader.text(key).isEmpty() && !flaw.isEmpty()) {
            reader.report("Setting " + key + " " + flaw + ".");
        }
    }

    private URI readBaseUrl(SettingReader reader) {
        String value = reader.text(BASE_URL);
        URI read = get(BASE_URL).orElse(NOWHERE);
        if (reader.isWrong(BASE_URL) || reader.isMadeOfRefused(BASE_URL)) {
            return read;
        }
        if (value.isEmpty() || value.endsWith("/")) {
            // The route puts the path right behind it, and the signature is over a path with one slash.
            reader.refuse(
                    BASE_URL,
                    SettingReader.withoutPassword(value),
                    BASE_URL.type().allowed() + "; its default is " + BASE_URL.standard());
        } else if ("http".equals(read.getScheme()) && !isLoopback(read)) {
            reader.refuse(BASE_URL, value, "https://…; plain http is allowed to a loopback address only");
        }
        return read;
    }

    /** Tells whether a URL names this machine by a loopback address. */
    public static boolean isLoopback(URI url) {
        String host = url.getHost();
        return LOOPBACK.contains(host.toLowerCase(Locale.ROOT)) || host.matches("127(\\.\\d{1,3}){3}");
    }

    /** Whether there is an account at all. */
    boolean isThere() {
        return isThere;
    }

    public String apiHost() {
        return get(API_HOST);
    }

    /** Whether the accounts below it are collected, in place of its own logs. */
    public boolean isParent() {
        return get(CHILDREN) && child.isEmpty();
    }

    /** What goes into each request when it is read with the keys of its parent; empty if it has keys of its own. */
    public Optional<String> accountId() {
        return child.map(Child::accountId);
    }

    /** What it is known by, in the names of states and in them: Duo's account id below a parent, else the API hostname. */
    public String identity() {
        return accountId().orElseGet(this::apiHost);
    }

    /**
     * Returns the secret key. From a file it is read again at each call, trimmed, so that a rotated key counts from the next
     * run.
     *
     * @throws SettingsException if the file cannot be read or is empty; the message holds the path only
     */
    public String secretKey() {
        if (secretKeyFile.isEmpty()) {
            return get(SKEY);
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

    /** The logs that are collected, at least one. */
    public List<DuoLog> logs() {
        return logs;
    }

    /** The part of all streams that this node collects; empty if it collects all. */
    public Optional<Shard> shard() {
        return shard;
    }

    /** Where requests go; differs from the API host when {@code duo.base-url} is set. */
    public URI baseUrl() {
        return baseUrl;
    }

    public String bucket() {
        return get(BUCKET);
    }

    public S3Connection s3Connection() {
        return s3Connection(this::get);
    }

    /** Reads only how to get to S3. */
    static S3Connection s3Connection(Values values) {
        return new S3Connection(
                Optional.of(values.get(REGION)).filter(region -> !region.isEmpty()),
                values.get(ENDPOINT),
                values.get(PATH_STYLE),
                values.get(S3_PROXY),
                values.get(CHECKSUMS));
    }

    /**
     * How to get to S3.
     *
     * @param region the bucket's region, empty for the SDK's
     * @param endpoint an S3-compatible server, empty for AWS
     * @param pathStyle whether the bucket's name goes into the path
     * @param proxy an HTTP proxy on the way, empty for the SDK's own way
     * @param checksumsWhenRequired leaves out checksums that older servers refuse
     */
    public record S3Connection(
            Optional<String> region,
            Optional<URI> endpoint,
            boolean pathStyle,
            Optional<URI> proxy,
            boolean checksumsWhenRequired) {}

    /** Where values come from. */
    interface Values {
        <T> T get(Setting<T> setting);
    }
}
