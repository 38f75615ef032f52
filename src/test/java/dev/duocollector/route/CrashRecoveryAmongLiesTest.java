// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.route.CrashStory.Aftermath;
import dev.duocollector.route.CrashStory.Output;
import dev.duocollector.run.RunTime;
import dev.duocollector.testing.Nightly;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@link CrashRecoveryTest}, with a store, a Duo or a clock that says what is not so while a request fails. */
class CrashRecoveryAmongLiesTest {

    /** The objects of events that the story stores without a failure, less a little. */
    private static final int OBJECTS_MIN = 5;

    /**
     * A store that says what is not so. Where that cannot be known for a lie, the run calls an operator, who moves away the object
     * that its line names.
     */
    @ParameterizedTest
    @CsvSource({
        "STORE_EMPTY,         DIES,  GZIP_AND_UDM",
        "STORE_CUT,           DIES,  EVENTS",
        "ANSWER_412,          LIVES, EVENTS_AND_UDM",
        "SWALLOW,             LIVES, EVENTS",
        "SWALLOW,             DIES,  GZIP_AND_UDM",
        "ANSWER_WITHOUT_ETAG, LIVES, EVENTS_AND_UDM"
    })
    void everyEventOnce_whateverTheStoreSaysOfAnObject(Fault fault, Aftermath aftermath, Output output) {
        assertEveryEventOnce_whateverTheStoreSaysOfAnObject(fault, aftermath, output);
    }

    @Nightly
    @ParameterizedTest
    @CsvSource({
        "STORE_EMPTY, DIES, EVENTS",
        "STORE_CUT, DIES, GZIP_AND_UDM",
        "ANSWER_412, LIVES, EVENTS",
        "ANSWER_WITHOUT_ETAG, DIES, EVENTS"
    })
    void everyEventOnce_whateverTheStoreSaysOfAnObject_inFurtherWays(Fault fault, Aftermath aftermath, Output output) {
        assertEveryEventOnce_whateverTheStoreSaysOfAnObject(fault, aftermath, output);
    }

    private static void assertEveryEventOnce_whateverTheStoreSaysOfAnObject(
            Fault fault, Aftermath aftermath, Output output) {
        int positions = CrashStory.everyPosition(
                output,
                story -> story.world.s3Proxy,
                request -> request.isWrite() && !World.isState(request),
                fault,
                FaultPlan.Tries.FIRST,
                aftermath);

        assertThat(positions).as("objects that the store lied about").isGreaterThanOrEqualTo(OBJECTS_MIN);
    }

    @Test
    void everyEventOnce_whereverAnS3WriteFails_andTheStoreFindsEverything() {
        assertEveryEventOnce_whereverAnS3WriteFails_andTheStoreFindsEverything(Output.GZIP_AND_UDM);
    }

    @Nightly
    @Test
    void everyEventOnce_whereverAnS3WriteFails_andTheStoreFindsEverything_ofEventsAlone() {
        assertEveryEventOnce_whereverAnS3WriteFails_andTheStoreFindsEverything(Output.EVENTS);
    }

    private static void assertEveryEventOnce_whereverAnS3WriteFails_andTheStoreFindsEverything(Output output) {
        int positions = CrashStory.everyPosition(
                story -> story.afterwards(request -> request.method().equals("HEAD"), Fault.ANSWER_FOUND),
                output,
                story -> story.world.s3Proxy,
                ProxiedRequest::isWrite,
                Fault.DROP_BEFORE,
                FaultPlan.Tries.ALL,
                Aftermath.DIES);

        assertThat(positions).isGreaterThanOrEqualTo(output.s3WritesMin);
    }

    /** The first answer to a recovery is short, once: it holds nothing, or lacks its first event. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyEventOnce_whereverAnS3WriteFails_andARecoverysAnswerIsShort(boolean empty) {
        assertEveryEventOnce_whereverAnS3WriteFails_andARecoverysAnswerIsShort(empty, Output.EVENTS);
    }

    @Nightly
    @Test
    void everyEventOnce_whereverAnS3WriteFails_andARecoverysAnswerIsShort_withUdm() {
        assertEveryEventOnce_whereverAnS3WriteFails_andARecoverysAnswerIsShort(true, Output.GZIP_AND_UDM);
    }

    private static void assertEveryEventOnce_whereverAnS3WriteFails_andARecoverysAnswerIsShort(
            boolean empty, Output output) {
        AtomicInteger shortened = new AtomicInteger();
        int positions = CrashStory.everyPosition(
                story -> story.shortenRecoveries(empty, shortened),
                output,
                story -> story.world.s3Proxy,
                ProxiedRequest::isWrite,
                Fault.DROP_BEFORE,
                FaultPlan.Tries.ALL,
                Aftermath.DIES);

        assertThat(positions).isGreaterThanOrEqualTo(output.s3WritesMin);
        assertThat(shortened.get()).as("short answers").isGreaterThanOrEqualTo(OBJECTS_MIN);
    }

    /**
     * The machine's clock is set in the middle of a run, at each request to S3, or between that run and the next one, and set
     * right once an operator is called.
     */
    @ParameterizedTest
    @CsvSource({"-PT1H, LIVES, EVENTS", "P200D, LIVES, EVENTS", "-P200D, DIES, EVENTS"})
    void everyEventOnce_whereverTheClockJumps(Duration jump, Aftermath aftermath, Output output) {
        assertEveryEventOnce_whereverTheClockJumps(jump, aftermath, output);
    }

    @Nightly
    @ParameterizedTest
    @CsvSource({"PT3M, LIVES, EVENTS", "PT1H, LIVES, EVENTS", "PT1H, DIES, GZIP_AND_UDM", "P200D, LIVES, GZIP_AND_UDM"})
    void everyEventOnce_whereverTheClockJumps_inFurtherWays(Duration jump, Aftermath aftermath, Output output) {
        assertEveryEventOnce_whereverTheClockJumps(jump, aftermath, output);
    }

    private static void assertEveryEventOnce_whereverTheClockJumps(Duration jump, Aftermath aftermath, Output output) {
        AtomicInteger refused = new AtomicInteger();
        int positions = CrashStory.everyPosition(
                story -> story.jump(jump, aftermath, refused),
                output,
                story -> story.world.s3Proxy,
                ProxiedRequest::isWrite,
                Fault.DROP_BEFORE,
                FaultPlan.Tries.ALL,
                aftermath);

        assertThat(positions).isGreaterThanOrEqualTo(output.s3WritesMin);
        assertThat(refused.get() > 0)
                .as("runs refused for their clock")
                .isEqualTo(jump.abs().compareTo(RunTime.APART_MAX) > 0);
    }
}
