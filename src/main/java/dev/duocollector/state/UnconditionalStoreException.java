// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

/**
 * The S3 store does not keep to conditional writes, which everything rests on: with two collectors, or a write that arrives
 * late, it would lose or double events.
 */
public final class UnconditionalStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnconditionalStoreException(String message) {
        super(message);
    }
}
