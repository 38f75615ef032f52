// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.failure.FailureText;
import dev.duocollector.text.PhoneNumbers;
import dev.duocollector.text.PlainLine;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A refusal by Duo: an HTTP status other than 200, or a 200 with a {@code stat} that is not OK.
 *
 * <p>Duo's texts are cut to 200 printable characters. What could be a phone number or an e-mail address in them is masked, and
 * what could be an Authorization header or a signature, which something between may repeat. A body that is not Duo's JSON is
 * never quoted.
 */
public final class DuoApiException extends Exception {

    private static final long serialVersionUID = 1L;

    private static final int TEXT_CHARS_MAX = 200;

    /** How much of a text is looked at: masking shortens it, but never to less than the characters that are kept. */
    private static final int TEXT_CHARS_READ = 2000;

    /** Credentials of any scheme (RFC 9110, section 11.4), and digests in hexadecimal, SHA-1's or longer. */
    private static final Pattern CREDENTIALS =
            Pattern.compile("((?i:\\b(?:basic|bearer|digest))[\\s:]+)[A-Za-z0-9+/=._~-]{16,}"
                    + "|\\bDI[A-Z0-9]{18}\\b|\\p{XDigit}{40,}");

    private final int statusCode;
    private final boolean fromDuo;

    DuoApiException(int statusCode, DuoAnswer answer) {
        super(sentence(
                statusCode,
                presentable(answer.code()),
                presentable(answer.message()),
                presentable(answer.messageDetail())));
        this.statusCode = statusCode;
        this.fromDuo = answer.isDuos();
    }

    /** Reads a refusal as far as its body allows: empty, cut and HTML bodies give one without code and message. */
    public static DuoApiException fromBody(int statusCode, byte[] body) {
        return new DuoApiException(statusCode, DuoAnswer.read(body));
    }

    /** Reads a refusal like {@link #fromBody(int, byte[])}, from the text that Camel keeps of a failed call. */
    public static DuoApiException fromBody(int statusCode, @Nullable String body) {
        return fromBody(statusCode, body == null ? new byte[0] : body.getBytes(UTF_8));
    }

    /** Returns the HTTP status, 200 included. */
    public int statusCode() {
        return statusCode;
    }

    /** Tells whether the body is Duo's JSON, with a {@code stat}; a proxy that answers for Duo does not send one. */
    public boolean isFromDuo() {
        return fromDuo;
    }

    private static String sentence(
            int statusCode, @Nullable String code, @Nullable String message, @Nullable String detail) {
        return "Duo answered HTTP " + statusCode
                + (code == null || code.isEmpty() ? "" : ", code " + code)
                + (message == null ? ", without a message" : ": " + message)
                + (detail == null || detail.isBlank() ? "" : " (" + detail + ")");
    }

    private static @Nullable String presentable(@Nullable String text) {
        if (text == null) {
            return null;
        }
        StringBuilder printable = new StringBuilder();
        text.codePoints()
                .limit(TEXT_CHARS_READ)
                .map(c -> PlainLine.isPlain(c) ? c : ' ')
                .forEach(printable::appendCodePoint);
        String masked = FailureText.masked(
                CREDENTIALS.matcher(printable).replaceAll("$1" + Matcher.quoteReplacement(PhoneNumbers.MASK)));
        return masked.codePointCount(0, masked.length()) <= TEXT_CHARS_MAX
                ? masked
                : masked.substring(0, masked.offsetByCodePoints(0, TEXT_CHARS_MAX));
    }
}
