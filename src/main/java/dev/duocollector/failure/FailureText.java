// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.failure;

import dev.duocollector.text.PhoneNumbers;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What may be said of an exception: neither secrets nor phone numbers. */
public final class FailureText {

    private static final int MESSAGE_CHARS_MAX = 300;

    private static final Pattern QUERY_OF_URL = Pattern.compile("(https?://[^\\s?]+)\\?\\S+");
    private static final Pattern CREDENTIALS_IN_URL = Pattern.compile("(https?://)[^\\s/@]+@");

    /** Those of people in Duo's logs; not what stands before a host in a URL, which is masked as credentials. */
    private static final Pattern EMAIL =
            Pattern.compile("[\\p{L}\\p{Nd}._%+'-]+@[\\p{L}\\p{Nd}-]+(?:\\.[\\p{L}\\p{Nd}-]+)+");

    private FailureText() {}

    /** One line on a failure for a log: what it is, without anything that could be secret or personal. */
    public static String brief(Throwable failure) {
        String message =
                masked(String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
        if (message.length() > MESSAGE_CHARS_MAX) {
            message = message.substring(0, MESSAGE_CHARS_MAX) + "…";
        }
        return failure.getClass().getSimpleName() + (failure.getMessage() == null ? "" : ": " + message);
    }

    /** Returns a text without phone numbers and e-mail addresses, and URLs without what could be secret. */
    public static String masked(String text) {
        String withoutQueries = CREDENTIALS_IN_URL
                .matcher(QUERY_OF_URL.matcher(text).replaceAll("$1?…"))
                .replaceAll("$1…@");
        return PhoneNumbers.masked(EMAIL.matcher(withoutQueries).replaceAll(PhoneNumbers.MASK));
    }

    /** Returns the outermost exception of the type, the failure itself or a cause. */
    public static <T extends Throwable> Optional<T> causeOf(Throwable failure, Class<T> type) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }
}
