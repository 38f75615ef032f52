// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.failure;

public enum RunOutcome {
    /** The window is read to its end, or there was nothing to read yet. */
    DONE(0),
    /** The bound on pages was reached; the next run continues. */
    MORE(1),
    /** The program was asked to stop; everything read is in the bucket. */
    STOPPED(0),
    /** Duo kept saying "too many requests"; the next run continues. */
    BEHIND(1),
    /** Another collector owns the checkpoint. */
    OWNED(1),
    /** A batch of an earlier run was found neither in the bucket nor whole at Duo's; it stays pending. */
    PENDING(1),
    /** Something failed that may well work later. */
    FAILED(1),
    /** Needs an operator first. */
    OPERATOR(2);

    private final int exitCode;

    RunOutcome(int exitCode) {
        this.exitCode = exitCode;
    }

    /** What {@code once} exits with. */
    public int exitCode() {
        return exitCode;
    }
}
