// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.duocollector.settings.DuoLog;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DuoEventTest {

    private static final String EVENT = """
            {"context":"verify","credits":1,"phone":"+12025550123","ts":"2023-03-21T22:34:49.466370+00:00",\
            "cost":2.50,"nested":{"list":[1,{"deep":true}]}}""";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0", "-17", "2147483648", "-9223372036854775808", "12345678901234567890", "-0", "0.0", "-0.0", "1.0",
                "2.50", "1E+2", "1e5", "1E5", "1e+05", "0.0000001", "1E-7", "12345678901234567890.10", "1e999999999999",
                "-1E-99999999999"
            })
    void number_printsAsSent(String number) throws IOException {
        assertThat(event("{\"n\":" + number + "}").get("n"))
                .isInstanceOf(Number.class)
                .hasToString(number);
    }

    @Test
    void number_printsAsSent_whenVeryLong() throws IOException {
        String number = "7".repeat(100_000);

        assertThat(event("{\"n\":" + number + "}").get("n"))
                .isInstanceOf(Number.class)
                .hasToString(number);
    }

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of("1", 1),
                Arguments.of("2147483648", 2147483648L),
                Arguments.of("12345678901234567890", new BigInteger("12345678901234567890")),
                Arguments.of("2.50", new BigDecimal("2.50")),
                Arguments.of("true", true),
                Arguments.of("null", null),
                Arguments.of("\"\\u0041\u2028\uD83D\uDE00\"", "A\u2028\uD83D\uDE00"),
                Arguments.of("\"\\ud800\"", "\ud800"),
                Arguments.of("{\"a\":[]}", Map.of("a", List.of())));
    }

    @ParameterizedTest
    @MethodSource
    void values(String json, Object value) throws IOException {
        assertThat(event("{\"v\":" + json + "}")).containsEntry("v", value);
    }

    @ParameterizedTest
    @CsvSource({"1e5, 100000, 100000, 100000.0", "-0, 0, 0, -0.0", "1e400, 2147483647, 9223372036854775807, Infinity"})
    void verbatimNumber_countsAsItsValue(String text, int intValue, long longValue, double doubleValue)
            throws IOException {
        Number number = (Number) event("{\"n\":" + text + "}").get("n");

        assertThat(number.intValue()).isEqualTo(intValue);
        assertThat(number.longValue()).isEqualTo(longValue);
        assertThat(number.doubleValue()).isEqualTo(doubleValue);
        assertThat(number.floatValue()).isEqualTo((float) doubleValue);
    }

    @Test
    void verbatimNumbers_areEqual_whenSentAlike() throws IOException {
        assertThat(event("{\"n\":1e5}")).isEqualTo(event("{\"n\":1e5}")).hasSameHashCodeAs(event("{\"n\":1e5}"));
        assertThat(event("{\"n\":1e5}")).isNotEqualTo(event("{\"n\":1E5}"));
    }

    @Test
    void map_holdsMembersInTheirOrder() throws IOException {
        assertThat(event(EVENT).keySet())
                .containsExactly("context", "credits", "phone", "ts", "cost", "nested")
                .containsExactlyElementsOf(event(EVENT).names());
    }

    @Test
    void lastOfTwoMembers_counts_inTheMap() throws IOException {
        DuoEvent event = event("{\"a\":1,\"a\":2}");

        assertThat(event).isEqualTo(Map.of("a", 2));
        assertThat(event.names()).containsExactly("a", "a");
        assertThat(event.unchanged()).isTrue();
    }

    @Test
    void untouchedEvent_isUnchanged() throws IOException {
        assertThat(event(EVENT).unchanged()).isTrue();
    }

    @Test
    void event_isUnchanged_whenOnlyRead() throws IOException {
        DuoEvent event = event(EVENT);

        assertThat(event).containsEntry("credits", 1).hasSize(6);
        assertThat(event.unchanged()).isTrue();
    }

    @Test
    void event_isUnchanged_whenChangeIsUndone() throws IOException {
        DuoEvent event = event(EVENT);

        Object phone = event.remove("phone");
        assertThat(event.unchanged()).isFalse();
        event.put("phone", phone);
        assertThat(event.unchanged()).isTrue();
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change("put of a new member", event -> event.put("team", "soc")),
                change("put of null", event -> event.put("team", null)),
                change("put over", event -> event.put("credits", 2)),
                change("put of a number that prints otherwise", event -> event.put("cost", new BigDecimal("2.5"))),
                change("putAll", event -> event.putAll(Map.of("team", "soc"))),
                change("merge", event -> event.merge("context", "!", (a, b) -> a + "!")),
                change("remove", event -> event.remove("phone")),
                change("clear", Map::clear),
                change("replaceAll", event -> event.replaceAll((name, value) -> name.equals("phone") ? "x" : value)),
                change("keySet", event -> event.keySet().remove("phone")),
                change("values", event -> event.values().removeIf("verify"::equals)),
                change("entry", event -> event.entrySet().iterator().next().setValue("x")),
                change("iterator", event -> {
                    Iterator<Map.Entry<String, Object>> entries =
                            event.entrySet().iterator();
                    entries.next();
                    entries.remove();
                }),
                change("nested map", event -> map(event.get("nested")).put("more", 1)),
                change(
                        "nested list",
                        event -> list(map(event.get("nested")).get("list")).add(1)),
                change(
                        "deeper",
                        event -> map(list(map(event.get("nested")).get("list")).get(1))
                                .clear()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void changes(String what, Consumer<Map<String, Object>> change) throws IOException {
        DuoEvent event = event(EVENT);
        change.accept(event);

        assertThat(event.unchanged()).isFalse();
        assertThat(event.json()).as("what was sent stays").asString(UTF_8).isEqualTo(EVENT);
        assertThat(event.eventKey()).isEqualTo(event(EVENT).eventKey());
        assertThat(event.ts()).contains(Instant.parse("2023-03-21T22:34:49.466370Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"ts\":null}",
                "{\"ts\":1584718692}",
                "{\"ts\":\"today\"}",
                "{\"ts\":\"2023-03-21T22:34:49Z\",\"ts\":1}",
                "{\"nested\":{\"ts\":\"2023-03-21T22:34:49Z\"}}"
            })
    void ts_isEmpty_whenItCannotBeRead(String json) throws IOException {
        assertThat(event(json).ts()).isEmpty();
    }

    @Test
    void ts_isRead_whenItsNameIsEscaped() throws IOException {
        assertThat(event("{\"\\u0074s\":\"2023-03-21T22:34:49Z\"}").ts())
                .contains(Instant.parse("2023-03-21T22:34:49Z"));
    }

    @Test
    void lineBreaks_areDropped_andNothingElse() throws IOException {
        DuoEvent event = event("\n{\r\n  \"a\" : [ 1,\n 2 ],\n  \"b\":\"\\n\u2028\\u0041\"\n}\r\n");

        assertThat(event.json()).asString(UTF_8).isEqualTo("{  \"a\" : [ 1, 2 ],  \"b\":\"\\n\u2028\\u0041\"}");
    }

    @Test
    void json_isCopy() throws IOException {
        DuoEvent event = event(EVENT);
        event.json()[0] = 'x';

        assertThat(event.json()).asString(UTF_8).isEqualTo(EVENT);
    }

    @Test
    void bigEvent_isReadWhole() throws IOException {
        String text = "\u0131".repeat(2 * 1024 * 1024);
        DuoEvent event = event("{\"big\":\"" + text + "\"}");

        assertThat(event.eventKey()).hasSize(22);
        assertThat(event.get("big")).isEqualTo(text);
        assertThat(event.unchanged()).isTrue();
    }

    @Test
    void text_namesTheKeyOnly() throws IOException {
        DuoEvent event = event(EVENT);

        assertThat(event).hasToString("DuoEvent[" + event.eventKey() + "]");
        assertThat(event.put("team", "soc")).isNull();
        assertThat(event.toString()).doesNotContain("2025550123").doesNotContain("soc");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "1",
                "null",
                "\"+12025550123\"",
                "{\"phone\":\"+12025550123\"",
                "{}{}",
                "{} +12025550123",
                "{\"a\":+12025550123}",
                "{\"a\":01}",
                "{\"a\":\"\n\"}",
                "{a:1}",
                "<html>+12025550123</html>"
            })
    void anythingElse_isRefused_withoutQuotingIt(String text) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> event(text))
                .withMessageStartingWith("an event must be one JSON object")
                .withMessageNotContaining("2025550123")
                .withNoCause();
    }

    static Stream<Arguments> notUtf8() {
        return Stream.of(
                Arguments.of("Latin 1", new byte[] {(byte) 0xe9}),
                Arguments.of("cut", new byte[] {(byte) 0xf0, (byte) 0x9f, (byte) 0x98}),
                Arguments.of("overlong", new byte[] {(byte) 0xc1, (byte) 0x81}),
                Arguments.of("encoded surrogate", new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void notUtf8(String what, byte[] bytes) {
        byte[] json = "{\"a\":\"......\"}".getBytes(UTF_8);
        System.arraycopy(bytes, 0, json, 6, bytes.length);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> DuoEvent.of(json, DuoLog.TELEPHONY))
                .withMessageEndingWith("it is not UTF-8");
    }

    private static DuoEvent event(String json) throws IOException {
        return DuoEvent.of(json.getBytes(UTF_8), DuoLog.TELEPHONY);
    }

    private static Arguments change(String what, Consumer<Map<String, Object>> change) {
        return Arguments.of(what, change);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }
}
