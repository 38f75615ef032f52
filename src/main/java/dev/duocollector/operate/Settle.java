// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.operate;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.S3OperationException;
import dev.duocollector.sink.WriteFence;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.StateSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Says of a pending batch what no run can know: that its events are where they belong, or that they must be read again. An
 * operator decides it where the object under the batch's key is not whole, or the batch cannot be found.
 */
public final class Settle {

    private Settle() {}

    /**
     * Has the batch count as stored, whatever is under its keys: its events are known from now on.
     *
     * @throws RefusedException if the state is refused or no batch is pending
     */
    public static StatePlan stored(StateSnapshot before) {
        Checkpoint checkpoint = readable(before);
        Batch pending = pending(before, checkpoint);
        Map<String, Instant> seen = new HashMap<>(before.eventKeys());
        seen.putAll(pending.eventKeys());
        List<String> says = new ArrayList<>();
        says.add("Counts as stored: the batch " + pending
                + ". Its events are never read again, so be sure that they are in the"
                + " bucket, or where a feed has taken them.");
        if (pending.isUdmWanted()) {
            says.add("Not made: its UDM events, unless they are at " + pending.udmKey()
                    + " already; the command udm makes them from the object.");
        }
        return new StatePlan(checkpoint.advanced(pending.cursorAfter()), seen, says);
    }

    /**
     * Has the batch's page read as if new.
     *
     * @throws RefusedException if the state is refused, no batch is pending, anything is under one of its keys, or a write of
     *     it may still arrive
     * @throws S3OperationException if S3 refuses to answer, or cannot be reached
     */
    public static StatePlan missing(StateSnapshot before, S3Client s3, Settings settings) {
        Checkpoint checkpoint = readable(before);
        Batch pending = pending(before, checkpoint);
        refuseIfThere(s3, settings.account().bucket(), pending.objectKey());
        if (pending.isUdmWanted()) {
            refuseIfThere(s3, settings.account().bucket(), pending.udmKey());
        }
        refuseWhileAWriteMayArrive(before);
        return new StatePlan(
                checkpoint.forgotten(),
                before.eventKeys(),
                List.of("Read again: the page of the batch " + pending
                        + ". What Duo still shows of it is stored as a new batch."));
    }

    private static Checkpoint readable(StateSnapshot before) {
        if (before.refusal().isPresent()) {
            throw RefusedException.operator(before.refusalMessage());
        }
        return before.checkpoint().orElseThrow(() -> nothingPending(before));
    }

    private static Batch pending(StateSnapshot before, Checkpoint checkpoint) {
        return checkpoint.pendingBatch().orElseThrow(() -> nothingPending(before));
    }

    private static RefusedException nothingPending(StateSnapshot before) {
        return RefusedException.operator("No batch is pending in " + before + ": there is nothing to settle.");
    }

    private static void refuseIfThere(S3Client s3, String bucket, String key) {
        try {
            s3.headObject(head -> head.bucket(bucket).key(key));
        } catch (S3Exception | SdkClientException e) {
            if (e instanceof S3Exception answer && answer.statusCode() == 404) {
                return;
            }
            throw new S3OperationException("s3:GetObject", bucket, key, e);
        }
        throw RefusedException.operator(
                "s3://" + bucket + "/" + key + " is there, so its events would be stored a second time. Move it"
                        + " out of the prefix first, or, if it has all that is wanted, use --stored.");
    }

    /** Refuses to take a pending batch for missing as long as S3 may take a late write of it, or if that cannot be told. */
    static void refuseWhileAWriteMayArrive(StateSnapshot before) {
        Duration age = before.age()
                .orElseThrow(() -> RefusedException.operator("S3 does not say how old " + before
                        + " is (its answer has no Date), so a write of the batch may still arrive. Have the answer pass with"
                        + " its Date, or, if the batch is in the bucket, use state settle --stored."));
        if (age.compareTo(WriteFence.WRITES_OVER_AFTER) < 0) {
            throw RefusedException.operator("The state was written " + Times.text(age)
                    + " ago, and a write of the batch may still arrive until it is "
                    + Times.text(WriteFence.WRITES_OVER_AFTER) + " old. Stop every collector and try again then.");
        }
    }
}
