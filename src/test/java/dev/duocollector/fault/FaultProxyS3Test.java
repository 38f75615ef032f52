// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.fault.FaultPlan.Tries;
import dev.duocollector.s3.EmbeddedS3;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The faults as the AWS SDK meets them before the embedded S3, with the SDK's default checksums: bodies are aws-chunked with
 * a trailer, signed over the Host header, and held back until {@code 100 Continue}.
 */
@Timeout(60) // the SDK's own retries and a slow start of the server
class FaultProxyS3Test {

    private static final String BUCKET = "telephony";
    private static final byte[] CONTENTS = new byte[300_000];
    private static final int RACING_WRITERS = 8;
    private static final int ROUNDS = 10;

    private static EmbeddedS3 s3;

    private FaultProxy proxy;
    private S3Client client;

    @BeforeAll
    static void startServer() {
        s3 = EmbeddedS3.inMemory();
        s3.createBucket(BUCKET);
    }

    @AfterAll
    static void stopServer() {
        s3.close();
    }

    @BeforeEach
    void start() {
        s3.objects(BUCKET, "")
                .keySet()
                .forEach(key ->
                        s3.client().deleteObject(delete -> delete.bucket(BUCKET).key(key)));
        proxy = FaultProxy.inFrontOf(s3.uri());
        client = clientBuilder().build();
    }

    @AfterEach
    void stop() {
        client.close();
        proxy.close();
    }

    @Test
    void put_isStored_withDefaultChecksums() {
        put("a", request -> {});

        assertThat(s3.objects(BUCKET, "")).containsExactly(Map.entry("a", CONTENTS));
        assertThat(proxy.requests()).singleElement().satisfies(request -> {
            assertThat(request.header("expect")).hasValue("100-continue");
            assertThat(request.header("x-amz-trailer")).isPresent();
            assertThat(request.contentLength()).isGreaterThan(CONTENTS.length);
            assertThat(request.status()).isEqualTo(200);
        });
    }

    @Test
    void dropAfter_onTheFirstTry_turnsASuccessInto412() {
        proxy.plan(FaultPlan.logical(FaultPlan.at(1, ProxiedRequest::isWrite, Fault.DROP_AFTER), Tries.FIRST));

        assertThatThrownBy(() -> put("a", request -> request.ifNoneMatch("*")))
                .isInstanceOfSatisfying(
                        S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));

        assertThat(s3.objects(BUCKET, "")).containsOnlyKeys("a");
        assertThat(proxy.requests()).extracting(ProxiedRequest::status).containsExactly(200, 412);
        assertThat(proxy.requests())
                .extracting(ProxiedRequest::logicalId)
                .containsOnly(proxy.requests().get(0).logicalId());
    }

    @Test
    void dropAfter_onAllTries_failsTheCallThatTookEffect() {
        proxy.plan(FaultPlan.logical(FaultPlan.at(1, ProxiedRequest::isWrite, Fault.DROP_AFTER), Tries.ALL));

        assertThatThrownBy(() -> put("a", request -> {})).isInstanceOf(SdkClientException.class);

        assertThat(s3.objects(BUCKET, "")).containsOnlyKeys("a");
        assertThat(proxy.faulted()).hasSizeGreaterThan(1).hasSameSizeAs(proxy.requests());
        put("b", request -> {});
        assertThat(s3.objects(BUCKET, "")).as("after the next call").containsOnlyKeys("a", "b");
    }

    @Test
    void dropBefore_onTheFirstTry_isMendedByTheSdk() {
        proxy.plan(FaultPlan.logical(FaultPlan.at(1, ProxiedRequest::isWrite, Fault.DROP_BEFORE), Tries.FIRST));

        put("a", request -> request.ifNoneMatch("*"));

        assertThat(s3.objects(BUCKET, "")).containsOnlyKeys("a");
        assertThat(proxy.requests()).extracting(ProxiedRequest::status).containsExactly(0, 200);
    }

    @Test
    void dropBefore_onAllTries_failsTheCallWithoutAnEffect() {
        proxy.plan(FaultPlan.logical(FaultPlan.at(1, ProxiedRequest::isWrite, Fault.DROP_BEFORE), Tries.ALL));

        assertThatThrownBy(() -> put("a", request -> {})).isInstanceOf(SdkClientException.class);

        assertThat(s3.objects(BUCKET, "")).isEmpty();
    }

    @Test
    void answers_areWhatTheSdkTakesThemFor() {
        client.close();
        client = clientBuilder() // the SDK waits for seconds between its tries after a 503
                .overrideConfiguration(settings -> settings.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build();
        proxy.plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.ANSWER_503));
        assertThatThrownBy(() -> put("a", request -> {})).isInstanceOfSatisfying(S3Exception.class, e -> {
            assertThat(e.statusCode()).isEqualTo(503);
            assertThat(e.awsErrorDetails().errorCode()).isEqualTo("SlowDown");
            assertThat(e.isThrottlingException()).isTrue();
        });

        proxy.plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.ANSWER_403));
        assertThatThrownBy(() -> put("a", request -> {})).isInstanceOfSatisfying(S3Exception.class, e -> {
            assertThat(e.statusCode()).isEqualTo(403);
            assertThat(e.awsErrorDetails().errorCode()).isEqualTo("AccessDenied");
        });
        assertThat(s3.objects(BUCKET, "")).isEmpty();

        proxy.plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.ANSWER_500_AFTER));
        assertThatThrownBy(() -> put("a", request -> {}))
                .isInstanceOfSatisfying(
                        S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(500));
        assertThat(s3.objects(BUCKET, "")).containsOnlyKeys("a");
    }

    @Test
    void deliverLate_writesAfterTheCallHasFailed() {
        proxy.plan(FaultPlan.logical(FaultPlan.at(1, ProxiedRequest::isWrite, Fault.DELIVER_LATE), Tries.ALL));
        assertThatThrownBy(() -> put("late", request -> request.ifNoneMatch("*")))
                .isInstanceOf(SdkClientException.class);
        assertThat(s3.objects(BUCKET, "")).isEmpty();

        List<ProxiedRequest> delivered = proxy.deliverLate();

        assertThat(delivered).extracting(ProxiedRequest::status).startsWith(200).contains(412);
        assertThat(s3.objects(BUCKET, "")).containsExactly(Map.entry("late", CONTENTS));
    }

    @Test
    void staleIfMatch_isRefused_withDefaultChecksums() {
        put("state.json", request -> {});

        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> put("state.json", request -> request.ifMatch("\"stale\"")))
                    .isInstanceOfSatisfying(
                            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
        }
        assertThat(proxy.requests()).as("no try was lost").hasSize(21);
    }

    @Test
    void serializing_letsOneOfTheRacingIfMatchWritersWin() throws Exception {
        proxy.serializing(request -> request.header("if-match").isPresent());
        put("state.json", request -> {});
        for (int round = 0; round < ROUNDS; round++) {
            String etag = client.headObject(head -> head.bucket(BUCKET).key("state.json"))
                    .eTag();

            assertThat(race(etag)).as("round %d", round).containsOnlyOnce(200).containsOnly(200, 412);
        }
    }

    @ParameterizedTest
    @CsvSource({"STORE_EMPTY, 0", "STORE_CUT, 150000"})
    void lyingStore_saysThatItHasWritten_whatItHasNot(Fault fault, int length) {
        proxy.storage((request, change) -> {
            String key = request.path().substring(BUCKET.length() + 2);
            byte[] changed = change.apply(s3.objects(BUCKET, "").get(key));
            s3.client().putObject(put -> put.bucket(BUCKET).key(key), RequestBody.fromBytes(changed));
        });
        proxy.plan(FaultPlan.at(1, ProxiedRequest::isWrite, fault));

        assertThat(put("a", request -> request.ifNoneMatch("*")).eTag()).isNotBlank();

        assertThat(s3.objects(BUCKET, "").get("a")).hasSize(length);
    }

    @Test
    void swallow_saysThatItHasWritten_withoutAnEtag() {
        proxy.plan(FaultPlan.at(1, ProxiedRequest::isWrite, Fault.SWALLOW));

        assertThat(put("a", request -> {}).eTag()).isNull();

        assertThat(s3.objects(BUCKET, "")).isEmpty();
        assertThat(put("a", request -> {}).eTag()).as("the next call").isNotBlank();
    }

    /** What the SDK alone takes for a success. */
    @Test
    void answerErrorIn200_hasAnETag_withNothingThere() {
        proxy.plan(FaultPlan.at(1, ProxiedRequest::isWrite, Fault.ANSWER_ERROR_IN_200));

        assertThat(put("a", request -> {}).eTag()).isNotBlank();

        assertThat(s3.objects(BUCKET, "")).isEmpty();
    }

    @Test
    void answer412_isARefusal_withNothingThere() {
        proxy.plan(FaultPlan.at(1, ProxiedRequest::isWrite, Fault.ANSWER_412));

        assertThatThrownBy(() -> put("a", request -> request.ifNoneMatch("*")))
                .isInstanceOfSatisfying(
                        S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));

        assertThat(s3.objects(BUCKET, "")).isEmpty();
    }

    @Test
    void answerFound_isGivenForWhatIsNotThere() {
        assertThatThrownBy(() -> client.headObject(head -> head.bucket(BUCKET).key("a")))
                .isInstanceOf(NoSuchKeyException.class);
        proxy.plan(FaultPlan.every(1, request -> request.method().equals("HEAD"), Fault.ANSWER_FOUND));

        HeadObjectResponse found = client.headObject(head -> head.bucket(BUCKET).key("a"));

        assertThat(found.contentLength()).isZero();
        assertThat(found.eTag()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({"NONE, true, true", "ANSWER_WITHOUT_ETAG, false, true", "ANSWER_WITHOUT_DATE, true, false"})
    void answer_isRelayedWithoutAField(Fault fault, boolean etag, boolean date) {
        proxy.plan(FaultPlan.every(1, request -> true, fault));

        PutObjectResponse answer = put("a", request -> {});

        assertThat(answer.eTag() != null).as("ETag").isEqualTo(etag);
        assertThat(answer.sdkHttpResponse().firstMatchingHeader("Date").isPresent())
                .as("Date")
                .isEqualTo(date);
        assertThat(s3.objects(BUCKET, "")).containsExactly(Map.entry("a", CONTENTS));
    }

    @Test
    void cutBody_isNotTakenForTheWhole() {
        put("a", request -> {});
        proxy.plan(FaultPlan.every(1, request -> request.method().equals("GET"), Fault.CUT_BODY));

        assertThatThrownBy(
                        () -> client.getObjectAsBytes(get -> get.bucket(BUCKET).key("a")))
                .isInstanceOf(SdkClientException.class);
    }

    @Test
    void trickledBody_comesByteByByte_untilTheClientGivesUp() throws Exception {
        put("a", request -> {});
        proxy.plan(FaultPlan.every(1, request -> request.method().equals("GET"), Fault.TRICKLE_BODY));

        try (ResponseInputStream<GetObjectResponse> body =
                client.getObject(get -> get.bucket(BUCKET).key("a"))) {
            long begun = System.nanoTime();
            assertThat(body.readNBytes(3)).hasSize(3);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(FaultProxy.TRICKLE_EVERY);
            body.abort();
        }
    }

    private S3ClientBuilder clientBuilder() {
        return s3.clientBuilder()
                .endpointOverride(proxy.uri())
                .serviceConfiguration(S3Configuration.builder().build());
    }

    /**
     * What the writers, let go together with one ETag and contents of their own, came back with. The bodies are large because
     * the server's gap between looking at the ETag and writing lasts as long as the body: without the option two to six of
     * them win in most rounds.
     */
    private List<Integer> race(String etag) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(RACING_WRITERS);
        try {
            CyclicBarrier together = new CyclicBarrier(RACING_WRITERS);
            List<Callable<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < RACING_WRITERS; i++) {
                byte[] contents = Arrays.copyOf((etag + i).getBytes(StandardCharsets.UTF_8), CONTENTS.length);
                writers.add(() -> {
                    together.await(10, TimeUnit.SECONDS);
                    return statusOfPut(contents, etag);
                });
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> status : threads.invokeAll(writers)) {
                statuses.add(status.get());
            }
            return statuses;
        } finally {
            threads.shutdownNow();
        }
    }

    private int statusOfPut(byte[] contents, String etag) {
        try {
            return client.putObject(
                            put -> put.bucket(BUCKET).key("state.json").ifMatch(etag), RequestBody.fromBytes(contents))
                    .sdkHttpResponse()
                    .statusCode();
        } catch (S3Exception refusal) {
            return refusal.statusCode();
        }
    }

    private PutObjectResponse put(String key, Consumer<PutObjectRequest.Builder> more) {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder().bucket(BUCKET).key(key);
        more.accept(request);
        return client.putObject(request.build(), RequestBody.fromBytes(CONTENTS));
    }
}
