// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds phone numbers in texts that are not ours, and masks them. A number is known by its form: a plus sign, the groups that
 * people write, ten digits or more on their own, or the word "phone" before it. What only looks like one is left: addresses,
 * ports, dates and times, epoch seconds, ARNs and account ids, UUIDs, object keys, counts of bytes. Seven to nine bare digits
 * are left as well, being counts more often than numbers without their area.
 */
public final class PhoneNumbers {

    /** What replaces a number. */
    public static final String MASK = "[masked]";

    /** The least that a number with its area has. */
    private static final int DIGITS_MIN = 9;

    /** What people, and those who hide something, put between digits. */
    private static final String GAP = "[\\s\\p{Z}\\p{Cf}\\p{Cc}()./\\u2010-\\u2015\\u2212-]";

    private static final String YEAR = "(?:19|20)\\d{2}";
    private static final String MONTH = "(?:0[1-9]|1[0-2])";
    private static final String DAY = "(?:0[1-9]|[12]\\d|3[01])";
    private static final String TIME = "\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,9})?)?";
    private static final String ZONE = "(?: ?(?:Z|UTC|GMT|[+-]\\d{2}:?\\d{2})(?!\\d))?";
    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d{2}|[1-9]?\\d)";

    /** Not in the middle of a word, a number, a name or a path. */
    private static final String BEGIN = "(?<![\\p{L}\\p{Nd}_./@#-])";

    private static final String PLUS = "(?<!\\p{Nd})(?:[+\\uff0b]|%2[Bb])";

    private static final String END = "(?![\\p{L}\\p{Nd}_]|[./-][\\p{L}\\p{Nd}])";

    private static final String UUID = "\\b\\p{XDigit}{8}-(?:\\p{XDigit}{4}-){3}\\p{XDigit}{12}\\b";
    private static final String IPV6 =
            "(?<![\\p{XDigit}:])(?:\\p{XDigit}{0,4}:){2,7}\\p{XDigit}{0,4}(?![\\p{XDigit}:])";

    /** What is left as it is and begins with a letter; the first that fits counts. */
    private static final String LEFT_WORD = String.join(
            "|",
            "\\barn:[\\w-]+:[^\\s\"'<>+]*",
            "\\bs3://[^\\s\"'<>+]+",
            UUID,
            IPV6,
            "(?i:\\b(?:expected|received|length|size|limit|count|total|bytes|account(?: id)?))[ :=#]{1,3}\\d{7,15}\\b");

    /** What is left as it is and begins with a digit or a sign; the first that fits counts. */
    private static final String LEFT_NUMBER = String.join(
            "|",
            UUID,
            // Dates, with a time or without.
            "(?<!\\d)" + YEAR + "(?<dash>[-/.]?)" + MONTH + "\\k<dash>" + DAY + "(?:[T _-]?(?:" + TIME
                    + "|[0-2]\\d[0-5]\\d[0-5]\\d(?:\\.\\d{1,9})?))?(?!\\d)" + ZONE,
            "(?<![\\d.])\\d{1,2}(?<stroke>[./-])\\d{1,2}\\k<stroke>" + YEAR + "(?:,? " + TIME + ")?(?!\\d)" + ZONE,
            "(?<!\\d)\\d{1,2}[ /-]\\p{L}{3,9}[ /-]" + YEAR + "(?:[: ]" + TIME + ")?(?!\\d)" + ZONE,
            "(?<![\\p{L}\\d])[+-]\\d{4,9}-\\d{2}-\\d{2}T" + TIME + ZONE,
            "(?<!\\d)" + TIME + ZONE + "(?: " + YEAR + ")?(?!\\d)",
            // IP addresses, with a port or a prefix length.
            "(?<![\\d.+])(?:" + OCTET + "\\.){3}" + OCTET + "(?::\\d{1,5}|/\\d{1,2})?(?!\\.?\\d)",
            IPV6,
            // Counts, an AWS account, seconds or finer since 1970: ten digits that begin with a 1 are not a phone
            // number.
            "(?<![+\\p{Nd}])\\d{7,15}(?= ?(?:bytes?|[KMGT]i?B|B|n?s|ms|[a-z]*events?|lines?|objects?|char(?:acter)?s)\\b)",
            BEGIN + "1\\d{9}(?:\\.\\d{1,9}|\\d{3}|\\d{6}|\\d{9})?(?![\\p{L}\\p{Nd}_])");

    /** What is masked, by its form. */
    private static final String NUMBER = String.join(
            "|",
            PLUS + "\\p{Nd}{10,15}(?!\\p{Nd})",
            PLUS + "1" + GAP + "{1,3}\\d{3}" + GAP + "{1,3}\\d{3}" + GAP + "{1,3}\\d{4}(?!\\p{Nd})",
            PLUS + GAP + "{0,2}\\p{Nd}(?:" + GAP + "{0,3}\\p{Nd}){6,17}(?!\\p{Nd})",
            BEGIN + "(?:1" + GAP + "{1,3})?\\(?[2-9]\\d{2}\\)?" + GAP + "{1,3}\\d{3}" + GAP + "{1,3}\\d{4}"
                    + "(?: ?(?:x|ext\\.?) ?\\d{1,6})?" + END,
            BEGIN + "\\(\\d{2,5}\\)" + GAP + "{0,2}\\d{2,}(?:" + GAP + "{1,2}\\d{2,}){0,3}" + END,
            BEGIN + "0(?!00)\\d{1,5}(?:" + GAP + "{1,3}\\d{2,8}){1,4}" + END,
            BEGIN + "\\d{1,3}(?:-\\d{2,4}){3}" + END,
            BEGIN + "(?!000)\\p{Nd}{10,15}" + END);

    /** With the word before it, seven digits are enough. */
    private static final String NAMED =
            "(?<word>(?i:\\b(?:tele)?phone|\\b(?:mobile|cell|tel|msisdn))(?i:[ _-]?n(?:umber|o\\.?))?"
                    + "[\"']?\\s?[:=#]?\\s?[\"']?)(?<named>\\(?\\p{Nd}(?:" + GAP
                    + "{0,3}\\p{Nd}){6,17})(?![\\p{L}\\p{Nd}_])";

    /** Most places in a text are the beginning of neither a word nor a number, and are passed at once. */
    private static final Pattern ANY = Pattern.compile("(?=\\b[A-Za-z]|(?<![\\p{XDigit}:])[A-Fa-f])(?:" + LEFT_WORD
            + "|" + NAMED + ")|(?=[\\p{Nd}+\\uff0b%(:-])(?:" + LEFT_NUMBER + "|(?<number>" + NUMBER + "))");

    private PhoneNumbers() {}

    /** Returns the text with {@value #MASK} in place of each phone number. */
    public static String masked(String text) {
        Matcher found = ANY.matcher(text);
        StringBuilder masked = new StringBuilder(text.length());
        while (found.find()) {
            found.appendReplacement(masked, Matcher.quoteReplacement(masked(found)));
        }
        return found.appendTail(masked).toString();
    }

    private static String masked(Matcher found) {
        if (found.group("named") != null) {
            return found.group("word") + MASK;
        }
        String number = found.group("number");
        return number != null && isLongEnough(number) ? MASK : found.group();
    }

    /** A number behind a plus sign may be shorter: it has its country. */
    private static boolean isLongEnough(String number) {
        boolean bare = Character.isDigit(number.codePointAt(0)) || number.charAt(0) == '(';
        long digits = number.codePoints().filter(Character::isDigit).count();
        return !bare || digits >= DIGITS_MIN;
    }
}
