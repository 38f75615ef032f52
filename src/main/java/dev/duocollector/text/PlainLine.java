// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A text from outside, such as a server's answer or a file's name, as a part of one line of ours. What could begin a line of
 * its own, steer a terminal or turn the order of writing is spelled out: {@code \n}, {@code \u001b}, {@code \u202e}.
 */
public final class PlainLine {

    private PlainLine() {}

    /** Returns the text without any control, format or unassigned character, line separator or lone surrogate; null is "". */
    public static String of(@Nullable String text) {
        if (text == null || text.codePoints().allMatch(PlainLine::isPlain)) {
            return text == null ? "" : text;
        }
        StringBuilder plain = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(point -> {
            if (isPlain(point)) {
                plain.appendCodePoint(point);
            } else {
                plain.append(spelled(point));
            }
        });
        return plain.toString();
    }

    private static String spelled(int point) {
        return switch (point) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> String.format(Locale.ROOT, point > 0xffff ? "\\U%08x" : "\\u%04x", point);
        };
    }

    /** Whether a character only shows itself. */
    public static boolean isPlain(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
