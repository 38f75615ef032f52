// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What S3 says of a PUT whose condition does not hold
 * (<a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html">conditional writes</a>, read
 * 2026-11-26).
 */
public final class ConditionalWrites {

    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;

    private ConditionalWrites() {}

    /**
     * Tells whether a PUT was refused because of its condition: 412; 409 where the object is just being written; or 404, which
     * answers an {@code If-Match} on an object that is not there.
     */
    public static boolean isRefused(SdkException failure) {
        return failure instanceof S3Exception refused
                && (refused.statusCode() == PRECONDITION_FAILED
                        || refused.statusCode() == CONFLICT
                        || refused instanceof NoSuchKeyException);
    }
}
