// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.io.IOException;

/** An answer that holds more than a page of events can; a retry would get the same, so it is not retried. */
public final class AnswerTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    private AnswerTooLargeException(String message) {
        super(message);
    }

    static AnswerTooLargeException body(int bodyBytesMax) {
        return new AnswerTooLargeException("Duo's answer is larger than " + bodyBytesMax
                + " bytes, the most that is read (64 MiB, or an eighth of the"
                + " heap). Check that duo.base-url leads to Duo; if it does, give the JVM more memory with -Xmx.");
    }

    /** Makes the exception for a head with a line or a number of lines beyond what is read. */
    static AnswerTooLargeException head(int lineBytesMax, int headersMax) {
        return new AnswerTooLargeException("Duo's answer has a header line of more than " + lineBytesMax
                + " bytes, or more than " + headersMax
                + " headers; no more is read. Check that duo.base-url leads to Duo, and what duo.proxy adds.");
    }

    static AnswerTooLargeException items(int limit) {
        return new AnswerTooLargeException("Duo's answer has more than the " + limit
                + " events that were asked for, so the rest of it is not read. Check that duo.base-url leads to Duo.");
    }

    /** Makes the exception for JSON with a part that no page has. */
    static AnswerTooLargeException part() {
        return new AnswerTooLargeException(
                "Duo's answer holds deeper parts or a longer text than a page of events can, so the"
                        + " rest of it is not read. Check that duo.base-url leads to Duo.");
    }

    /** Makes the exception for JSON with more parts than a heap of this size has room for. */
    static AnswerTooLargeException parts(long partsMax) {
        return new AnswerTooLargeException("Duo's answer has more than " + partsMax
                + " parts (names, values, brackets), the most that is read (500000, or one for each 256 bytes of the heap)."
                + " Check that duo.base-url leads to Duo; if it does, give the JVM more memory with -Xmx.");
    }
}
