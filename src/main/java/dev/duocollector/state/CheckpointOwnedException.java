// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

/**
 * Another collector has written the checkpoint since this run read it. The run ends and writes nothing more: taking the new
 * state and writing again would undo what the other one declared.
 */
public final class CheckpointOwnedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CheckpointOwnedException(String message) {
        super(message);
    }
}
