// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

/** A first window could not be written soon enough after it was opened; nothing of it is stored, and it is opened anew. */
public final class WindowTooLateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WindowTooLateException() {
        super("The first window could not be written within 5 minutes of its opening; it is opened anew.");
    }
}
