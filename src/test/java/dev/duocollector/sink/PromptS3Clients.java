// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import dev.duocollector.settings.Settings;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The collector's S3 client with the SDK's tries and without its waits between them, up to a second each: what a try does after
 * a failed one does not depend on when it comes, and the tests fail thousands.
 */
public final class PromptS3Clients {

    /** As many tries as a failing request in {@code World} has. */
    private static final int TRIES = 2;

    private PromptS3Clients() {}

    public static S3Client create(Settings settings) {
        return S3Clients.create(
                settings.account().s3Connection(),
                S3Clients.ATTEMPT_MAX,
                S3Clients.CALL_MAX,
                override -> override.retryStrategy(AwsRetryStrategy.legacyRetryStrategy().toBuilder()
                        .maxAttempts(TRIES)
                        .backoffStrategy(BackoffStrategy.retryImmediately())
                        .throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
                        .build()));
    }
}
