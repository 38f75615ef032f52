// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.DuoEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The mapping of the authentication and the activity log, by example: each line of {@code LOG/NAME.event.json} under
 * {@code src/test/resources/udm} must become the same line of {@code LOG/NAME.udm.json}, or be refused with the sentence that
 * stands there as {@code refused}. To add a case, add a line to both.
 */
class UdmOfFurtherLogsTest {

    private static final Path GOLDENS = Path.of("src/test/resources/udm");
    private static final String EVENT = ".event.json";
    private static final String UDM = ".udm.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What Duo might send in any place one day: {@code null} for a member that is not there. */
    private static final List<String> ODD = List.of(
            "null",
            "\"\"",
            "\"None\"",
            "\"unknown\"",
            "\"{}\"",
            "\"{\\\"email\\\": {\"",
            "\"half \\ud83d\"",
            "0",
            "-1e400",
            "true",
            "{}",
            "[]",
            "[null]",
            "[[{}]]",
            "{\"address\":[],\"details\":{},\"key\":[],\"name\":{},\"\":0}");

    private final UdmMapper mapper = new UdmMapper();

    static Stream<Arguments> goldens() throws IOException {
        List<Arguments> goldens = new ArrayList<>();
        for (DuoLog log : List.of(DuoLog.AUTHENTICATION, DuoLog.ACTIVITY)) {
            for (String name : names(log, EVENT)) {
                goldens.add(Arguments.of(log, name));
            }
        }
        return goldens.stream();
    }

    private static Set<String> names(DuoLog log, String ending) throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(GOLDENS.resolve(log.toString()))) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .forEach(name -> names.add(name.substring(0, name.length() - ending.length())));
        }
        return names;
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void eachEvent_becomesItsGolden(DuoLog log, String name) throws IOException {
        List<String> events = lines(log, name + EVENT);
        List<String> goldens = lines(log, name + UDM);

        assertThat(goldens).hasSameSizeAs(events);
        for (int i = 0; i < events.size(); i++) {
            DuoEvent event = DuoEvent.of(events.get(i).getBytes(UTF_8), log);
            assertThat(result(event)).as("line " + (i + 1)).isEqualTo(JSON.readTree(goldens.get(i)));
        }
    }

    private JsonNode result(DuoEvent event) throws IOException {
        try {
            return JSON.readTree(JSON.writeValueAsString(mapper.map(event)));
        } catch (UnmappableEventException e) {
            return JSON.createObjectNode().put("refused", e.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "TELEPHONY")
    void everyGolden_isAPair(DuoLog log) throws IOException {
        assertThat(names(log, EVENT)).hasSizeGreaterThan(10).isEqualTo(names(log, UDM));
    }

    /** The one event of every-row sets whatever a row can set, but what only another event can. */
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "TELEPHONY")
    void everyRow_isInAGolden(DuoLog log) throws IOException {
        Set<String> set = new TreeSet<>();
        for (String name : names(log, UDM)) {
            for (String line : lines(log, name + UDM)) {
                paths("", JSON.readTree(line), set);
            }
        }
        for (MappingTable.Row row : MappingTable.of(log, false).rows()) {
            assertThat(set).contains(MappingTable.jsonName(row.target()));
        }
    }

    private static void paths(String path, JsonNode node, Set<String> to) {
        to.add(path);
        node.properties()
                .forEach(field ->
                        paths(path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), to));
        if (node.isArray()) {
            node.forEach(element -> paths(path, element, to));
        }
    }

    /** Each value of each list is in a golden, and something that is in none. */
    @Test
    void everyListedValue_isInAGolden() throws IOException {
        assertThat(texts(DuoLog.AUTHENTICATION, "factor", event -> event.path("factor")))
                .map(factor -> factor.toLowerCase(Locale.ROOT))
                .containsAll(AuthenticationTable.MECHANISMS.keySet())
                .contains("something_new");
        assertThat(texts(DuoLog.AUTHENTICATION, "event-type", event -> event.path("event_type")))
                .containsAll(AuthenticationTable.EVENT_TYPES.keySet())
                .contains("something_new");
        assertThat(texts(
                        DuoLog.ACTIVITY,
                        "action-name",
                        event -> event.path("action").path("name")))
                .containsAll(ActivityTable.EVENT_TYPES.keySet())
                .contains("user_create");
    }

    private static Set<String> texts(DuoLog log, String name, Function<JsonNode, JsonNode> member) throws IOException {
        Set<String> texts = new TreeSet<>();
        for (String line : lines(log, name + EVENT)) {
            texts.add(member.apply(JSON.readTree(line)).asText());
        }
        return texts;
    }

    /** With one thing odd, and with the same odd thing in every place, an event that has a time is mapped, and well. */
    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "TELEPHONY")
    void oddValue_inAnyPlace_isLeftOut_andNeverTheEvent(DuoLog log) throws Exception {
        ObjectNode whole =
                (ObjectNode) JSON.readTree(lines(log, "every-row" + EVENT).get(0));
        String time = log == DuoLog.ACTIVITY ? "ts" : "timestamp";
        int tried = 0;
        for (String odd : ODD) {
            for (String field : List.copyOf(names(whole))) {
                if (!field.equals(time)) {
                    tried += mapped(log, whole, copy -> copy.set(field, tree(odd)));
                }
                if (whole.get(field) instanceof ObjectNode members) {
                    for (String member : names(members)) {
                        tried += mapped(log, whole, copy -> ((ObjectNode) copy.get(field)).set(member, tree(odd)));
                    }
                }
            }
            tried += mapped(
                    log,
                    whole,
                    copy -> names(copy).stream()
                            .filter(field -> !field.equals(time))
                            .forEach(field -> copy.set(field, tree(odd))));
        }
        assertThat(tried).isGreaterThan(20 * ODD.size());
    }

    /** Some of these would take a converter of numbers minutes, or all memory. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1E-2000000000",
                "1E-400000000",
                "1E400000000",
                "1E99",
                "\"1e-400000000\"",
                "\"1E2147483647\"",
                "\".\"",
                "\"1795684443,5\"",
                "\"\uff11\uff17\uff19\uff15\uff16\uff18\uff14\uff14\uff14\uff13\"",
                "11111111111111111111111111111111111111111"
            })
    @Timeout(10)
    void numberThatIsNoTime_isPassedOver(String number) throws Exception {
        String event = "{\"timestamp\":" + number + ",\"isotimestamp\":\"2026-11-26T09:20:11Z\",\"txid\":\"x\"}";

        Map<?, ?> metadata = (Map<?, ?>) mapper.map(DuoEvent.of(event.getBytes(UTF_8), DuoLog.AUTHENTICATION))
                .get("metadata");

        assertThat(metadata.get("eventTimestamp")).hasToString("2026-11-26T09:20:11Z");
    }

    private int mapped(DuoLog log, ObjectNode whole, Consumer<ObjectNode> change) throws Exception {
        ObjectNode copy = whole.deepCopy();
        change.accept(copy);
        byte[] line = JSON.writeValueAsBytes(copy);
        Map<String, Object> udm = mapper.map(DuoEvent.of(line, log));
        assertThat(UdmRules.check(udm)).as(copy.toString()).isEmpty();
        assertThat(JSON.writeValueAsString(udm))
                .as("the same, whichever library read it")
                .isEqualTo(JSON.writeValueAsString(new UdmMapper().map(DuoEvent.of(line.clone(), log), log)));
        return 1;
    }

    private static List<String> names(ObjectNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Duo has details as a text of JSON, or as an object. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"status\":1.50}",
                "\"{\\\"status\\\":1.50}\"",
                // Beyond what Java's numbers can hold.
                "\"{\\\"status\\\":1.50,\\\"n\\\":1e99999999999}\"",
            })
    void number_isShownAsDuoSentIt(String details) throws Exception {
        String event = "{\"ts\":\"2026-11-26T09:20:11Z\",\"actor\":{\"details\":" + details + "}}";

        assertThat(new UdmMapper()
                        .map(DuoEvent.of(event.getBytes(UTF_8), DuoLog.ACTIVITY), DuoLog.ACTIVITY)
                        .toString())
                .contains("1.50");
    }

    /** Anything can be under a name that an operator's steps have set. */
    @Test
    void valueOfNoJsonKind_isLeftOut() throws Exception {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("ts", "2026-11-26T09:20:11Z");
        event.put("akey", new Object());
        event.put("target", Map.of("details", List.of(new Object()), "key", "DPEXAMPLE00000000001"));

        assertThat(mapper.map(event, DuoLog.ACTIVITY).toString())
                .contains("DPEXAMPLE00000000001")
                .doesNotContain("java.lang.Object", "target_details");
    }

    @Test
    void eventsOwnLog_choosesTheTable_andAPlainMapIsTelephony() throws Exception {
        byte[] line =
                "{\"ts\":\"2026-11-26T09:20:11Z\",\"timestamp\":1795684443,\"phone\":\"+12025550100\"}".getBytes(UTF_8);

        for (DuoLog log : DuoLog.values()) {
            assertThat(mapper.map(DuoEvent.of(line, log)))
                    .as(log.toString())
                    .isEqualTo(mapper.map(JSON.readValue(line, Map.class), log))
                    .extractingByKey("metadata")
                    .asString()
                    .contains(
                            switch (log) {
                                case TELEPHONY -> "logType=DUO_TELEPHONY";
                                case AUTHENTICATION -> "logType=DUO_AUTH";
                                case ACTIVITY -> "logType=DUO_ACTIVITY";
                            });
        }
        assertThat(mapper.map(JSON.readValue(line, Map.class)))
                .isEqualTo(mapper.map(DuoEvent.of(line, DuoLog.TELEPHONY)));
    }

    @Test
    void refusal_neverNamesAValue() {
        assertThatThrownBy(() -> mapper.map(Map.of("ts", "+12025550100"), DuoLog.ACTIVITY))
                .isInstanceOf(UnmappableEventException.class)
                .hasMessage("no time can be read from ts");
    }

    private static List<String> lines(DuoLog log, String file) throws IOException {
        return Files.readAllLines(GOLDENS.resolve(log.toString()).resolve(file), UTF_8);
    }
}
