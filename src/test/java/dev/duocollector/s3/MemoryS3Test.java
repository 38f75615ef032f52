// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.s3.MemoryS3.Fault;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

class MemoryS3Test {

    private final MemoryS3 s3 = new MemoryS3();
    private final S3Client client = s3.client();

    @Test
    void object_isReadAsWritten() {
        String etag = put("a", "one", request -> {});

        assertThat(client.getObjectAsBytes(get -> get.bucket("b").key("a")).asUtf8String())
                .isEqualTo("one");
        assertThat(client.headObject(head -> head.bucket("b").key("a")).eTag()).isEqualTo(etag);
        assertThatThrownBy(() -> client.headObject(head -> head.bucket("b").key("c")))
                .isInstanceOf(NoSuchKeyException.class);
        assertThatThrownBy(() -> client.getObjectAsBytes(get -> get.bucket("b").key("c")))
                .isInstanceOf(NoSuchKeyException.class);
    }

    @Test
    void conditions_areHeld() {
        String first = put("a", "one", request -> request.ifNoneMatch("*"));
        assertRefused("two", request -> request.ifNoneMatch("*"));
        String second = put("a", "two", request -> request.ifMatch(first));
        assertRefused("three", request -> request.ifMatch(first));

        assertThat(second).isNotEqualTo(first);
        assertThat(s3.objects().get("a")).asString(UTF_8).isEqualTo("two");
    }

    @ParameterizedTest
    @CsvSource({
        "LOST,         SdkClientException, one",
        "ANSWER_LOST,  SdkClientException, two",
        "TRIED_TWICE,  S3Exception,        two",
        "LATE,         SdkClientException, one",
        "KILLED,       ProcessKilled,      one",
        "KILLED_AFTER, ProcessKilled,      two",
        "KILLED_LATE,  ProcessKilled,      one",
        "REFUSED,      S3Exception,        one",
        "STORED_EMPTY, SdkClientException, ''",
        "STORED_CUT,   SdkClientException, t",
        "STORED_CUT_TRIED_TWICE, S3Exception, t",
    })
    void fault_failsTheCall_beforeOrAfterItsEffect(Fault fault, String thrown, String contents) {
        String etag = put("a", "one", request -> {});
        s3.plan(call -> fault);

        assertThatThrownBy(() -> put("a", "two", request -> request.ifMatch(etag)))
                .extracting(e -> e.getClass().getSimpleName())
                .isEqualTo(thrown);

        assertThat(s3.objects().get("a")).asString(UTF_8).isEqualTo(contents);
    }

    @Test
    void lateWrite_arrives_ifItsConditionStillHolds() {
        String etag = put("a", "one", request -> {});
        s3.plan(call -> Fault.LATE);
        assertThatThrownBy(() -> put("a", "late", request -> request.ifMatch(etag)))
                .isInstanceOf(SdkClientException.class);
        assertThatThrownBy(() -> put("a", "later", request -> request.ifMatch(etag)))
                .isInstanceOf(SdkClientException.class);
        assertThat(s3.late()).isEqualTo(2);

        s3.deliverLate(1);
        s3.deliverLate(0);

        assertThat(s3.late()).isZero();
        assertThat(s3.objects().get("a")).asString(UTF_8).isEqualTo("later");
    }

    @Test
    void lateWrite_isRefused_onceItsSignatureIsTooOld() {
        Instant signed = Instant.parse("2026-11-23T09:00:00Z");
        AtomicReference<Instant> now = new AtomicReference<>(signed);
        MemoryS3 store = new MemoryS3(now::get);
        S3Client sender = MemoryS3.client(store, Clock.fixed(signed, ZoneOffset.UTC), List.of());
        store.plan(call -> Fault.LATE);
        for (String key : List.of("a", "b")) {
            assertThatThrownBy(() -> sender.putObject(put -> put.bucket("b").key(key), RequestBody.fromString("late")))
                    .isInstanceOf(SdkClientException.class);
        }

        now.set(signed.plusSeconds(15 * 60));
        store.deliverLate(0);
        now.set(signed.plusSeconds(15 * 60 + 1));
        assertThat(store.isLate("b")).isFalse();
        store.deliverLate(0);

        assertThat(store.objects()).containsOnlyKeys("a");
    }

    @ParameterizedTest
    @CsvSource({"NONE,         \"1\", two", "WITHOUT_ETAG,      , two", "SWALLOWED,         , "})
    void lyingStore_answersWithSuccess(Fault fault, @Nullable String etag, @Nullable String contents) {
        s3.plan(call -> fault);

        assertThat(put("a", "two", request -> request.ifNoneMatch("*"))).isEqualTo(etag);

        byte[] there = s3.objects().get("a");
        assertThat(there == null ? null : new String(there, UTF_8)).isEqualTo(contents);
    }

    @Test
    void lyingStore_findsWhateverIsAskedForByHead() {
        s3.plan(call -> Fault.FOUND);

        assertThat(client.headObject(head -> head.bucket("b").key("a")).contentLength())
                .isZero();
        assertThat(s3.objects()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"NONE, true", "WITHOUT_DATE, false"})
    void answer_tellsTheStoresTime(Fault fault, boolean dated) {
        put("a", "one", request -> {});
        s3.plan(call -> fault);

        GetObjectResponse answer =
                client.getObjectAsBytes(get -> get.bucket("b").key("a")).response();

        assertThat(answer.sdkHttpResponse().firstMatchingHeader("Date").isPresent())
                .isEqualTo(dated);
        assertThat(answer.lastModified()).isNotNull();
    }

    @Test
    void objects_areListedByTheirPrefix_andDeleted() {
        put("a/1", "one", request -> {});
        put("a/2", "two", request -> {});
        put("b/1", "three", request -> {});

        client.deleteObject(delete -> delete.bucket("b").key("a/1"));

        assertThat(client.listObjectsV2(list -> list.bucket("b").prefix("a/")).contents())
                .extracting(S3Object::key)
                .containsExactly("a/2");
        assertThat(s3.objects()).containsOnlyKeys("a/2", "b/1");
    }

    private void assertRefused(String contents, Consumer<PutObjectRequest.Builder> condition) {
        assertThatThrownBy(() -> put("a", contents, condition))
                .isInstanceOfSatisfying(
                        S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
    }

    private String put(String key, String contents, Consumer<PutObjectRequest.Builder> condition) {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder().bucket("b").key(key);
        condition.accept(request);
        return client.putObject(request.build(), RequestBody.fromString(contents))
                .eTag();
    }
}
