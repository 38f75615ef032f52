// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.io.IOException;

/** An answer whose body is larger than one page of events can be; a retry would bring the same, so nothing retries it. */
public final class BodyTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception for a body of more than {@code bodyBytesMax} bytes. */
    BodyTooLargeException(int bodyBytesMax) {
        super("Duo's answer is larger than " + bodyBytesMax
                + " bytes, the most that is read (64 MiB, or an eighth of the"
                + " heap). Check that duo.base-url leads to Duo; if it does, give the JVM more memory with -Xmx.");
    }
}
