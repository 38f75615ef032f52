// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.io.IOException;

/** A 200 with a body that is not a page of Duo's telephony log; like a cut connection, it is worth another try. */
public final class MalformedPageException extends IOException {

    private static final long serialVersionUID = 1L;

    MalformedPageException(String flaw, int bodyBytes) {
        super("Duo's answer is not a page of its telephony log: " + flaw + " (" + bodyBytes
                + " bytes). If this lasts, see what answers instead of Duo: a proxy, a login page");
    }
}
