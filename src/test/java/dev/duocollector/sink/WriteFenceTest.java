// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.s3.EmbeddedS3;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** The fence before an S3 server, with a client that signs by the machine's clock. */
@Timeout(60)
class WriteFenceTest {

    private static final String BUCKET = "logs";

    private static EmbeddedS3 server;
    private static S3Client client;

    @BeforeAll
    static void start() {
        server = EmbeddedS3.inMemory();
        server.createBucket(BUCKET);
        client = server.clientBuilder()
                .overrideConfiguration(override -> override.addExecutionInterceptor(new WriteFence()))
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT4M", "PT-10M"})
    void writeThatIsSignedInTime_goesOut_withoutTheTimeOfItsDeclaration(Duration ago) {
        String key = "in-time" + ago;

        put(key, Instant.now().minus(ago));

        assertThat(client.headObject(head -> head.bucket(BUCKET).key(key)).metadata())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT5M2S", "PT1H", "P200D"})
    void writeThatIsSignedLater_neverGoesOut(Duration ago) {
        String key = "late" + ago;

        assertThatThrownBy(() -> put(key, Instant.now().minus(ago)))
                .isInstanceOf(SdkClientException.class)
                .hasRootCauseInstanceOf(WriteFence.LateWriteException.class)
                .hasMessageContaining("more than 5 minutes after its batch was declared at");

        assertThat(server.objects(BUCKET, "")).doesNotContainKey(key);
    }

    @Test
    void fence_isTold_ofTheClientThatHasIt() {
        assertThat(WriteFence.isIn(client)).isTrue();
        assertThat(WriteFence.isIn(server.client())).isFalse();
    }

    @Test
    void otherWrites_goOut() {
        client.putObject(
                put -> put.bucket(BUCKET).key("other").metadata(Map.of("a", "b")), RequestBody.fromString("x"));

        assertThat(client.headObject(head -> head.bucket(BUCKET).key("other")).metadata())
                .isEqualTo(Map.of("a", "b"));
    }

    private static void put(String key, Instant declared) {
        client.putObject(
                PutObjectRequest.builder()
                        .bucket(BUCKET)
                        .key(key)
                        .metadata(Map.of(WriteFence.DECLARED, declared.toString()))
                        .build(),
                RequestBody.fromString("{}\n"));
    }
}
