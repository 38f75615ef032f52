// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.route.CrashStory.Aftermath;
import dev.duocollector.route.CrashStory.Output;
import dev.duocollector.testing.Nightly;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The test of the guarantee: whatever single request fails, and wherever the process dies, every event is in the bucket
 * exactly once after a restart. The shipped routes run over HTTP against a strict Duo and a real S3 server, with a proxy
 * before each that fails the n-th request, <em>for every n</em> until the story is through without a failure. The bucket is
 * read back over S3 and compared as multisets. What lies, beside what fails, is {@link CrashRecoveryAmongLiesTest}'s matter.
 */
class CrashRecoveryTest {

    /** What the story asks of Duo without a failure, less a little: a loop below must not end early for another reason. */
    private static final int DUO_CALLS_MIN = 8;

    @ParameterizedTest
    @CsvSource({
        "DROP_BEFORE, ALL, LIVES, EVENTS",
        "DROP_AFTER, ALL, LIVES, EVENTS",
        "ANSWER_500_AFTER, FIRST, LIVES, EVENTS",
        "ANSWER_503, ALL, LIVES, EVENTS",
        "DROP_BEFORE, ALL, DIES, EVENTS",
        "DROP_AFTER, FIRST, LIVES, EVENTS_AND_UDM",
        "DROP_AFTER, ALL, DIES, EVENTS_AND_UDM"
    })
    void everyEventOnce_whereverAnS3WriteFails(Fault fault, FaultPlan.Tries tries, Aftermath aftermath, Output output) {
        assertEveryEventOnce_whereverAnS3WriteFails(fault, tries, aftermath, output);
    }

    @Nightly
    @ParameterizedTest
    @CsvSource({
        "DROP_AFTER, FIRST, LIVES, EVENTS",
        "DROP_AFTER, ALL, DIES, EVENTS",
        "DROP_BEFORE, ALL, LIVES, EVENTS_AND_UDM",
        "DROP_BEFORE, ALL, DIES, EVENTS_AND_UDM"
    })
    void everyEventOnce_whereverAnS3WriteFails_inFurtherWays(
            Fault fault, FaultPlan.Tries tries, Aftermath aftermath, Output output) {
        assertEveryEventOnce_whereverAnS3WriteFails(fault, tries, aftermath, output);
    }

    private static void assertEveryEventOnce_whereverAnS3WriteFails(
            Fault fault, FaultPlan.Tries tries, Aftermath aftermath, Output output) {
        int positions = CrashStory.everyPosition(
                output, story -> story.world.s3Proxy, ProxiedRequest::isWrite, fault, tries, aftermath);

        assertThat(positions).as("S3 writes that failed").isGreaterThanOrEqualTo(output.s3WritesMin);
    }

    @Test
    void everyEventOnce_whereverAnS3WriteArrivesLate() {
        assertEveryEventOnce_whereverAnS3WriteArrivesLate(Output.EVENTS_AND_UDM);
    }

    @Nightly
    @Test
    void everyEventOnce_whereverAnS3WriteArrivesLate_ofEventsAlone() {
        assertEveryEventOnce_whereverAnS3WriteArrivesLate(Output.EVENTS);
    }

    private static void assertEveryEventOnce_whereverAnS3WriteArrivesLate(Output output) {
        int positions = CrashStory.everyPosition(
                output,
                story -> story.world.s3Proxy,
                ProxiedRequest::isWrite,
                Fault.DELIVER_LATE,
                FaultPlan.Tries.FIRST,
                Aftermath.LIVES);

        assertThat(positions).as("S3 writes that arrived late").isGreaterThanOrEqualTo(output.s3WritesMin);
    }

    @ParameterizedTest
    @CsvSource({"DROP_BEFORE, EVENTS", "ANSWER_403, EVENTS", "DROP_BEFORE, EVENTS_AND_UDM"})
    void everyEventOnce_whereverAnS3ReadFails(Fault fault, Output output) {
        int positions = CrashStory.everyPosition(
                output,
                story -> story.world.s3Proxy,
                request -> !request.isWrite(),
                fault,
                FaultPlan.Tries.ALL,
                Aftermath.LIVES);

        assertThat(positions).as("S3 reads that failed").isGreaterThanOrEqualTo(output.s3ReadsMin);
    }

    @ParameterizedTest
    @CsvSource({"DROP_BEFORE, LIVES", "ANSWER_503, LIVES", "ANSWER_403, LIVES", "DROP_AFTER, DIES"})
    void everyEventOnce_whereverADuoCallFails(Fault fault, Aftermath aftermath) {
        int positions = CrashStory.everyPosition(
                Output.EVENTS, story -> story.world.duoProxy, request -> true, fault, FaultPlan.Tries.FIRST, aftermath);

        assertThat(positions).as("Duo calls that failed").isGreaterThanOrEqualTo(DUO_CALLS_MIN);
    }
}
