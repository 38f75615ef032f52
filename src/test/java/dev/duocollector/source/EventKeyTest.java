// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.settings.DuoLog;
import java.io.IOException;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The expected keys were computed by Python's hashlib and base64 from canonical JSON written by hand. */
class EventKeyTest {

    static Stream<Arguments> knownKeys() {
        return Stream.of(
                Arguments.of("hlvcJx8qViMJDFG1ulC09w", """
                        {"type": "sms", "ts": "2023-03-21T22:34:49.466370+00:00", "credits": 1,
                         "txid": "2f5d34d3-053f-422c-9dd4-77a5d58706b1", "phone": "+12025550123",
                         "telephony_id": "220f89ff-bff8-4466-b6cb-b7787940ce68", "context": "verify"}"""),
                Arguments.of("RBNvo1WzZ4oRRq0W9-hkng", "{ }"),
                Arguments.of("vsCJmdhhOdnyix0JahJzmw", """
                        {"n" : [1E+2, -0, 2.50, {"\\uD83D\\uDE00": false, "\uFFFD": true, "b": null}],
                         "\\u0061": "\\uD83d\\uDE00 \\u2028 \\" \\\\ \\/ \\u0007 \\uD800"}"""));
    }

    @ParameterizedTest
    @MethodSource("knownKeys")
    void key_isHashOfCanonicalJson(String key, String event) throws IOException {
        assertThat(key(event)).isEqualTo(key);
    }

    static Stream<Arguments> key_isOneForOneContent() {
        return Stream.of(
                Arguments.of("order of members", "{\"a\":1,\"b\":2,\"c\":3}", "{\"c\":3,\"a\":1,\"b\":2}"),
                Arguments.of("order below", "{\"a\":[{\"x\":1,\"y\":2}]}", "{\"a\":[{\"y\":2,\"x\":1}]}"),
                Arguments.of("blanks", "{\"a\":[1,{},[],\"x y\"]}", "{ \"a\"\t: [ 1 ,{ } ,\r\n[ ], \"x y\" ]\n}"),
                Arguments.of("escaped letter", "{\"a\":\"A\"}", "{\"a\":\"\\u0041\"}"),
                Arguments.of("escaped name", "{\"a\":1,\"b\":2}", "{\"\\u0062\":2,\"a\":1}"),
                Arguments.of("escaped slash", "{\"a\":\"a/b\"}", "{\"a\":\"a\\/b\"}"),
                Arguments.of(
                        "short escapes",
                        "{\"a\":\"\\b\\f\\n\\r\\t\"}",
                        "{\"a\":\"\\u0008\\u000C\\u000a\\u000d\\u0009\"}"),
                Arguments.of("quote and backslash", "{\"a\":\"\\\"\\\\\"}", "{\"a\":\"\\u0022\\u005C\"}"),
                Arguments.of("emoji", "{\"a\":\"\uD83D\uDE00\"}", "{\"a\":\"\\ud83d\\uDE00\"}"),
                Arguments.of("case of an escape", "{\"a\":\"\\uD83D\"}", "{\"a\":\"\\ud83d\"}"),
                Arguments.of("line separator", "{\"a\":\"\u2028\"}", "{\"a\":\"\\u2028\"}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void key_isOneForOneContent(String what, String one, String other) throws IOException {
        assertThat(key(one)).isEqualTo(key(other));
    }

    static Stream<Arguments> key_differsForOtherContent() {
        return Stream.of(
                Arguments.of("digits of a fraction", "{\"a\":2.5}", "{\"a\":2.50}"),
                Arguments.of("integer or fraction", "{\"a\":1}", "{\"a\":1.0}"),
                Arguments.of("form of an exponent", "{\"a\":1e2}", "{\"a\":1E2}"),
                Arguments.of("sign of zero", "{\"a\":0}", "{\"a\":-0}"),
                Arguments.of("text or number", "{\"a\":\"1\"}", "{\"a\":1}"),
                Arguments.of("text or literal", "{\"a\":\"null\"}", "{\"a\":null}"),
                Arguments.of("null or missing", "{\"a\":null}", "{}"),
                Arguments.of("order of an array", "{\"a\":[1,2]}", "{\"a\":[2,1]}"),
                Arguments.of("one or two elements", "{\"a\":[1,2]}", "{\"a\":[12]}"),
                Arguments.of("empty object or array", "{\"a\":{}}", "{\"a\":[]}"),
                Arguments.of("case", "{\"a\":\"i\"}", "{\"a\":\"I\"}"),
                Arguments.of("blank in a text", "{\"a\":\"x y\"}", "{\"a\":\"xy\"}"),
                Arguments.of("composed or not", "{\"a\":\"\u00e9\"}", "{\"a\":\"e\u0301\"}"),
                Arguments.of("twice or once", "{\"a\":1,\"a\":1}", "{\"a\":1}"),
                Arguments.of("which of two comes last", "{\"a\":1,\"a\":2}", "{\"a\":2,\"a\":1}"),
                Arguments.of("lone surrogates", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\ud801\"}"),
                Arguments.of("lone surrogate or its escape", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\\\ud800\"}"),
                Arguments.of("lone surrogate or replacement", "{\"a\":\"\\ud800\"}", "{\"a\":\"\uFFFD\"}"),
                Arguments.of("lone surrogate or question mark", "{\"a\":\"\\ud800\"}", "{\"a\":\"?\"}"),
                Arguments.of("halves swapped", "{\"a\":\"\\ude00\\ud83d\"}", "{\"a\":\"\\ud83d\\ude00\"}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void key_differsForOtherContent(String what, String one, String other) throws IOException {
        assertThat(key(one)).isNotEqualTo(key(other));
    }

    /** Each pair is in code point order; by UTF-16 units, or by the bytes of the escapes, most would be the other way. */
    @ParameterizedTest
    @MethodSource
    void canonicalMembers_standByCodePoint(String first, String second) {
        String sorted = "{\"" + first + "\":1,\"" + second + "\":2}";
        String swapped = "{\"" + second + "\":2,\"" + first + "\":1}";

        assertThat(UTF_8.decode(CanonicalJson.of(sorted.getBytes(UTF_8))).toString())
                .isEqualTo(sorted);
        assertThat(UTF_8.decode(CanonicalJson.of(swapped.getBytes(UTF_8))).toString())
                .isEqualTo(sorted);
    }

    static Stream<Arguments> canonicalMembers_standByCodePoint() {
        return Stream.of(
                Arguments.of("", "a"),
                Arguments.of("a", "ab"),
                Arguments.of("Z", "a"),
                Arguments.of("z", "\u0131"),
                Arguments.of("\uFFFD", "\uD83D\uDE00"),
                Arguments.of("\\ud800", "\uE000"),
                Arguments.of("\uD7FF", "\\ud800"),
                Arguments.of("\\\"", "A"),
                Arguments.of("\\u0001", "!"));
    }

    @Test
    void key_isOneForOneTree_howeverItIsLaidOut() throws IOException {
        Random random = new Random(20261123);
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            RandomJson.Layouts event = RandomJson.event(random);
            String key = key(event.one());
            assertThat(key(event.other())).as(event.one()).isEqualTo(key);
            keys.add(key);
        }
        assertThat(keys).as("no two of the random events are one").hasSize(200);
    }

    private static String key(String event) throws IOException {
        return DuoEvent.of(event.getBytes(UTF_8), DuoLog.TELEPHONY).eventKey();
    }
}
