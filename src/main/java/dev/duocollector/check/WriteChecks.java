// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.check;

import dev.duocollector.check.S3Checks.S3Prefix;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.S3Failure;
import dev.duocollector.state.ConditionalWrites;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Whether the collector may write, found out without writing; and whether the store honors conditions at all, which is tried
 * on a probe object beside the state.
 */
final class WriteChecks {

    static final String CONDITIONAL_WRITES = "conditional-writes";
    static final String STATE_WRITE = "state-write";

    /** What the probe object's key has after the state's. */
    static final String PROBE_SUFFIX = ".check";

    private final S3Client s3;
    private final Settings settings;
    private final Consumer<Check> tell;
    private boolean ignored;

    WriteChecks(S3Client s3, Settings settings, Consumer<Check> tell) {
        this.s3 = s3;
        this.settings = settings;
        this.tell = tell;
    }

    /** Makes the checks; none may write where a store has been found to ignore conditions. */
    void run() {
        Check conditional = conditionalWrites();
        ignored = conditional.outcome().isFailure();
        tell.accept(conditional);
        for (S3Prefix prefix : S3Prefix.of(settings)) {
            tell.accept(write(prefix.check("write"), prefix.keyOfNothing(), prefix.key("*")));
        }
        String state = settings.log().stateKey();
        tell.accept(write(STATE_WRITE, state, state));
    }

    private Check write(String name, String key, String resource) {
        if (ignored) {
            return Check.skipped(name, CONDITIONAL_WRITES + " failed, and the attempt might write");
        }
        try {
            s3.putObject(put(key).ifMatch(ConditionalWrites.ETAG_OF_NOTHING).build(), RequestBody.empty());
        } catch (SdkException e) {
            return ConditionalWrites.isRefused(e)
                    ? Check.pass(name, "s3:PutObject is granted on " + resource)
                    : Check.failed(
                            name,
                            S3Failure.explain("s3:PutObject", settings.account().bucket() + "/" + resource, e));
        }
        ignored = true;
        return Check.fail(
                name,
                "The store ignores If-Match and has written " + key + ", an empty object.",
                "Delete it, and use a store that honors conditional writes: without them, events are lost or duplicated.");
    }

    private Check conditionalWrites() {
        String key = settings.log().stateKey() + PROBE_SUFFIX;
        String resource = settings.account().bucket() + "/" + key;
        try {
            s3.putObject(put(key).ifNoneMatch("*").build(), RequestBody.empty());
        } catch (SdkException e) {
            S3Failure failure = S3Failure.explain("s3:PutObject", resource, e);
            if (failure.subject() == S3Failure.Subject.PERMISSION) {
                return Check.skipped(
                        CONDITIONAL_WRITES,
                        "the credentials may not write the probe object " + key,
                        failure.remedy() + " AWS itself honors conditional writes; other stores need a try.");
            }
            if (!ConditionalWrites.isRefused(e)) {
                return Check.failed(CONDITIONAL_WRITES, failure);
            }
        }
        Optional<String> header;
        Optional<String> unmet;
        try {
            header = ConditionalWrites.ignored(s3, () -> put(key), new byte[0]);
            unmet = header.isPresent() ? Optional.empty() : ConditionalWrites.unmet(s3, get(key), put(key));
        } catch (SdkException e) {
            return Check.failed(CONDITIONAL_WRITES, S3Failure.explain("s3:PutObject", resource, e));
        }
        boolean deleted = delete(key);
        if (unmet.isPresent()) {
            return Check.fail(CONDITIONAL_WRITES, unmet.get(), "");
        }
        return header.map(name -> Check.fail(
                        CONDITIONAL_WRITES,
                        "The store ignores " + name + " on PUT: it replaced " + key
                                + " although it should have refused that.",
                        "Use a store that honors conditional writes: without them, events are lost or duplicated when a write is in"
                                + " doubt or two collectors meet."))
                .orElseGet(() -> Check.pass(
                        CONDITIONAL_WRITES,
                        "If-None-Match and If-Match are honored"
                                + (deleted
                                        ? ""
                                        : "; the probe object " + key
                                                + " stays, because s3:DeleteObject is not granted")));
    }

    private PutObjectRequest.Builder put(String key) {
        return PutObjectRequest.builder()
                .bucket(settings.account().bucket())
                .key(key)
                .contentType("text/plain")
                .overrideConfiguration(S3Checks.bounded());
    }

    private GetObjectRequest get(String key) {
        return GetObjectRequest.builder()
                .bucket(settings.account().bucket())
                .key(key)
                .overrideConfiguration(S3Checks.bounded())
                .build();
    }

    /** Deletes the probe object; the collector needs no such permission, so its absence is not a failure. */
    private boolean delete(String key) {
        try {
            s3.deleteObject(request ->
                    request.bucket(settings.account().bucket()).key(key).overrideConfiguration(S3Checks.bounded()));
            return true;
        } catch (SdkException e) {
            return false;
        }
    }
}
