// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.DuoPage.MalformedPageException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DuoPageTest {

    private static final String A = """
            {"context":"enrollment","credits":1,"phone":"+12025550123","telephony_id":"220f89ff-bff8-4466-b6cb-b7787940ce68",\
            "ts":"2023-03-21T22:34:49.466370+00:00","txid":"2f5d34d3-053f-422c-9dd4-77a5d58706b1","type":"sms"}""";
    private static final String B = "{\"phone\":\"+12025550199\",\"brand_new\":{\"list\":[{\"n\":2.50}]}}";
    private static final String OFFSET = "1666714065304,5bf1a860-fe39-49e3-be29-217659663a74";

    private static final int LIMIT = 5;

    @Test
    void page_holdsEventsAndOffset() throws Exception {
        DuoPage page = read(page(A + "," + B, "{\"next_offset\":\"" + OFFSET + "\",\"total_objects\":2}"));

        assertThat(page.events())
                .extracting(event -> new String(event.json(), UTF_8))
                .containsExactly(A, B);
        assertThat(page.events().get(0).ts()).contains(Instant.parse("2023-03-21T22:34:49.466370Z"));
        assertThat(page.events().get(0).names())
                .containsExactly("context", "credits", "phone", "telephony_id", "ts", "txid", "type");
        assertThat(page.events().get(1).names()).containsExactly("phone", "brand_new");
        assertThat(page.nextOffset()).contains(OFFSET);
        assertThat(page).hasToString("DuoPage[2 events, next offset " + OFFSET + "]");
    }

    @Test
    void events_outliveTheBody() throws Exception {
        byte[] body = page(A, "null").getBytes(UTF_8);
        DuoPage page = DuoPage.read(body, LIMIT, DuoLog.TELEPHONY);
        Arrays.fill(body, (byte) 'x');

        assertThat(page.events().get(0)).containsEntry("context", "enrollment");
    }

    /** The bytes of an event are cut out of the body, wherever it begins. */
    @Test
    void events_areAsSent_behindAByteOrderMark() throws Exception {
        assertThat(read("\ufeff" + page(A + "," + B, "null")).events())
                .extracting(event -> new String(event.json(), UTF_8))
                .containsExactly(A, B);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "9223372036854775807, 9223372036854775807", "-1,", "-9223372036854775808,"})
    void total_isANumberFrom0(String said, @Nullable Long total) throws Exception {
        for (String metadata : List.of(said, "{\"relation\":\"eq\",\"value\":" + said + "}")) {
            assertThat(read(page(A, "{\"total_objects\":" + metadata + "}")).totalObjects())
                    .isEqualTo(total == null ? OptionalLong.empty() : OptionalLong.of(total));
        }
    }

    static Stream<Arguments> offsets() {
        return Stream.of(
                Arguments.of("text", "{\"next_offset\":\"a,b\"}", "a,b"),
                Arguments.of("array", "{\"next_offset\":[\"a\",\"b\"]}", "a,b"),
                Arguments.of("array of one", "{\"next_offset\":[\"a\"]}", "a"),
                Arguments.of("escaped", "{\"next_offset\":\"\\u0061\\/b\"}", "a/b"),
                Arguments.of(
                        "beside others",
                        "{\"total_objects\":{\"relation\":\"eq\",\"value\":9},\"next_offset\":\"a\",\"x\":[]}",
                        "a"),
                Arguments.of("null", "{\"next_offset\":null}", ""),
                Arguments.of("empty", "{\"next_offset\":\"\"}", ""),
                Arguments.of("empty array", "{\"next_offset\":[]}", ""),
                Arguments.of("missing", "{\"total_objects\":94}", ""),
                Arguments.of("no metadata", "null", ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void offsets(String what, String metadata, String wire) throws Exception {
        assertThat(read(page(A, metadata)).nextOffset().orElse("")).isEqualTo(wire);
    }

    @ParameterizedTest
    @MethodSource("offsets")
    void offset_isNone_onPageWithoutItems(String what, String metadata, String wire) throws Exception {
        assertThat(read(page("", metadata)).events()).isEmpty();
        assertThat(read(page("", metadata)).nextOffset()).isEmpty();
        assertThat(read(page("", "{\"next_offset\":42}")).nextOffset())
                .as("one that no page could have")
                .isEmpty();
    }

    static Stream<Arguments> pages() {
        return Stream.of(
                Arguments.of("without metadata", "{\"stat\":\"OK\",\"response\":{\"items\":[{\"a\":1}]}}", ""),
                Arguments.of(
                        "members in another order",
                        "{\"response\":{\"metadata\":{\"next_offset\":\"o\"},\"items\":[{\"a\":1}]},\"stat\":\"OK\"}",
                        "o"),
                Arguments.of(
                        "unknown members",
                        "{\"x\":[{\"stat\":1}],\"stat\":\"OK\",\"response\":{\"y\":{\"items\":[]},\"items\":[{\"a\":1}],\"z\":null},\"w\":2}",
                        ""),
                Arguments.of(
                        "metadata beside the response",
                        "{\"stat\":\"OK\",\"metadata\":{\"next_offset\":\"o\"},\"response\":{\"items\":[{\"a\":1}]}}",
                        "o"),
                Arguments.of(
                        "a byte order mark in front",
                        "\ufeff{\"stat\":\"OK\",\"response\":{\"items\":[{\"a\":1}]}}",
                        ""),
                Arguments.of("blanks around", " \n{\"stat\":\"OK\",\"response\":{\"items\":[\n{\"a\":1} ]}}\r\n ", ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void pages(String what, String body, String wire) throws Exception {
        DuoPage page = read(body);

        assertThat(page.events()).extracting(event -> event.get("a")).containsExactly(1);
        assertThat(page.nextOffset().orElse("")).isEqualTo(wire);
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("", "it is empty"),
                Arguments.of("  ", "it is not a JSON object"),
                Arguments.of("\ufeff", "it is empty"),
                Arguments.of("\ufeff\ufeff{}", "not JSON at byte"),
                Arguments.of(" \ufeff{}", "not JSON at byte"),
                Arguments.of("<html>+12025550123</html>", "not JSON at byte"),
                Arguments.of("+12025550123", "not JSON at byte"),
                Arguments.of("[]", "it is not a JSON object"),
                Arguments.of("\"OK\"", "it is not a JSON object"),
                Arguments.of("{}", "stat is missing"),
                Arguments.of("{\"error\":\"+12025550123\"}", "stat is missing"),
                Arguments.of("{\"stat\":\"OK\"}", "response.items is missing"),
                Arguments.of("{\"stat\":\"OK\",\"response\":{}}", "response.items is missing"),
                Arguments.of("{\"stat\":\"OK\",\"response\":null}", "response is not an object"),
                Arguments.of(
                        "{\"stat\":\"OK\",\"response\":[{\"phone\":\"+12025550123\"}]}", "response is not an object"),
                Arguments.of("{\"stat\":\"OK\",\"response\":{\"items\":null}}", "response.items is not an array"),
                Arguments.of("{\"stat\":\"OK\",\"response\":{\"items\":{\"a\":[]}}}", "response.items is not an array"),
                Arguments.of(
                        "{\"stat\":\"OK\",\"response\":{\"items\":[],\"items\":[]}}", "response.items is there twice"),
                Arguments.of(page("[{}]", "null"), "something that is not an object"),
                Arguments.of(page(A + ",null", "null"), "something that is not an object"),
                Arguments.of(page("\"+12025550123\"", "null"), "something that is not an object"),
                Arguments.of(page(A, "[]"), "metadata is not an object"),
                Arguments.of(page(A, "{\"next_offset\":1666714065304}"), "neither a string nor an array"),
                Arguments.of(page(A, "{\"next_offset\":false}"), "neither a string nor an array"),
                Arguments.of(page(A, "{\"next_offset\":{\"a\":\"b\"}}"), "neither a string nor an array"),
                Arguments.of(page(A, "{\"next_offset\":[\"a\",1]}"), "neither a string nor an array"),
                Arguments.of(page(A, "{\"next_offset\":[\"a\",null]}"), "neither a string nor an array"),
                Arguments.of(page(A, "{\"next_offset\":[[\"a\"]]}"), "neither a string nor an array"),
                Arguments.of(page(A, "null") + "+12025550123", "not JSON at byte"),
                Arguments.of(page(A, "null") + "{}", "something follows"),
                Arguments.of("\0{\0}", "not JSON at byte"));
    }

    @ParameterizedTest
    @MethodSource
    void malformed(String body, String flaw) {
        assertThatExceptionOfType(MalformedPageException.class)
                .isThrownBy(() -> read(body))
                .withMessageContaining(flaw)
                .withMessageContaining("(" + body.getBytes(UTF_8).length + " bytes)")
                .withMessageNotContaining("2025550123")
                .withNoCause();
    }

    @Test
    void cutBody_isMalformed_whereverItIsCut() throws Exception {
        String body = page(A + "," + B, "{\"next_offset\":\"" + OFFSET + "\"}");
        assertThat(read(body).events()).as("whole").hasSize(2);

        for (int length = 0; length < body.length(); length++) {
            String cut = body.substring(0, length);
            assertThatExceptionOfType(MalformedPageException.class)
                    .as("cut after %s bytes", length)
                    .isThrownBy(() -> read(cut));
        }
    }

    @Test
    void notUtf8_isMalformed() {
        byte[] body = page(B.replace("brand", "br\u00e4nd"), "null").getBytes(ISO_8859_1);

        assertThatExceptionOfType(MalformedPageException.class)
                .isThrownBy(() -> DuoPage.read(body, LIMIT, DuoLog.TELEPHONY))
                .withMessageContaining("it is not UTF-8");
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("{\"stat\":\"FAIL\",\"code\":40002,\"message\":\"Invalid\"}"),
                Arguments.of("{\"code\":40002,\"message\":\"Invalid\",\"response\":\"\",\"stat\":\"FAIL\"}"),
                Arguments.of(
                        "{\"response\":{\"items\":[{\"a\":1}]},\"code\":\"40002\",\"message\":\"Invalid\",\"stat\":\"ok\"}"));
    }

    @ParameterizedTest
    @MethodSource
    void refusals(String body) {
        assertThatExceptionOfType(DuoApiException.class)
                .isThrownBy(() -> read(body))
                .satisfies(refusal -> {
                    assertThat(refusal.statusCode()).isEqualTo(200);
                    assertThat(refusal).hasMessage("Duo answered HTTP 200, code 40002: Invalid");
                });
    }

    @Test
    void deepEvent_isReadOrTooLarge_butNoStackOverflow() throws Exception {
        assertThat(read(page("{\"a\":" + "[".repeat(900) + "]".repeat(900) + "}", "null"))
                        .events())
                .allSatisfy(event -> assertThat(event.eventKey()).hasSize(22))
                .allSatisfy(event -> assertThat(event.containsKey("a")).isTrue());
        assertThatExceptionOfType(AnswerTooLargeException.class)
                .isThrownBy(() -> read(page("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}", "null")))
                .withMessageContaining("deeper parts or a longer text");
    }

    static Stream<Arguments> tooLarge() {
        String beyond = "more than the 5 events that were asked for";
        String parts = " parts (names, values, brackets), the most that is read";
        String part = "deeper parts or a longer text";
        return Stream.of(
                Arguments.of("one event more", page("{}" + ",{}".repeat(LIMIT), "null"), beyond),
                Arguments.of("30 MB of them", page("{}" + ",{}".repeat(10_000_000), "null"), beyond),
                Arguments.of(
                        "30 MB of them, cut",
                        page("{}" + ",{}".repeat(10_000_000), "null").substring(0, 30_000_000),
                        beyond),
                Arguments.of("30 MB of numbers instead", page("1" + ",1".repeat(15_000_000), "null"), parts),
                Arguments.of(
                        "one event, 30 MB of members",
                        page("{\"a\":0" + ",\"a\":0".repeat(5_000_000) + "}", "null"),
                        parts),
                Arguments.of(
                        "one event, 30 MB of lists",
                        page("{\"a\":[[]" + ",[]".repeat(10_000_000) + "]}", "null"),
                        parts),
                Arguments.of(
                        "30 MB of offsets",
                        page(A, "{\"next_offset\":[\"a\"" + ",\"a\"".repeat(7_500_000) + "]}"),
                        parts),
                Arguments.of(
                        "30 MB of one offset", page(A, "{\"next_offset\":\"" + "a".repeat(30_000_000) + "\"}"), part),
                Arguments.of("30 MB of one name", page("{\"" + "a".repeat(30_000_000) + "\":1}", "null"), part),
                Arguments.of("30 MB of one time", page("{\"ts\":\"" + "1".repeat(30_000_000) + "\"}", "null"), part),
                Arguments.of(
                        "30 MB of message", "{\"stat\":\"FAIL\",\"message\":\"" + "a".repeat(30_000_000) + "\"}", part),
                Arguments.of("30 MB of unknown members", "{\"a\":0" + ",\"a\":0".repeat(5_000_000) + "}", parts));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void tooLarge(String what, String body, String said) {
        assertThatExceptionOfType(AnswerTooLargeException.class)
                .isThrownBy(() -> read(body))
                .withMessageContaining(said)
                .withMessageContaining("duo.base-url")
                .withNoCause();
    }

    /** As of users who are in hundreds of groups each. */
    @Test
    void manyParts_areRead_ifTheHeapHasRoom() throws Exception {
        String groups = "{\"groups\":[\"a\"" + ",\"a\"".repeat(150_000) + "]}";

        assertThat(read(page(groups + ("," + groups).repeat(LIMIT - 1), "null")).events())
                .hasSize(LIMIT);
    }

    /** Shows that the bounds beside it are none for an event that is only long. */
    @Test
    void longText_isRead_asAnEventMayHoldIt() throws Exception {
        String text = "a".repeat(5 * 1024 * 1024);

        assertThat(read(page("{\"a\":\"" + text + "\"}" + ",{}".repeat(LIMIT - 1), "null"))
                        .events())
                .hasSize(LIMIT)
                .first()
                .satisfies(event -> assertThat(event.get("a")).isEqualTo(text));
    }

    private DuoPage read(String body) throws DuoApiException, MalformedPageException, AnswerTooLargeException {
        return DuoPage.read(body.getBytes(UTF_8), LIMIT, DuoLog.TELEPHONY);
    }

    private static String page(String items, String metadata) {
        return "{\"stat\":\"OK\",\"response\":{\"items\":[" + items + "],\"metadata\":" + metadata + "}}";
    }
}
