// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.settings.DuoLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The failures that only this package makes, for the tests of whoever reports them. */
public final class BodyFailures {

    private BodyFailures() {}

    public static AnswerTooLargeException tooLarge() {
        return AnswerTooLargeException.body(DuoHttpClientConfigurer.BODY_BYTES_MAX);
    }

    /** What reading an answer of this text fails with. */
    public static Exception of(String answer) {
        try {
            throw new AssertionError(
                    "a page: " + DuoPage.read(answer.getBytes(StandardCharsets.UTF_8), 1000, DuoLog.TELEPHONY));
        } catch (DuoApiException | IOException e) {
            return e;
        }
    }
}
