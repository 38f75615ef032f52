// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.EventShape;
import dev.duocollector.settings.TestSettings;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.source.RandomJson;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NdjsonDataFormatTest {

    private static final String HOST = "api-demo.duosecurity.com";
    private static final String ADDED = "\"eventtype\":\"telephony\",\"host\":\"" + HOST + "\"";

    private final NdjsonDataFormat raw = new NdjsonDataFormat(EventShape.RAW, "");
    private final NdjsonDataFormat duoClient = new NdjsonDataFormat(EventShape.DUO_CLIENT, HOST);
    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{ }",
                "{\"a\":2.50}",
                "{\"a\":[12345678901234567890,1E+2,-0,1.0,1e-400]}",
                "{\"a\":\"\u2028\u2029\uD83D\uDE00\u0131\"}",
                "{\"a\":\"\\u0041\\/\\n\\uD83D\\ude00\"}",
                "{\"a\":\"\\ud800\"}",
                "{\"a\":{\"b\":[{\"c\":null}]},\"brand_new\":true}",
                "{ \"a\" :\t1 }",
                "{\"a\":1,\"a\":2}",
            })
    void untouchedEvent_isWrittenAsSent(String json) throws IOException {
        assertThat(marshal(raw, event(json))).isEqualTo(json + "\n");
        DuoEvent read = event(json);
        assertThat(read.size()).isNotNegative();
        assertThat(marshal(raw, read)).as("read, but not changed").isEqualTo(json + "\n");
    }

    @Test
    void prettyPrintedEvent_becomesOneLine() throws IOException {
        assertThat(marshal(raw, event("{\r\n  \"a\": [\n    1\n  ],\n  \"b\": \"x\\ny\"\n}")))
                .isEqualTo("{  \"a\": [    1  ],  \"b\": \"x\\ny\"}\n");
    }

    static Stream<Arguments> changedEvents() {
        return Stream.of(
                Arguments.of("{\"a\":[12345678901234567890,1E+2,-0,1.0,2.50,1e-400,1e5]}"),
                Arguments.of("{\"a\":\"\u2028\u0131\",\"b\":{\"c\":[null,true]}}"));
    }

    @ParameterizedTest
    @MethodSource
    void changedEvents(String json) throws IOException {
        DuoEvent event = event(json);
        assertThat(event.put("team", "soc")).isNull();

        assertThat(marshal(raw, event)).isEqualTo(json.replaceAll("}$", ",\"team\":\"soc\"}\n"));
    }

    /** Jackson writes these as escapes: other bytes, the same content. */
    @Test
    void changedEvent_keepsSurrogates() throws IOException {
        DuoEvent event = event("{\"a\":\"\uD83D\uDE00\",\"b\":\"\\ud800\",\"\\udfff\":1}");
        assertThat(event.remove("c")).isNull();
        event.put("d", "\ud801");

        assertThat(marshal(raw, event).toUpperCase(Locale.ROOT))
                .isEqualTo("{\"A\":\"\\UD83D\\UDE00\",\"B\":\"\\UD800\",\"\\UDFFF\":1,\"D\":\"\\UD801\"}\n");
    }

    static Stream<Arguments> shapes() {
        return Stream.of(
                Arguments.of("empty", "{}", "{" + ADDED + "}"),
                Arguments.of("no ts", "{\"a\":1}", "{\"a\":1," + ADDED + "}"),
                Arguments.of(
                        "ts",
                        "{\"ts\":\"2023-03-21T22:34:49.466370+00:00\"}",
                        "{\"ts\":\"2023-03-21T22:34:49.466370+00:00\"," + ADDED + ",\"timestamp\":1679438089}"),
                Arguments.of(
                        "ts before 1970",
                        "{\"ts\":\"1969-12-31T23:59:58.5Z\"}",
                        "{\"ts\":\"1969-12-31T23:59:58.5Z\"," + ADDED + ",\"timestamp\":-2}"),
                Arguments.of("unreadable ts", "{\"ts\":\"now\"}", "{\"ts\":\"now\"," + ADDED + "}"),
                Arguments.of("number as ts", "{\"ts\":1}", "{\"ts\":1," + ADDED + "}"),
                Arguments.of(
                        "all there",
                        "{\"eventtype\":\"x\",\"host\":\"y\",\"timestamp\":1.50,\"ts\":\"2023-03-21T22:34:49Z\"}",
                        "{\"eventtype\":\"x\",\"host\":\"y\",\"timestamp\":1.50,\"ts\":\"2023-03-21T22:34:49Z\"}"),
                Arguments.of(
                        "there as null",
                        "{\"eventtype\":null,\"host\":null,\"timestamp\":null,\"ts\":\"2023-03-21T22:34:49Z\"}",
                        "{\"eventtype\":null,\"host\":null,\"timestamp\":null,\"ts\":\"2023-03-21T22:34:49Z\"}"),
                Arguments.of("below only", "{\"x\":{\"host\":1}}", "{\"x\":{\"host\":1}," + ADDED + "}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void shape_isAddedToUntouchedEvent(String what, String json, String line) throws IOException {
        assertThat(marshal(duoClient, event(json))).isEqualTo(line + "\n");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void shape_isAddedToPlainMap(String what, String json, String line) throws IOException {
        assertThat(marshal(duoClient, new LinkedHashMap<>(event(json)))).isEqualTo(line + "\n");
    }

    @Test
    void shape_seesThroughEscapedNames() throws IOException {
        assertThat(marshal(duoClient, event("{\"\\u0068ost\":1}")))
                .isEqualTo("{\"\\u0068ost\":1,\"eventtype\":\"telephony\"}\n");
    }

    @Test
    void shape_followsWhatStepsDid() throws IOException {
        DuoEvent event = event("{\"ts\":\"2023-03-21T22:34:49Z\",\"host\":\"x\"}");
        event.keySet().remove("host");
        event.put("ts", "2023-03-21T22:34:50Z");
        event.put("eventtype", null);

        assertThat(marshal(duoClient, event))
                .isEqualTo("{\"ts\":\"2023-03-21T22:34:50Z\",\"eventtype\":null,\"host\":\"" + HOST
                        + "\",\"timestamp\":1679438090}\n");
    }

    @Test
    void timestamp_isDuos_whereStepTookTsAway() throws IOException {
        DuoEvent event = event("{\"ts\":\"2023-03-21T22:34:49Z\"}");
        event.clear();

        assertThat(marshal(duoClient, event)).isEqualTo("{" + ADDED + ",\"timestamp\":1679438089}\n");
    }

    @Test
    void host_isEscaped() throws IOException {
        assertThat(marshal(new NdjsonDataFormat(EventShape.DUO_CLIENT, "a\"\\\u0131"), event("{\"eventtype\":1}")))
                .isEqualTo("{\"eventtype\":1,\"host\":\"a\\\"\\\\\u0131\"}\n");
    }

    static Stream<Arguments> graphs() {
        Map<String, Object> map = Map.of("n", new BigDecimal("1E+5"));
        String line = "{\"n\":1E+5}\n";
        return Stream.of(
                Arguments.of("one map", map, line),
                Arguments.of("list", List.of(map, map), line + line),
                Arguments.of("set", Set.of(map), line),
                Arguments.of("array", new Map<?, ?>[] {map, map}, line + line),
                Arguments.of("array of objects", new Object[] {map}, line),
                Arguments.of("other iterable", new ArrayDeque<>(List.of(map)), line),
                Arguments.of("empty list", List.of(), ""),
                Arguments.of("empty array", new Object[0], ""),
                Arguments.of("empty map", Map.of(), "{}\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void graphs(String what, Object graph, String text) throws IOException {
        assertThat(marshal(raw, graph)).isEqualTo(text);
    }

    static Stream<Arguments> misfits() {
        List<Object> withNull = new ArrayList<>();
        withNull.add(null);
        return Stream.of(
                Arguments.of(null, "the body is null"),
                Arguments.of("+12025550123", "the body is a java.lang.String"),
                Arguments.of(List.of("+12025550123"), "an element of the body is a java.lang.String"),
                Arguments.of(new Object[] {12025550123L}, "an element of the body is a java.lang.Long"),
                Arguments.of(withNull, "an element of the body is null"));
    }

    @ParameterizedTest
    @MethodSource
    void misfits(Object graph, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> marshal(raw, graph))
                .withMessageContaining(message)
                .withMessageContaining("java.util.Map")
                .withMessageNotContaining("2025550123");
    }

    @Test
    void unmarshal_readsLines() throws IOException {
        List<DuoEvent> events = unmarshal("{\"a\":2.50}\r\n\n \t\r\n {\"b\":\"\u2028\"} \n{\"c\":1}");

        assertThat(events).hasSize(3);
        assertThat(marshal(raw, events)).isEqualTo("{\"a\":2.50}\n{\"b\":\"\u2028\"}\n{\"c\":1}\n");
        assertThat(unmarshal("")).isEmpty();
        assertThat(unmarshal("\n\n")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{\"phone\":\"+12025550123\"", "{}{}", "+12025550123", "\u0000"})
    void unmarshal_namesTheBadLine_butDoesNotQuoteIt(String line) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> unmarshal("{}\n\n" + line + "\n{}"))
                .withMessageStartingWith("line 3: an event must be one JSON object")
                .withMessageNotContaining("2025550123");
    }

    @Test
    void randomEvents_surviveBothWays() throws IOException {
        ObjectMapper mapper = JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            String json = RandomJson.event(random).other();
            String line = marshal(raw, event(json));
            assertThat(line).as(json).isEqualTo(json.replaceAll("[\r\n]", "") + "\n");
            assertThat(mapper.readTree(line)).as(json).isEqualTo(mapper.readTree(json));

            DuoEvent changed = event(json);
            changed.put("m", null);
            String changedLine = marshal(raw, changed);
            assertThat(changedLine).as(json).endsWith(",\"m\":null}\n").containsOnlyOnce("\n");
            DuoEvent read = unmarshal(changedLine).get(0);
            assertThat(read).as(json).isEqualTo(changed);
        }
    }

    @Test
    void of_takesTheSettingsAsTheyWereRead() throws IOException {
        NdjsonDataFormat format = NdjsonDataFormat.of(
                TestSettings.with("event.shape", "Duo-Client", "duo.api.host", "API-IIII.duosecurity.com"));

        assertThat(marshal(format, event("{}")))
                .isEqualTo("{\"eventtype\":\"telephony\",\"host\":\"api-iiii.duosecurity.com\"}\n");
        assertThat(marshal(NdjsonDataFormat.of(TestSettings.with("event.shape", "RAW")), event("{}")))
                .isEqualTo("{}\n");
    }

    @Test
    void duoClientShape_needsApiHost() {
        NdjsonDataFormat format = new NdjsonDataFormat();
        format.setShape("duo-client");
        assertThatIllegalStateException()
                .isThrownBy(() -> exchange.getContext().addService(format))
                .withMessageContaining("event.shape is duo-client")
                .withMessageContaining("duo.api.host is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "RAW", "duo_client", "DUO-CLIENT", "both"})
    void otherShape_isRefused(String shape) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NdjsonDataFormat().setShape(shape))
                .withMessage("event.shape is \"" + shape + "\": set it to duo-client or raw");
    }

    private String marshal(NdjsonDataFormat format, Object graph) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        format.marshal(exchange, graph, out);
        return out.toString(UTF_8);
    }

    private List<DuoEvent> unmarshal(String text) throws IOException {
        return raw.unmarshal(exchange, new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    private static DuoEvent event(String json) throws IOException {
        return DuoEvent.of(json.getBytes(UTF_8), DuoLog.TELEPHONY);
    }
}
