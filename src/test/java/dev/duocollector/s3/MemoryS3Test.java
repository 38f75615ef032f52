// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.s3.MemoryS3.Fault;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

class MemoryS3Test {

    private final MemoryS3 s3 = new MemoryS3();

    @Test
    void object_isReadAsWritten() {
        String etag = put("a", "one", request -> {});

        assertThat(s3.getObjectAsBytes(get -> get.bucket("b").key("a")).asUtf8String())
                .isEqualTo("one");
        assertThat(s3.headObject(head -> head.bucket("b").key("a")).eTag()).isEqualTo(etag);
        assertThatThrownBy(() -> s3.headObject(head -> head.bucket("b").key("c")))
                .isInstanceOf(NoSuchKeyException.class);
        assertThatThrownBy(() -> s3.getObjectAsBytes(get -> get.bucket("b").key("c")))
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

    private void assertRefused(String contents, Consumer<PutObjectRequest.Builder> condition) {
        assertThatThrownBy(() -> put("a", contents, condition))
                .isInstanceOfSatisfying(
                        S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
    }

    private String put(String key, String contents, Consumer<PutObjectRequest.Builder> condition) {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder().bucket("b").key(key);
        condition.accept(request);
        return s3.putObject(request.build(), RequestBody.fromString(contents)).eTag();
    }
}
