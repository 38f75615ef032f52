// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * The SDK's default chain, made again after it has failed: it looks once which profile files there are, and would never see one
 * that is mounted or written a little later.
 */
final class DefaultCredentials implements AwsCredentialsProvider, SdkAutoCloseable {

    private @Nullable DefaultCredentialsProvider chain;

    @Override
    public synchronized AwsCredentials resolveCredentials() {
        try {
            if (chain == null) {
                chain = DefaultCredentialsProvider.builder().build();
            }
            return chain.resolveCredentials();
        } catch (SdkException e) {
            close();
            throw e;
        } catch (RuntimeException e) {
            // A profile file that cannot be parsed is an IllegalArgumentException of the SDK's.
            close();
            throw SdkClientException.create("Unable to load credentials: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        if (chain != null) {
            chain.close();
            chain = null;
        }
    }
}
