// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.sink.S3Failure;
import dev.duocollector.sink.S3OperationException;
import dev.duocollector.source.HttpDate;
import dev.duocollector.text.Log;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The one S3 object that holds the state, read whole and written by compare-and-swap on its ETag. The commit point is the
 * PUT: before it nothing has changed, after it everything has. S3 being strongly consistent, a read that follows sees it.
 *
 * <p>A store that ignores {@code If-Match} or {@code If-None-Match} is detected by {@link #refuseUnconditional}. Safe for
 * use by several threads and processes.
 */
public final class S3StateStore {

    // A writer that loses a race fails at once; only failures that left the state as it was are worth repeating.
    private static final int WRITES_MAX = 4;

    private static final Log LOG = Log.of(S3StateStore.class);

    private static final String JSON = "application/json";

    private static final String DELETE_MARKER = "x-amz-delete-marker";

    /** What the key of a kept state of an older version ends in. */
    private static final String OLDER_ENDING = ".v2";

    private final S3Client s3;
    private final String bucket;
    private final String key;

    public S3StateStore(S3Client s3, String bucket, String key) {
        this.s3 = s3;
        this.bucket = bucket;
        this.key = key;
    }

    /**
     * A state with the ETag to name when it is replaced.
     *
     * @param writtenAt when it was written, by S3's clock, to the second, or the {@code Date} of the answer to the write; empty
     *     if S3 did not say
     * @param older the object as it was read, if a program before version {@value StateFormat#VERSION} wrote it; null if not
     */
    record Stored(
            State state,
            String etag,
            Optional<Instant> writtenAt,
            @Nullable Found older) {}

    /** What is at the state's key, whether it is a state or not. */
    record Found(ResponseBytes<GetObjectResponse> object) {

        byte[] bytes() {
            return object.asByteArrayUnsafe();
        }

        String etag() {
            return object.response().eTag();
        }

        Instant writtenAt() {
            return object.response().lastModified();
        }

        /** What S3 said with it, by its clock. */
        StateAnswer answer() {
            return new StateAnswer(date(object.response().sdkHttpResponse()), Optional.ofNullable(writtenAt()), false);
        }

        private Stored stored(State state, @Nullable Found older) {
            return new Stored(state, etag(), Optional.ofNullable(writtenAt()), older);
        }
    }

    /** What the GET of the state brought: the state, unless there is none, and what the answer itself says. */
    record Asked(Optional<Found> found, StateAnswer answer) {}

    private static Optional<Instant> date(@Nullable SdkHttpResponse response) {
        return response == null
                ? Optional.empty()
                : response.firstMatchingHeader("Date").flatMap(HttpDate::parse);
    }

    /**
     * Reads what was found as a state.
     *
     * @throws StateRefusedException if it is not one
     */
    Stored stored(Found found) {
        return found.stored(
                StateFormat.read(found.bytes(), toString()), StateFormat.isOlder(found.bytes()) ? found : null);
    }

    /**
     * Reads what is at the state's key and judges nothing but whether it is there. Empty only when S3 says NoSuchKey with 404;
     * every other refusal is thrown, since "no permission" taken for "never run" would read a day again.
     *
     * @throws S3OperationException if S3 refuses or cannot be reached
     */
    Optional<Found> find() {
        return ask(key).found();
    }

    /** Does the same as {@link #find()}, and returns what the answer says beside the state. */
    Asked ask() {
        return ask(key);
    }

    private Asked ask(String objectKey) {
        try {
            Found found = new Found(StateBytes.get(
                    s3, GetObjectRequest.builder().bucket(bucket).key(objectKey).build()));
            if (isBlank(found.etag())) {
                throw RefusedException.operator("The store of s3://" + bucket + " gave " + objectKey
                        + " without an ETag, so its versions cannot be told apart, and nothing is collected. Use a store"
                        + " that has ETags.");
            }
            return new Asked(Optional.of(found), found.answer());
        } catch (S3Exception | SdkClientException e) {
            if (!S3Failure.isAbsent(e)) {
                throw new S3OperationException("s3:GetObject", bucket, objectKey, e);
            }
            return absent((S3Exception) e);
        }
    }

    private static Asked absent(S3Exception e) {
        SdkHttpResponse response =
                e.awsErrorDetails() == null ? null : e.awsErrorDetails().sdkHttpResponse();
        boolean deleted = response != null
                && response.firstMatchingHeader(DELETE_MARKER)
                        .filter("true"::equalsIgnoreCase)
                        .isPresent();
        return new Asked(Optional.empty(), new StateAnswer(date(response), Optional.empty(), deleted));
    }

    /**
     * Writes the same bytes to another key, where nothing may be yet.
     *
     * @throws S3OperationException if S3 refuses, or something else is there
     */
    void copy(Found found, String copyKey) {
        try {
            s3.putObject(
                    put -> put.bucket(bucket).key(copyKey).contentType(JSON).ifNoneMatch("*"),
                    RequestBody.fromBytes(found.bytes()));
        } catch (S3Exception | SdkClientException e) {
            // The SDK's own retry turns a success into a 412 if its answer was lost.
            boolean there = ConditionalWrites.isInDoubt(e)
                    && ask(copyKey)
                            .found()
                            .filter(copy -> Arrays.equals(copy.bytes(), found.bytes()))
                            .isPresent();
            if (!there) {
                throw new S3OperationException("s3:PutObject", bucket, copyKey, e);
            }
        }
    }

    /**
     * Keeps a state of an older version beside its place, as {@code <state.key>.v2}, for the way back to the program that wrote
     * it. A copy that S3 refuses ends nothing.
     */
    private void keep(Found older) {
        try {
            s3.putObject(
                    put -> put.bucket(bucket).key(key + OLDER_ENDING).contentType(JSON),
                    RequestBody.fromBytes(older.bytes()));
        } catch (S3Exception | SdkClientException e) {
            LOG.warn(
                    "The state of an older version could not be kept as s3://{}/{} ({}). The run continues. Allow s3:PutObject"
                            + " there if you may want to return to the older program.",
                    bucket,
                    key + OLDER_ENDING,
                    e.getClass().getSimpleName());
        }
    }

    /**
     * Replaces the state that was read before. A write in doubt (412, 409, a time-out, a lost connection; the SDK's own retry
     * turns a success into a 412 if its answer was lost) is settled by reading once: the state carries this write's id, or it
     * is still the one from before and the same bytes are written again, or it is another writer's.
     *
     * @param next what to write; its write id is replaced by a new one
     * @param before what was read or written last, null if there was no state
     * @return what is there now
     * @throws RefusedException if another writer wrote meanwhile
     * @throws S3OperationException if S3 refuses or cannot be reached; the write may still take effect later
     */
    Stored compareAndSwap(State next, @Nullable Stored before) {
        if (before != null && before.older() != null) {
            keep(before.older());
        }
        return swap(
                next,
                before == null ? null : before.etag(),
                found -> before != null
                        && StateFormat.read(found.bytes(), toString())
                                .writeId()
                                .equals(before.state().writeId()));
    }

    /**
     * Does the same with what was found before, which need not be a state: for an operator who replaces a refused one.
     *
     * @param before what was found, null if nothing was
     */
    Stored replace(State next, @Nullable Found before) {
        if (before != null && StateFormat.isOlder(before.bytes())) {
            keep(before);
        }
        return swap(
                next,
                before == null ? null : before.etag(),
                found -> before != null && found.etag().equals(before.etag()));
    }

    private Stored swap(State next, @Nullable String etag, Predicate<Found> isFromBefore) {
        State mine = new State(next.owner(), UUID.randomUUID().toString(), next.checkpoint(), next.eventKeys());
        byte[] body = StateBytes.writable(StateFormat.write(mine), this);
        for (int write = 1; ; write++) {
            SdkException doubt = null;
            try {
                PutObjectResponse written = put(body, etag);
                if (!isBlank(written.eTag())) {
                    return new Stored(mine, written.eTag(), date(written.sdkHttpResponse()), null);
                }
            } catch (S3Exception | SdkClientException e) {
                if (!ConditionalWrites.isInDoubt(e)) {
                    throw new S3OperationException("s3:PutObject", bucket, key, e);
                }
                doubt = e;
            }
            Optional<Found> found = find();
            if (found.isPresent() && mine.writeId().equals(writeId(found.get()))) {
                return found.get().stored(mine, null);
            }
            if (found.isEmpty() && etag != null) {
                throw new RefusedException(
                        RunOutcome.OWNED,
                        "The state at " + this + " was deleted after this run read it. This run"
                                + " stops: put the state back, or see OPERATIONS, \"What losing it costs\".");
            }
            if (found.isPresent() && !isFromBefore.test(found.get())) {
                throw new RefusedException(
                        RunOutcome.OWNED,
                        "Another collector has written " + this
                                + " since this run read it. This run stops; if that was not meant, run only one"
                                + " collector on a state key.");
            }
            if (write == WRITES_MAX) {
                if (doubt == null) {
                    throw RefusedException.operator(
                            "The store of s3://" + bucket + " answered a write of " + key
                                    + " with success, but without an ETag or with a body, and has not written it. Nothing is collected with it.");
                }
                if (ConditionalWrites.isFailedPrecondition(doubt)) {
                    throw ConditionalWrites.contradiction(
                            toString(), etag, found.map(Found::etag).orElse(null));
                }
                throw new S3OperationException("s3:PutObject", bucket, key, doubt);
            }
        }
    }

    private static boolean isBlank(@Nullable String etag) {
        return etag == null || etag.isBlank();
    }

    private static @Nullable String writeId(Found found) {
        return StateFormat.readable(found.bytes()).get("writeId");
    }

    /**
     * Makes sure that the store honors {@linkplain ConditionalWrites conditional writes}: writes the state that it has just
     * taken once more, under conditions that do not hold. If it honors them it writes nothing; if not, the same bytes.
     *
     * @throws RefusedException if one of them was written
     * @throws S3OperationException if S3 refuses for another reason or cannot be reached
     */
    void refuseUnconditional(Stored written) {
        Optional<String> ignored;
        try {
            ignored = ConditionalWrites.ignored(s3, this::put, StateFormat.write(written.state()));
        } catch (S3Exception | SdkClientException e) {
            throw new S3OperationException("s3:PutObject", bucket, key, e);
        }
        ignored.ifPresent(header -> {
            throw RefusedException.operator("The store of s3://" + bucket + " ignores " + header
                    + " on PUT: it wrote " + key
                    + " although it should have refused that. With two collectors, or a write that arrives late, events would be lost"
                    + " or duplicated, so nothing is collected. Use a store that honors conditional writes, or set"
                    + " s3.unconditional-writes=allow and make sure that only one collector runs at a time.");
        });
    }

    /** Writes what must be absent before, or else have that ETag; throws what the SDK does. */
    PutObjectResponse put(byte[] body, @Nullable String etag) {
        PutObjectRequest.Builder put = put();
        if (etag == null) {
            put.ifNoneMatch("*");
        } else {
            put.ifMatch(etag);
        }
        return s3.putObject(put.build(), RequestBody.fromBytes(body));
    }

    private PutObjectRequest.Builder put() {
        return PutObjectRequest.builder().bucket(bucket).key(key).contentType(JSON);
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + key;
    }
}
