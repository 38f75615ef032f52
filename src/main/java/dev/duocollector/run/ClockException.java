// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import java.time.Duration;
import java.time.Instant;

/** The local clock and S3's are too far apart for either to be believed: nothing may be opened, raised or given up. */
public final class ClockException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClockException(Instant local, Instant s3) {
        super("This machine's clock says " + local + " and S3's says " + s3 + ", "
                + Duration.between(s3, local).abs().toSeconds() + " s "
                + (local.isBefore(s3) ? "later" : "earlier") + "; up to "
                + RunTime.APART_MAX.toSeconds()
                + " s are allowed. Nothing was read or written. Set this machine's clock right;"
                + " if the store's own clock is wrong, set it right or set s3.clock=ignore.");
    }
}
