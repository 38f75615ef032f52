// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Says how many of something there are, or which. Nouns are given in the singular, and get an s for any number but 1. */
public final class Count {

    private static final int NAMED_MAX = 10;

    private Count() {}

    /** {@code 1 page}, {@code 1204 pages}. */
    public static String of(long number, String noun) {
        return number + " " + plural(number, noun);
    }

    /** {@code 1 page}, {@code 1,204 pages}. */
    public static String grouped(long number, String noun) {
        return String.format(Locale.ROOT, "%,d %s", number, plural(number, noun));
    }

    /** {@code acme, globex and 3 more}: ten names at most, with {@code between} between them. */
    public static String names(List<String> names, String between) {
        return names.stream().limit(NAMED_MAX).collect(Collectors.joining(between))
                + (names.size() > NAMED_MAX ? " and " + (names.size() - NAMED_MAX) + " more" : "");
    }

    private static String plural(long number, String noun) {
        return number == 1 ? noun : noun + "s";
    }
}
