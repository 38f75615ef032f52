// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.sink.S3Failure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What S3 says of a PUT with a condition that does not hold
 * (<a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html">conditional writes</a>, read
 * 2026-11-26).
 */
public final class ConditionalWrites {

    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;

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
