// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.io.IOException;

/** A proxy that does not make the connection it was asked for with CONNECT: its answer is not Duo's, whatever it says. */
public final class ProxyRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int statusCode;

    public ProxyRefusedException(int statusCode) {
        super("The proxy answered HTTP " + statusCode + " to CONNECT");
        this.statusCode = statusCode;
    }

    public int statusCode() {
        return statusCode;
    }
}
