// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Makes JSON events that no one would think of, the same for the same seed. */
public final class RandomJson {

    private static final String[] NUMBERS = {
        "0",
        "-0",
        "1",
        "-17",
        "2147483648",
        "12345678901234567890",
        "2.50",
        "1.0",
        "-0.0",
        "1E+2",
        "1e5",
        "0.0000001",
        "1e-999"
    };
    private static final String[] LITERALS = {"true", "false", "null"};
    private static final int[] CODE_POINTS = {
        'a', 'I', ' ', '"', '\\', '/', '\n', 0x01, 0x7f, 0xe9, 0x131, 0x2028, 0xfffd, 0xd83d, 0xde00, 0x1f600
    };

    private final Random random;

    private RandomJson(Random random) {
        this.random = random;
    }

    /** One event in two layouts, which differ in the order of members, in blanks and in escapes. */
    public record Layouts(String one, String other) {}

    public static Layouts event(Random random) {
        RandomJson json = new RandomJson(random);
        return json.object(0, "m" + random.nextInt());
    }

    private Layouts value(int depth) {
        return switch (random.nextInt(depth > 3 ? 3 : 5)) {
            case 0 -> scalar(NUMBERS[random.nextInt(NUMBERS.length)]);
            case 1 -> scalar(LITERALS[random.nextInt(LITERALS.length)]);
            case 2 -> text("");
            case 3 -> object(depth + 1, "");
            default -> array(depth + 1);
        };
    }

    private Layouts object(int depth, String unlikeAnyOther) {
        List<String> one = new ArrayList<>();
        List<String> other = new ArrayList<>();
        int members = random.nextInt(8) + (unlikeAnyOther.isEmpty() ? 0 : 1);
        for (int i = 0; i < members; i++) {
            // Members of one name must keep their order, so there are none here.
            Layouts name = text(i + unlikeAnyOther);
            Layouts value = value(depth);
            one.add(name.one + ":" + value.one);
            other.add(name.other + blank() + ":" + blank() + value.other);
        }
        Collections.shuffle(other, random);
        return new Layouts("{" + String.join(",", one) + "}", "{" + blank() + String.join("," + blank(), other) + "}");
    }

    private Layouts array(int depth) {
        List<String> one = new ArrayList<>();
        List<String> other = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            Layouts value = value(depth);
            one.add(value.one);
            other.add(value.other);
        }
        return new Layouts("[" + String.join(",", one) + "]", "[" + String.join(blank() + ",", other) + blank() + "]");
    }

    private Layouts text(String start) {
        StringBuilder one = new StringBuilder("\"").append(start);
        StringBuilder other = new StringBuilder("\"").append(start);
        for (int i = random.nextInt(6); i > 0; i--) {
            int codePoint = CODE_POINTS[random.nextInt(CODE_POINTS.length)];
            one.append(character(codePoint, false));
            other.append(character(codePoint, random.nextBoolean()));
        }
        return new Layouts(one.append('"').toString(), other.append('"').toString());
    }

    private static String character(int codePoint, boolean escaped) {
        boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        String plain = Character.toString(codePoint);
        if (escaped || surrogate || codePoint < ' ' || codePoint == '"' || codePoint == '\\') {
            StringBuilder units = new StringBuilder();
            plain.chars().forEach(unit -> units.append(String.format(Locale.ROOT, "\\u%04x", unit)));
            return units.toString();
        }
        return plain;
    }

    private Layouts scalar(String text) {
        return new Layouts(text, text);
    }

    private String blank() {
        return " \t\r\n".substring(random.nextInt(4)).substring(0, random.nextInt(2) == 0 ? 0 : 1);
    }
}
