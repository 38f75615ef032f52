// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;

/**
 * A state that this program must not continue from: unreadable, of a version or an account that it does not know, or from the
 * future. Taking it for "no state" would read days again or skip some, so the run stops and an operator decides.
 */
public final class StateRefusedException extends RefusedException {

    private static final long serialVersionUID = 1L;

    /** Why a state is refused; it decides what may be done about it. */
    public enum Reason {
        /** Somebody wrote or truncated it: it may be replaced. */
        DAMAGED,
        /** A newer program wrote it, and knows what it means. */
        NEWER,
        /** It is another account's, which needs it. */
        FOREIGN,
        /**
         * A batch is pending under a prefix that the settings do not name: only a run under that prefix can find out what
         * became of it.
         */
        PREFIX,
        /** It is from the future: a clock is or was wrong. It may be replaced once this machine's is right. */
        AHEAD
    }

    private final Reason reason;

    public StateRefusedException(Reason reason, String message) {
        super(RunOutcome.OPERATOR, message);
        this.reason = reason;
    }

    public StateRefusedException(Reason reason, String message, Throwable cause) {
        super(RunOutcome.OPERATOR, message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
