// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

/**
 * What a batch's object looks like once it is stored, as said before it is: by this an object that is there is known to be
 * whole. A batch may be declared several times, since the operator's steps may change between a run and its recovery.
 *
 * @param bytes the object's length as it goes over the wire, compressed if it is; at least 1
 * @param lines the number of its lines, at least 1
 */
public record Declaration(long bytes, int lines) {

    public Declaration {
        if (bytes < 1 || lines < 1) {
            throw new IllegalArgumentException("bytes and lines must be at least 1: were " + bytes + " and " + lines);
        }
    }
}
