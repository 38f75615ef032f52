// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.s3.MemoryS3;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.TestSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** One log of one account in a story: what Duo has of it, where its objects and its state are, and what was seen of the state. */
final class ModelStream {

    /** What may be wrong with one stream, or with all of its account's, and must not cost another one anything. */
    enum Trouble {
        WRONG_KEY,
        DUO_HANGS,
        STATE_REFUSED
    }

    private static final Account OWN = new Account("", TestSettings.API_HOST, TestSettings.IKEY);
    private static final Account ACME = new Account("acme", "api-00000001.duosecurity.com", "DI000000000000000001");

    /** @param name of its file in the folder of accounts; empty for the account of application.properties */
    private record Account(String name, String host, String ikey) {}

    private final Account account;
    private final DuoLog log;
    final ModelDuo duo;
    private @Nullable Trouble trouble;
    private int troubles;

    /** The state that an operator has replaced by something that is refused, and that; null while it is in place. */
    private byte @Nullable [] replaced;

    private String versionRefused = "";
    private @Nullable Instant coveredFrom;
    private Instant committedThrough = Instant.MIN;
    private String version = "";
    private Batch lastPending = ModelTrace.NOTHING;

    private ModelStream(Account account, DuoLog log, Random random) {
        this.account = account;
        this.log = log;
        duo = new ModelDuo(log, name(), random.nextBoolean());
    }

    /** The telephony log of the account of application.properties. */
    static List<ModelStream> one(Random random) {
        return List.of(new ModelStream(OWN, DuoLog.TELEPHONY, random));
    }

    /** Each log of that account and of another one, which has a file. */
    static List<ModelStream> several(Random random) {
        List<ModelStream> streams = new ArrayList<>();
        for (Account account : List.of(OWN, ACME)) {
            for (DuoLog log : DuoLog.values()) {
                streams.add(new ModelStream(account, log, random));
            }
        }
        return List.copyOf(streams);
    }

    /** Writes the other account's file, and returns what a process that collects several streams has set. */
    static Map<String, String> severalIn(Path folder) throws IOException {
        Path file = folder.resolve(ACME.name() + ".properties");
        Files.writeString(
                file,
                "duo.api.host=" + ACME.host() + "\nduo.ikey=" + ACME.ikey() + "\nduo.skey=" + TestSettings.SKEY + "\n");
        // What was written just now may be half written.
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        return Map.of(
                "duo.accounts",
                folder.toString(),
                "duo.logs",
                String.join(
                        ",",
                        Arrays.stream(DuoLog.values()).map(DuoLog::toString).toList()));
    }

    String name() {
        return account.name().isEmpty() ? log.toString() : account.name() + "/" + log;
    }

    String prefix() {
        return "duo-" + log + "/" + (account.name().isEmpty() ? "" : account.name() + "/");
    }

    private String udmPrefix() {
        return prefix().replaceFirst("/", "-udm/");
    }

    String stateKey() {
        return "duo-" + log + "-state/" + account.host() + ".json";
    }

    boolean hasEvents(String key) {
        return key.startsWith(prefix() + log + "_");
    }

    boolean hasUdm(String key) {
        return key.startsWith(udmPrefix() + log + "_");
    }

    /** Whether an object may be its state, or that of a back-fill of it. */
    boolean hasState(String key) {
        return key.startsWith(stateKey().replaceFirst("\\.json$", ""));
    }

    /** Whether a call may be about this key, or list what begins with it. */
    boolean mayAsk(MemoryS3.Call call) {
        String key = call.key();
        return hasEvents(key)
                || hasUdm(key)
                || hasState(key)
                || (call.method().equals("LIST") && (key.equals(prefix()) || key.equals(udmPrefix())));
    }

    /** Whether a request, as it goes over the wire, asks for its events with its account's key. */
    boolean isAskedBy(Message request) {
        URI uri = URI.create(request.getHeader(Exchange.HTTP_URI, String.class));
        String basic = request.getHeader("Authorization", String.class).substring("Basic ".length());
        String ikey = new String(Base64.getDecoder().decode(basic), StandardCharsets.US_ASCII).split(":", 2)[0];
        return uri.getHost().equals(account.host()) && uri.getPath().equals(log.path()) && ikey.equals(account.ikey());
    }

    // ---- What is wrong with it.

    boolean isOfAccountOf(ModelStream other) {
        return account.equals(other.account);
    }

    boolean isIn(Trouble which) {
        return trouble == which;
    }

    boolean isTroubled() {
        return trouble != null;
    }

    /** Counts the troubles that it was in, this one included. */
    int troubles() {
        return troubles;
    }

    void begin(Trouble which) {
        trouble = which;
        troubles++;
    }

    /** Has something in the place of its state that is refused. */
    void refuseState(MemoryS3 s3, byte[] other) {
        begin(Trouble.STATE_REFUSED);
        replaced = s3.objects().get(stateKey());
        s3.put(stateKey(), other);
        versionRefused = s3.version(stateKey()).orElseThrow();
    }

    /** All is well again: what was replaced is back in its place. */
    void endTrouble(MemoryS3 s3) {
        if (replaced != null) {
            s3.put(stateKey(), replaced);
            replaced = null;
        }
        trouble = null;
    }

    // ---- What was seen of its state.

    boolean hasStarted() {
        return coveredFrom != null;
    }

    /** From when on events must be there. */
    Instant coveredFrom() {
        return Objects.requireNonNull(coveredFrom, name());
    }

    /** Holds what must hold of its state at every moment; returns whether a batch was declared a second time. */
    boolean look(MemoryS3 s3, Instant latest) {
        String now = s3.version(stateKey()).orElse("");
        if (replaced != null) {
            assertThat(now).as("version of %s, which is refused", stateKey()).isEqualTo(versionRefused);
            return false;
        }
        if (now.equals(version)) {
            return false;
        }
        version = now;
        Checkpoint checkpoint = stored(s3, stateKey());
        Batch pending = checkpoint.pendingBatch().orElse(ModelTrace.NOTHING);
        boolean again = pending.objectKey().equals(lastPending.objectKey())
                && pending.declarations().size() > lastPending.declarations().size();
        lastPending = pending;
        if (coveredFrom == null) {
            // A first window that held nothing was never in the state while it was open.
            coveredFrom = checkpoint.openWindow().map(Window::mintime).orElse(checkpoint.committedThrough());
        }
        assertThat(checkpoint.committedThrough())
                .as("%s never steps back", name())
                .isAfterOrEqualTo(committedThrough);
        committedThrough = checkpoint.committedThrough();
        assertThat(committedThrough).as("%s, whatever a clock says", name()).isBeforeOrEqualTo(latest);
        return again;
    }

    /** Returns what is, or was before it was replaced, at the key of its state or of a back-fill's. */
    Checkpoint stored(MemoryS3 s3, String key) {
        byte[] state = replaced != null && key.equals(stateKey())
                ? replaced
                : s3.objects().get(key);
        return Objects.requireNonNull(StateFormat.read(state, "the model").checkpoint());
    }

    boolean isCollected(ModelDuo.Event event, Duration shownInTime) {
        return !event.ts().isBefore(coveredFrom()) && event.delay().compareTo(shownInTime) <= 0;
    }

    @Override
    public String toString() {
        return name();
    }
}
