// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import java.util.Locale;

/** Says how many of something there are. Nouns are given in the singular, and get an s for any number but 1. */
public final class Count {

    private Count() {}

    /** {@code 1 page}, {@code 1204 pages}. */
    public static String of(long number, String noun) {
        return number + " " + plural(number, noun);
    }

    /** {@code 1 page}, {@code 1,204 pages}. */
    public static String grouped(long number, String noun) {
        return String.format(Locale.ROOT, "%,d %s", number, plural(number, noun));
    }

    private static String plural(long number, String noun) {
        return number == 1 ? noun : noun + "s";
    }
}
