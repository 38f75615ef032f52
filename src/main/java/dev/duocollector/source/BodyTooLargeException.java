// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.io.IOException;

/** An answer whose body is larger than one page of events can be; a retry would bring the same, so nothing retries it. */
public final class BodyTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Makes the exception for a body of more than {@code bodyBytesMax} bytes. */
    BodyTooLargeException(long bodyBytesMax) {
        super("Duo's answer is larger than " + bodyBytesMax + " bytes, the most that is read ("
                + DuoHttpClientConfigurer.BODY_BYTES_MAX + ", or an eighth of the heap if that is less)."
                + " Check that duo.base-url is Duo; if it is, lower duo.page.size or raise -Xmx.");
    }
}
