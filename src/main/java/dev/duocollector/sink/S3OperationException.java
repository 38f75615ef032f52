// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import dev.duocollector.failure.RefusedException;
import software.amazon.awssdk.core.exception.SdkException;

/** An S3 call that did not do what it was for, with what an operator needs to know of it: which action, on what. */
public final class S3OperationException extends RefusedException {

    private static final long serialVersionUID = 1L;

    private final transient S3Failure failure;

    /**
     * @param action the IAM action that the call needs, such as {@code s3:GetObject}
     * @param bucket the bucket of the call
     * @param key the object key of the call; empty for a call on the bucket
     * @param cause what the SDK threw
     */
    public S3OperationException(String action, String bucket, String key, SdkException cause) {
        this(S3Failure.explain(action, key.isEmpty() ? bucket : bucket + "/" + key, cause), cause);
    }

    private S3OperationException(S3Failure failure, SdkException cause) {
        super(failure.outcome(), failure.message(), cause);
        this.failure = failure;
    }

    public S3Failure failure() {
        return failure;
    }

    @Override
    public synchronized SdkException getCause() {
        return (SdkException) super.getCause();
    }
}
