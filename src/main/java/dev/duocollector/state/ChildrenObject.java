// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.Accounts;
import dev.duocollector.settings.Child;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.S3OperationException;
import dev.duocollector.state.S3StateStore.Found;
import dev.duocollector.state.StateRefusedException.Reason;
import dev.duocollector.text.JsonText;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The accounts below a parent as they are known, kept beside the states: so a restart collects them while Duo's list cannot be
 * had, one that leaves the list is not forgotten at once, and commands that do not ask Duo know them, too. By example:
 *
 * <pre>
 * {"version":1,"parent":"api-00000000.duosecurity.com",
 *  "accounts":[{"account_id":"DA00000000000000000A","api_hostname":"api-0000000a.duosecurity.com"},
 *              {"account_id":"DA00000000000000000B","api_hostname":"api-0000000b.duosecurity.com",
 *               "missingSince":"2026-11-23T08:15:00Z"}]}
 * </pre>
 *
 * Not thread-safe.
 */
public final class ChildrenObject {

    private static final int VERSION = 1;

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final String bucket;
    private final String key;
    private final String parent;
    private final S3StateStore store;

    /** Where it lies if another of its logs was the first one of duo.logs before. */
    private final List<S3StateStore> elsewhere;

    private @Nullable String etag;

    /**
     * An account that is known.
     *
     * @param missingSince since when Duo does not list it; empty if it does
     */
    public record Known(Child child, Optional<Instant> missingSince) {}

    private ChildrenObject(S3Client s3, Settings parent) {
        this.parent = parent.account().apiHost();
        bucket = parent.account().bucket();
        key = parent.log().childrenKey();
        store = new S3StateStore(s3, bucket, key);
        elsewhere = parent.ofEachLog().stream()
                .map(each -> each.log().childrenKey())
                .filter(other -> !other.equals(key))
                .map(other -> new S3StateStore(s3, bucket, other))
                .toList();
    }

    public static ChildrenObject of(S3Client s3, Settings parent) {
        return new ChildrenObject(s3, parent);
    }

    /**
     * Looks at the accounts that are configured, and at those that are known below parents.
     *
     * @throws S3OperationException if S3 refuses or cannot be reached
     */
    public static Accounts.Found look(Accounts accounts, S3Client s3) {
        Accounts.Found found = accounts.look();
        if (accounts.parents().isEmpty() || accounts.hasSelected(found)) {
            return found;
        }
        List<String> problems = new ArrayList<>();
        for (Settings parent : accounts.parents()) {
            try {
                Optional<List<Known>> known = of(s3, parent).load();
                known.ifPresent(list ->
                        accounts.take(parent, list.stream().map(Known::child).toList()));
                if (known.isEmpty()) {
                    problems.add("The accounts below " + parent.name()
                            + " (duo.children) are not known yet: no run has listed them.");
                }
            } catch (RefusedException e) {
                if (e.outcome() != RunOutcome.OPERATOR) {
                    // The store cannot be reached, which goes for the other accounts as well.
                    throw e;
                }
                problems.add(
                        "The accounts below " + parent.name() + " (duo.children) cannot be read: " + e.getMessage());
            }
        }
        Accounts.Found all = accounts.look();
        return accounts.hasSelected(all) ? all : all.with(problems);
    }

    /**
     * Reads what is known; empty if nothing was ever noted.
     *
     * @throws StateRefusedException if what is there is not such a list, or another account's
     * @throws S3OperationException if S3 refuses or cannot be reached
     */
    public Optional<List<Known>> load() {
        Optional<Found> found = store.find();
        etag = found.map(Found::etag).orElse(null);
        if (found.isPresent()) {
            return found.map(here -> read(here, store));
        }
        for (S3StateStore other : elsewhere) {
            Optional<Found> before = other.find();
            if (before.isPresent()) {
                return before.map(there -> read(there, other));
            }
        }
        return Optional.empty();
    }

    private List<Known> read(Found found, S3StateStore place) {
        try {
            JsonNode root = JSON.readTree(found.bytes());
            if (!root.path("version").isInt() || root.path("version").asInt() != VERSION) {
                throw new IllegalArgumentException("its version is not " + VERSION);
            }
            if (!root.path("parent").asText("").equals(parent)) {
                throw new IllegalArgumentException("it is not that of " + parent);
            }
            if (!root.path("accounts").isArray()) {
                throw new IllegalArgumentException("'accounts' is not an array");
            }
            List<Known> known = new ArrayList<>();
            Set<String> ids = new HashSet<>();
            for (JsonNode each : root.path("accounts")) {
                Child child = new Child(
                        each.path("account_id").asText(""),
                        each.path("api_hostname").asText(""));
                if (!ids.add(child.accountId())) {
                    throw new IllegalArgumentException("an account_id is there twice");
                }
                known.add(new Known(
                        child,
                        each.has("missingSince")
                                ? Optional.of(
                                        Instant.parse(each.path("missingSince").asText()))
                                : Optional.empty()));
            }
            return known;
        } catch (IOException e) {
            throw refused(place, "it is not readable JSON (line " + JsonText.brokenLine(e) + ")", e);
        } catch (DateTimeException e) {
            throw refused(place, "a 'missingSince' is not a time", e);
        } catch (IllegalArgumentException e) {
            throw refused(place, e.getMessage(), e);
        }
    }

    private static StateRefusedException refused(S3StateStore place, String flaw, Exception cause) {
        return new StateRefusedException(
                Reason.DAMAGED,
                "The list of accounts at " + place + " is damaged: " + flaw
                        + ". Delete it, and it is made anew from Duo's list.",
                cause);
    }

    /**
     * Notes what is known from now on, in place of what was read or noted last.
     *
     * @throws S3OperationException if S3 refuses, cannot be reached, or another collector has noted something meanwhile
     */
    public void save(List<Known> known) {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION).put("parent", parent);
        ArrayNode accounts = root.putArray("accounts");
        for (Known each : known) {
            ObjectNode node = accounts.addObject()
                    .put("account_id", each.child().accountId())
                    .put("api_hostname", each.child().apiHost());
            each.missingSince().ifPresent(since -> node.put("missingSince", since.toString()));
        }
        byte[] body = root.toString().getBytes(UTF_8);
        try {
            etag = store.put(body, etag).eTag();
        } catch (S3Exception | SdkClientException e) {
            throw new S3OperationException("s3:PutObject", bucket, key, e);
        }
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
