// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

/** An object under the prefix that is not what its name says. The message names it and the line, and quotes nothing of it. */
public final class UnreadableObjectException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnreadableObjectException(String message) {
        super(message);
    }

    public UnreadableObjectException(String message, Throwable cause) {
        super(message, cause);
    }
}
