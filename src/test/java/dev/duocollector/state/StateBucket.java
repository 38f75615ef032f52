// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.FaultProxy;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.s3.EmbeddedS3;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A bucket on the embedded S3 with a state object in it or none, reached by the code under test through a proxy that fails
 * requests and counts them, and by the test directly.
 */
final class StateBucket implements AutoCloseable {

    static final String BUCKET = "logs";
    static final String KEY = "duo-telephony-state/state.json";
    static final String OWNER = "api-00000000.duosecurity.com";

    private final EmbeddedS3 server = EmbeddedS3.inMemory();
    private final FaultProxy proxy = FaultProxy.inFrontOf(server.uri());
    // The SDK's own tries, as many as ever, without its waits between them.
    private final S3Client client = server.clientBuilder()
            .endpointOverride(proxy.uri())
            .overrideConfiguration(settings -> settings.retryStrategy(AwsRetryStrategy.legacyRetryStrategy().toBuilder()
                    .backoffStrategy(BackoffStrategy.retryImmediately())
                    .throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
                    .build()))
            .build();

    StateBucket() {
        server.createBucket(BUCKET);
        // The server looks at an If-Match and then writes; S3 does both at once.
        proxy.serializing(request -> request.header("if-match").isPresent());
    }

    /** Leaves the bucket empty, the proxy without a plan and the count at zero. */
    void reset() {
        server.objects(BUCKET, "").keySet().forEach(this::delete);
        proxy.plan(FaultPlan.none());
        proxy.deliverLate();
        server.objects(BUCKET, "").keySet().forEach(this::delete);
        proxy.reset();
    }

    S3StateStore store() {
        return store(BUCKET);
    }

    S3StateStore store(String bucket) {
        return new S3StateStore(client, bucket, KEY);
    }

    /** The repository of a process of its own: it shares nothing with another one but the bucket. */
    CollectorState state(Duration overlap, Clock clock) {
        return new CollectorState(store(), OWNER, overlap, clock);
    }

    /** The client of the code under test. */
    S3Client client() {
        return client;
    }

    FaultProxy proxy() {
        return proxy;
    }

    /** How often a state has been asked to be written since the start or the last {@link FaultProxy#reset()}. */
    long writes() {
        return proxy.requests().stream().filter(ProxiedRequest::isWrite).count();
    }

    /** What stands in the bucket, as text; empty when there is no state. */
    Optional<String> text() {
        return text(KEY);
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(server.objects(BUCKET, key).get(key)).map(bytes -> new String(bytes, UTF_8));
    }

    State state() {
        return StateFormat.read(text().orElseThrow().getBytes(UTF_8), "the bucket");
    }

    void put(byte[] state) {
        server.client().putObject(put -> put.bucket(BUCKET).key(KEY), RequestBody.fromBytes(state));
    }

    void delete(String key) {
        server.client().deleteObject(delete -> delete.bucket(BUCKET).key(key));
    }

    @Override
    public void close() {
        client.close();
        proxy.close();
        server.close();
    }
}
