// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.sink.S3Failure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What S3 says of a PUT with a condition that does not hold
 * (<a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html">conditional writes</a>, read
 * 2026-11-26).
 */
public final class ConditionalWrites {

    private static final int FORBIDDEN = 403;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int NOT_IMPLEMENTED = 501;

    /** No object has it: an ETag is an MD5, or something longer. */
    public static final String ETAG_OF_NOTHING = "\"00000000000000000000000000000000\"";

    private ConditionalWrites() {}

    /**
     * Tells whether a PUT was refused because of its condition: 412; 409 where the object is just being written; or 404, which
     * answers an {@code If-Match} on an object that is not there.
     */
    public static boolean isRefused(SdkException failure) {
        return failure instanceof S3Exception refused
                && (refused.statusCode() == PRECONDITION_FAILED
                        || refused.statusCode() == CONFLICT
                        || S3Failure.isAbsent(refused));
    }

    /**
     * Tells whether a PUT that failed may have been made all the same, or may be if it is made again. A 501 is the store's last
     * word: it does not know the condition.
     */
    static boolean isInDoubt(Exception failure) {
        if (!(failure instanceof S3Exception refused)) {
            return true;
        }
        int status = refused.statusCode();
        // S3 answers 404 to an If-Match on an object that has gone; a bucket that has gone is not in doubt.
        return status == PRECONDITION_FAILED
                || status == CONFLICT
                || status == 408
                || (status >= 500 && status != NOT_IMPLEMENTED)
                || S3Failure.isAbsent(refused);
    }

    /**
     * Says that a store refuses each write for a condition that holds by its own answers.
     *
     * @param place the object
     * @param named the ETag that If-Match named; null if nothing was there, and If-None-Match was sent
     * @param found the ETag that the object has by GET; null if nothing is there
     */
    static RefusedException contradiction(String place, @Nullable String named, @Nullable String found) {
        return RefusedException.operator("The store refuses each write of " + place + " with 412, "
                + (named == null
                        ? "for If-None-Match: *, though it says that nothing is there. "
                        : "for If-Match: " + named + ", an ETag that it gave itself; by GET it is " + found
                                + " now, and nobody else has written. ")
                + "Something between this machine and the store (a gateway, a proxy) may change ETags, or answer from a cache."
                + " Check that PUT and GET give one ETag, the same each time and without W/, and that s3.endpoint and s3.proxy"
                + " lead to the store itself.");
    }

    /**
     * Tries to write an object that the store says is there, under a condition that holds: the ETag that the store gives it.
     *
     * @return what to say of a store that refuses it all the same; empty also if nothing may be read there
     * @throws SdkException what S3 says if it refuses for another reason or cannot be reached
     */
    public static Optional<String> unmet(S3Client s3, GetObjectRequest get, PutObjectRequest.Builder put) {
        @Nullable String etag = null;
        try {
            etag = s3.getObjectAsBytes(get).response().eTag();
            s3.putObject(put.ifMatch(etag).build(), RequestBody.empty());
            return Optional.empty();
        } catch (SdkException e) {
            if (e instanceof S3Exception refused && refused.statusCode() == FORBIDDEN) {
                // A run reads the state, and needs no read of the probe.
                return Optional.empty();
            }
            if (!isFailedPrecondition(e) && !S3Failure.isAbsent(e)) {
                throw e;
            }
            return Optional.of(contradiction("s3://" + get.bucket() + "/" + get.key(), etag, etag)
                    .getMessage());
        }
    }

    /** Tells whether a PUT was refused for its condition alone. */
    static boolean isFailedPrecondition(@Nullable SdkException failure) {
        return failure instanceof S3Exception refused && refused.statusCode() == PRECONDITION_FAILED;
    }

    /**
     * Tries to write an object that is there, under conditions that do not hold. A store that honors them writes nothing.
     *
     * @return the first condition that the store ignored: it has written
     * @throws SdkException what S3 says if it refuses for another reason or cannot be reached
     */
    public static Optional<String> ignored(S3Client s3, Supplier<PutObjectRequest.Builder> put, byte[] body) {
        Map<String, PutObjectRequest.Builder> conditions = new LinkedHashMap<>();
        conditions.put("If-None-Match", put.get().ifNoneMatch("*"));
        conditions.put("If-Match", put.get().ifMatch(ETAG_OF_NOTHING));
        for (Map.Entry<String, PutObjectRequest.Builder> condition : conditions.entrySet()) {
            try {
                s3.putObject(condition.getValue().build(), RequestBody.fromBytes(body));
                return Optional.of(condition.getKey());
            } catch (SdkException e) {
                if (!isRefused(e)) {
                    throw e;
                }
            }
        }
        return Optional.empty();
    }
}
