// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import dev.duocollector.settings.AccountSettings;
import dev.duocollector.settings.AccountSettings.S3Connection;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.SettingsException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** Makes the one S3 client that the aws2-s3 endpoints and the state share. */
public final class S3Clients {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(60);

    /** Each try of a call, its body included; 64 MiB take as long at 4.5 Mbit/s. */
    static final Duration ATTEMPT_MAX = Duration.ofMinutes(2);

    /** A call with its tries: no write may arrive later than 5 minutes after its start. */
    static final Duration CALL_MAX = Duration.ofSeconds(290);

    private S3Clients() {}

    /**
     * Returns a client as the settings say; credentials, and the region when none is set, come from the SDK's default chains.
     *
     * @throws SettingsException if no region can be found, or an AWS profile file cannot be read
     */
    public static S3Client create(Settings settings) {
        return create(settings.account().s3Connection());
    }

    /** Does the same without other settings. */
    public static S3Client create(S3Connection connection) {
        return create(connection, ATTEMPT_MAX, CALL_MAX);
    }

    /**
     * Does the same with other deadlines.
     *
     * @param attemptMax how long a try may take, and how long may be waited for each mebibyte of a body that is read as a stream
     * @param callMax how long a call may take, its tries and the waits between them together
     */
    public static S3Client create(S3Connection connection, Duration attemptMax, Duration callMax) {
        return create(connection, attemptMax, callMax, override -> {});
    }

    /** Does the same with what else a test needs. */
    static S3Client create(
            S3Connection connection,
            Duration attemptMax,
            Duration callMax,
            Consumer<ClientOverrideConfiguration.Builder> more) {
        ApacheHttpClient.Builder http =
                ApacheHttpClient.builder().connectionTimeout(CONNECT_TIMEOUT).socketTimeout(SOCKET_TIMEOUT);
        proxy(connection).ifPresent(http::proxyConfiguration);
        S3ClientBuilder client = S3Client.builder()
                .httpClientBuilder(http)
                .forcePathStyle(connection.pathStyle())
                .credentialsProvider(new DefaultCredentials())
                .overrideConfiguration(override -> override.apiCallAttemptTimeout(attemptMax)
                        .apiCallTimeout(callMax)
                        .addExecutionInterceptor(new WriteFence())
                        .addExecutionInterceptor(new AnswerChecks())
                        .addExecutionInterceptor(new S3Answers(attemptMax))
                        .applyMutation(more))
                // In chunks, a conditional write that is refused leaves its body unread on the connection, and some
                // servers then reset it: the refusal would look like an outage.
                .serviceConfiguration(
                        S3Configuration.builder().chunkedEncodingEnabled(false).build());
        connection.region().ifPresent(region -> client.region(Region.of(region)));
        connection.endpoint().ifPresent(client::endpointOverride);
        if (connection.checksumsWhenRequired()) {
            client.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        }
        try {
            return new EndingLists(client.build());
        } catch (IllegalArgumentException e) {
            // What the SDK makes of a profile file that it cannot parse.
            throw new SettingsException(List.of(ProfileFiles.flaw()
                    .orElse("The S3 client cannot be made: " + e.getMessage() + ". Check the AWS profile files "
                            + ProfileFiles.places() + ".")));
        } catch (SdkClientException e) {
            throw new SettingsException(
                    List.of("Setting s3.region is not set, and neither AWS_REGION nor the AWS profile"
                            + " names a region. Set s3.region to the bucket's, such as eu-central-1 (any will do for an s3.endpoint"
                            + " outside AWS)."));
        }
    }

    /** Returns how to get to S3 if not by the SDK's own way, the JVM's or the environment's proxy. */
    private static Optional<ProxyConfiguration> proxy(S3Connection connection) {
        if (connection.proxy().isPresent()) {
            return Optional.of(ProxyConfiguration.builder()
                    .endpoint(connection.proxy().get())
                    .build());
        }
        // The SDK would ask HTTP_PROXY even for 127.0.0.1, where no proxy can reach this machine's own server.
        return connection
                .endpoint()
                .filter(AccountSettings::isLoopback)
                .map(endpoint -> ProxyConfiguration.builder()
                        .useSystemPropertyValues(false)
                        .useEnvironmentVariableValues(false)
                        .build());
    }

    /**
     * The SDK's default chain, made again after it has failed: it looks once which profile files there are, and would never see one
     * that is mounted or written a little later.
     */
    private static final class DefaultCredentials implements AwsCredentialsProvider, SdkAutoCloseable {

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
}
