// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.sink.WriteFence;
import dev.duocollector.state.Batch;

/** A pending batch was found neither in the bucket nor whole at Duo's, which proves nothing yet. */
final class BatchMissedException extends Exception {

    private static final long serialVersionUID = 1L;

    BatchMissedException(int missing, Batch batch, boolean dated) {
        super("The batch of " + batch + ", which an earlier run declared, is not in the bucket, and Duo's answer lacks "
                + missing
                + " of its events. It stays pending, and nothing is stored in its place; the next run looks again"
                + (dated
                        ? ", and forgets it " + WriteFence.WRITES_OVER_AFTER.toMinutes()
                                + " minutes after it was declared or first missed."
                        : ". Whether a write of it may still arrive cannot be told (S3's clock is not known, or the bean s3Client has no"
                                + " WriteFence), so it is never forgotten: run 'state settle' if this lasts."));
    }
}
