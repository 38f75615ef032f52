// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

/**
 * A state that this program must not go on from: unreadable, of a version or an account that it does not know, or from the
 * future. Taking it for "no state" would read days again or skip some, so the run stops and an operator decides.
 */
public final class StateRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StateRefusedException(String message) {
        super(message);
    }

    public StateRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
