// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

/**
 * Duo's {@code next_offset}: where the next page begins. It is opaque; for the telephony log it has been seen as
 * {@code 1666714065304,5bf1a860-fe39-49e3-be29-217659663a74}.
 *
 * @param wire the text that goes into the request's parameter; of the array form that other logs of Duo have, the elements
 *     joined by a comma, which is how duo_log_sync sends it. The state stores this text.
 */
public record Offset(String wire) {

    public Offset {
        if (wire.isEmpty()) {
            throw new IllegalArgumentException(
                    "an offset must not be empty: Duo's empty next_offset means no further page");
        }
    }

    @Override
    public String toString() {
        return wire;
    }
}
