// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainLineTest {

    @ParameterizedTest
    @CsvSource({
        "line feed, \\u000a, \\n",
        "carriage return, \\u000d, \\r",
        "tab, \\u0009, \\t",
        "nothing, \\u0000, \\u0000",
        "backspace, \\u0008, \\u0008",
        "vertical tab, \\u000b, \\u000b",
        "form feed, \\u000c, \\u000c",
        "escape, \\u001b, \\u001b",
        "delete, \\u007f, \\u007f",
        "next line, \\u0085, \\u0085",
        "control sequence introducer of one byte, \\u009b, \\u009b",
        "soft hyphen, \\u00ad, \\u00ad",
        "Arabic letter mark, \\u061c, \\u061c",
        "zero width space, \\u200b, \\u200b",
        "zero width joiner, \\u200d, \\u200d",
        "left-to-right mark, \\u200e, \\u200e",
        "line separator, \\u2028, \\u2028",
        "paragraph separator, \\u2029, \\u2029",
        "left-to-right embedding, \\u202a, \\u202a",
        "right-to-left override, \\u202e, \\u202e",
        "right-to-left isolate, \\u2067, \\u2067",
        "pop directional isolate, \\u2069, \\u2069",
        "byte order mark, \\ufeff, \\ufeff",
        "interlinear anchor, \\ufff9, \\ufff9",
        "noncharacter, \\uffff, \\uffff",
        "half a pair, \\ud800, \\ud800",
        "private use, \\ue000, \\ue000",
        "tag, \\udb40\\udc41, \\U000e0041",
    })
    void whatSteersOrEndsALine_isSpelledOut(String name, String escaped, String expected) {
        String foreign = unescaped(escaped);

        assertThat(PlainLine.of("a" + foreign + "b" + foreign)).as(name).isEqualTo("a" + expected + "b" + expected);
    }

    @Test
    void whatShowsItself_isLeft() {
        String text = "s3://b/données/日本語 – “quoted” ✓ \uD83D\uDE00 e\u0301 C:\\new \u00a0|\u3000| שלום";

        assertThat(PlainLine.of(text)).isSameAs(text);
        assertThat(PlainLine.of("")).isEmpty();
        assertThat(PlainLine.of(null)).isEmpty();
    }

    @Test
    void nothingIsLeft_thatIsNoPlainCharacter() {
        String all = IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();

        String plain = PlainLine.of(all);

        assertThat(plain.codePoints()).allMatch(PlainLine::isPlain).hasSizeGreaterThan(100_000);
        assertThat(plain.lines()).hasSize(1);
    }

    private static String unescaped(String escaped) {
        StringBuilder text = new StringBuilder();
        for (String unit : escaped.substring(2).split("\\\\u", -1)) {
            text.append((char) Integer.parseInt(unit, 16));
        }
        return text.toString();
    }
}
