// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

/** A query that the page does not understand; the message is one line that says what is allowed. */
final class WrongParameterException extends Exception {

    private static final long serialVersionUID = 1L;

    WrongParameterException(String message) {
        super(message);
    }
}
