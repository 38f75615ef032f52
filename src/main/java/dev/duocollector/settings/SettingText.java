// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What no setting's text may hold, reported without the text: it may be a key. Each flaw is the rest of a sentence about it. */
final class SettingText {

    private static final int REPLACEMENT = 0xFFFD;

    /** Persian and Indian words have these two, and some emoji. */
    private static final String JOINERS = "\u200C\u200D";

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_./+-]+");
    private static final Pattern QUOTES = Pattern.compile("[\"'`\u2018-\u201F\u00AB\u00BB]");

    /** A whole line of an environment's or settings' file instead of the value. */
    private static final Pattern ASSIGNMENT = Pattern.compile(
            "(?:(?:export|set|Environment)[ =]\\s*)?[\"']?(\\$?[A-Za-z_.: -]*(?:key|secret))\\s*[=:].*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private SettingText() {}

    /** Returns why a value cannot be what its operator sees; empty if it can. */
    static String flaw(String value) {
        if (isUtf8ReadAsLatin1(value)) {
            return "was saved as UTF-8 and read as ISO-8859-1, as Java applications often do: write each letter that is not"
                    + " ASCII as \\uXXXX";
        }
        for (int i = 0; i < value.length(); i += Character.charCount(value.codePointAt(i))) {
            int character = value.codePointAt(i);
            if (character == REPLACEMENT || Character.getType(character) == Character.SURROGATE) {
                return "has a character that could not be decoded (" + name(character)
                        + "): start with LANG=C.UTF-8, for the environment is read in that encoding, and save files as UTF-8";
            }
            if (isInvisible(character)) {
                return "has an invisible character (" + name(character) + "): write it again without it";
            }
        }
        return "";
    }

    /** Returns why a text is not a key of Duo's; empty if it may be one. */
    static String keyFlaw(String key) {
        if (!flaw(key).isEmpty()) {
            return flaw(key);
        }
        Matcher assignment = ASSIGNMENT.matcher(key);
        if (assignment.matches()) {
            return "begins with " + assignment.group(1) + "=: write the key alone";
        }
        if (QUOTES.matcher(key).find()) {
            return "has quotation marks in it: write the key without them";
        }
        if (key.chars().anyMatch(Character::isWhitespace)) {
            return "has a blank or a line break in it: write the key alone";
        }
        return KEY.matcher(key).matches() ? "" : "has a character that no key of Duo's has: copy the key again";
    }

    /** An application around the collector reads its own settings, and may turn a prefix into another one. */
    private static boolean isUtf8ReadAsLatin1(String value) {
        if (value.chars().allMatch(character -> character < 0x80)
                || !StandardCharsets.ISO_8859_1.newEncoder().canEncode(value)) {
            return false;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static boolean isInvisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            case Character.FORMAT -> JOINERS.indexOf(character) < 0;
            case Character.SPACE_SEPARATOR -> character != ' ';
            default -> false;
        };
    }

    private static String name(int character) {
        return String.format(Locale.ROOT, "U+%04X", character);
    }
}
