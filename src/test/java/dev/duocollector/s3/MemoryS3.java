// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.s3;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A bucket in this JVM's memory behind the SDK's interface, for tests of a great many runs: GET, HEAD, and PUT with its
 * conditions, which it checks as S3 does, in one step with the write. What can go wrong with a call is decided by whoever asks
 * for it; a call that goes wrong does so after all of the SDK's own tries. Not safe for use by several threads.
 */
public final class MemoryS3 implements S3Client {

    /** What becomes of one call. */
    public enum Fault {
        NONE,
        /** It never reaches the server, and fails. */
        LOST,
        /** It takes effect, and fails. */
        ANSWER_LOST,
        /** It takes effect, and the SDK's own second try meets that: a conditional write answers 412. */
        TRIED_TWICE,
        /** It fails, and takes effect when {@link MemoryS3#deliverLate} says so, if its condition still holds. */
        LATE,
        /** The process dies before it. */
        KILLED,
        /** The process dies after it. */
        KILLED_AFTER,
        /** The process dies, and the write takes effect later. */
        KILLED_LATE;

        private boolean takesEffectNow() {
            return this == NONE || this == ANSWER_LOST || this == TRIED_TWICE || this == KILLED_AFTER;
        }

        private boolean takesEffectLate() {
            return this == LATE || this == KILLED_LATE;
        }

        private boolean kills() {
            return this == KILLED || this == KILLED_AFTER || this == KILLED_LATE;
        }
    }

    /** One call, for whoever decides what becomes of it. */
    public record Call(String key, boolean write) {}

    /** The end of a process; no program catches it. */
    public static final class ProcessKilled extends Error {
        private static final long serialVersionUID = 1L;

        public ProcessKilled(String where) {
            super("Killed at " + where, null, false, false);
        }
    }

    private record Stored(SdkBytes contents, String etag) {}

    private record Late(PutObjectRequest request, SdkBytes contents) {}

    private final Map<String, Stored> objects = new HashMap<>();
    private final List<Late> late = new ArrayList<>();
    private Function<Call, Fault> plan = call -> Fault.NONE;
    private int writes;

    /** Decides from the next call on. */
    public void plan(Function<Call, Fault> plan) {
        this.plan = plan;
    }

    /** The contents of every object, by key. */
    public SortedMap<String, byte[]> objects() {
        SortedMap<String, byte[]> contents = new TreeMap<>();
        objects.forEach((key, stored) -> contents.put(key, stored.contents().asByteArray()));
        return contents;
    }

    /** The ETag of an object, which changes with each write; empty while there is no object. */
    public Optional<String> version(String key) {
        return Optional.ofNullable(etag(key));
    }

    /** How many writes are under way still. */
    public int late() {
        return late.size();
    }

    /** Tells whether a write of this object is under way still. */
    public boolean isLate(String key) {
        return late.stream().anyMatch(write -> write.request().key().equals(key));
    }

    /** Deletes an object, as somebody who is not the code under test does, and returns what it held. */
    public byte[] delete(String key) {
        return Objects.requireNonNull(objects.remove(key), key).contents().asByteArray();
    }

    /** Lets one of the late writes, counted from 0, arrive now; it has its effect or not, and nobody hears of it. */
    public void deliverLate(int index) {
        Late arrived = late.remove(index);
        if (holds(arrived.request())) {
            store(arrived.request().key(), arrived.contents());
        }
    }

    @Override
    public <T> T getObject(GetObjectRequest request, ResponseTransformer<GetObjectResponse, T> transformer) {
        read(request.key());
        Stored found = found(request.key());
        try {
            return transformer.transform(
                    GetObjectResponse.builder().eTag(found.etag()).build(),
                    AbortableInputStream.create(found.contents().asInputStream()));
        } catch (Exception e) { // what the SDK's interface declares
            throw new IllegalStateException("The answer could not be handed over", e);
        }
    }

    @Override
    public HeadObjectResponse headObject(HeadObjectRequest request) {
        read(request.key());
        return HeadObjectResponse.builder().eTag(found(request.key()).etag()).build();
    }

    @Override
    public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
        Call call = new Call(request.key(), true);
        Fault fault = plan.apply(call);
        SdkBytes contents =
                SdkBytes.fromInputStream(body.contentStreamProvider().newStream());
        boolean holds = holds(request);
        if (fault.takesEffectNow() && holds) {
            store(request.key(), contents);
        }
        if (fault.takesEffectLate()) {
            late.add(new Late(request, contents));
        }
        fail(fault, call);
        if (!holds || fault == Fault.TRIED_TWICE) {
            throw S3Exception.builder()
                    .statusCode(412)
                    .message("PreconditionFailed")
                    .build();
        }
        return PutObjectResponse.builder().eTag(etag(request.key())).build();
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    private void read(String key) {
        Call call = new Call(key, false);
        fail(plan.apply(call), call);
    }

    private static void fail(Fault fault, Call call) {
        if (fault.kills()) {
            throw new ProcessKilled(call.toString());
        }
        if (fault != Fault.NONE && fault != Fault.TRIED_TWICE) {
            throw SdkClientException.create("Connection lost: " + fault);
        }
    }

    private Stored found(String key) {
        Stored stored = objects.get(key);
        if (stored == null) {
            throw NoSuchKeyException.builder()
                    .statusCode(404)
                    .message("NoSuchKey")
                    .build();
        }
        return stored;
    }

    private boolean holds(PutObjectRequest request) {
        if (request.ifNoneMatch() != null) {
            return etag(request.key()) == null;
        }
        return request.ifMatch() == null || request.ifMatch().equals(etag(request.key()));
    }

    private @Nullable String etag(String key) {
        Stored stored = objects.get(key);
        return stored == null ? null : stored.etag();
    }

    private void store(String key, SdkBytes contents) {
        writes++;
        objects.put(key, new Stored(contents, "\"" + writes + "\""));
    }
}
