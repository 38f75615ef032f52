// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.failure;

import org.jspecify.annotations.Nullable;

/**
 * What was asked for is not done, or not gone on with, for a reason that the message gives whole: what was seen, and what to
 * do. A failure that callers must recognize, beyond how a run ends with it, has a type of its own.
 */
public class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final RunOutcome outcome;

    /** @param outcome how a run ends with it, and so whether it may pass by itself */
    public RefusedException(RunOutcome outcome, String message) {
        this(outcome, message, null);
    }

    public RefusedException(RunOutcome outcome, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
    }

    /** Returns one that an operator must do something about. */
    public static RefusedException operator(String message) {
        return new RefusedException(RunOutcome.OPERATOR, message);
    }

    public RunOutcome outcome() {
        return outcome;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
