// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

/**
 * Why {@link WriteFence} has not let a write go; its batch stays pending. The cause of the SDK's exception, which is not tried
 * again.
 */
public final class LateWriteException extends Exception {

    private static final long serialVersionUID = 1L;

    LateWriteException(String reason) {
        super("The write " + reason);
    }
}
