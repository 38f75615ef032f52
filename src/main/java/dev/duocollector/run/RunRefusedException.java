// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RunOutcome;

/** A run may not go on, for a reason that its message gives whole: what was seen, and what to do. */
public final class RunRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final RunOutcome outcome;

    /** @param outcome {@code FAILED} if it may pass by itself, {@code OPERATOR} if somebody must act */
    public RunRefusedException(RunOutcome outcome, String message) {
        super(message);
        this.outcome = outcome;
    }

    public RunOutcome outcome() {
        return outcome;
    }
}
