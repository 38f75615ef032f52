// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

/** Pages that do not follow from one another: an offset that comes back, or an event far behind those already read. */
public final class DuoOrderException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DuoOrderException(String message) {
        super(message);
    }
}
