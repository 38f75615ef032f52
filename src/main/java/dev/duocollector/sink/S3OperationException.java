// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import software.amazon.awssdk.core.exception.SdkException;

/** An S3 call that did not do what it was for, with what an operator needs to know of it: which action, on what. */
public final class S3OperationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;
    private final String bucket;
    private final String key;

    /**
     * @param action the IAM action that the call needs, such as {@code s3:GetObject}
     * @param bucket the bucket of the call
     * @param key the object key of the call; empty for a call on the bucket
     * @param cause what the SDK threw
     */
    public S3OperationException(String action, String bucket, String key, SdkException cause) {
        super(action + " on s3://" + resource(bucket, key) + " failed", cause);
        this.action = action;
        this.bucket = bucket;
        this.key = key;
    }

    public String action() {
        return action;
    }

    public String bucket() {
        return bucket;
    }

    public String key() {
        return key;
    }

    /** Returns what the action is on: {@code bucket/key}, or the bucket. */
    public String resource() {
        return resource(bucket, key);
    }

    private static String resource(String bucket, String key) {
        return key.isEmpty() ? bucket : bucket + "/" + key;
    }

    @Override
    public synchronized SdkException getCause() {
        return (SdkException) super.getCause();
    }
}
