// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.DuoEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The mapping, by example: each {@code NAME.event.json} under {@code src/test/resources/udm} must become what stands in
 * {@code NAME.udm.json}, or be refused with the sentence in {@code NAME.refused.txt}. To add a case, add two files.
 */
class UdmMapperTest {

    private static final Path GOLDENS = Path.of("src/test/resources/udm");
    private static final String EVENT = ".event.json";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    @TempDir
    Path folder;

    static List<String> goldens() throws IOException {
        try (Stream<Path> files = Files.list(GOLDENS)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(EVENT))
                    .map(name -> name.substring(0, name.length() - EVENT.length()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void event_becomesItsGolden(String name) throws Exception {
        DuoEvent event = DuoEvent.of(Files.readAllBytes(GOLDENS.resolve(name + EVENT)), DuoLog.TELEPHONY);
        Path refused = GOLDENS.resolve(name + ".refused.txt");

        if (Files.exists(refused)) {
            assertThatThrownBy(() -> new UdmMapper().map(event))
                    .isInstanceOf(UnmappableEventException.class)
                    .hasMessage(Files.readString(refused).strip());
        } else {
            JsonNode golden = JSON.readTree(Files.readString(GOLDENS.resolve(name + ".udm.json")));
            // From files, because then a mismatch is shown as a diff.
            assertThat(pretty("actual", new UdmMapper().map(event))).hasSameTextualContentAs(pretty("golden", golden));
        }
    }

    @Test
    void everyGolden_isAPair() throws IOException {
        List<String> names = goldens();
        TreeSet<String> files = new TreeSet<>();
        try (Stream<Path> found = Files.list(GOLDENS)) {
            found.filter(Files::isRegularFile)
                    .forEach(file -> files.add(file.getFileName().toString()));
        }

        assertThat(names).hasSizeGreaterThan(40);
        assertThat(files).hasSize(2 * names.size());
    }

    @Test
    void anyMap_isMapped_asOtherJsonLibrariesReadIt() throws Exception {
        JsonNode golden = JSON.readTree(Files.readString(GOLDENS.resolve("v2-duo-client-row.udm.json")));
        Map<?, ?> event =
                JSON.readValue(GOLDENS.resolve("v2-duo-client-row" + EVENT).toFile(), Map.class);

        assertThat(pretty("actual", new UdmMapper().map(event))).hasSameTextualContentAs(pretty("golden", golden));
    }

    @Test
    void fields_comeInAFixedOrder() throws Exception {
        assertThat(new UdmMapper()
                        .map(Map.of("ts", "2026-11-23T08:15:00Z", "credits", 1, "phone", "+12025550100"))
                        .toString())
                .isEqualTo(
                        "{metadata={eventTimestamp=2026-11-23T08:15:00Z, eventType=GENERIC_EVENT, logType=DUO_TELEPHONY,"
                                + " productName=Telephony, vendorName=Duo}, principal={user={phoneNumbers=[+12025550100],"
                                + " userid=+12025550100}}, securityResult=[{action=[ALLOW], severity=INFORMATIONAL, summary=Duo"
                                + " Telephony, detectionFields=[{key=credits, value=1}]}],"
                                + " extensions={auth={mechanism=[MECHANISM_UNSPECIFIED]}}}");
    }

    @Test
    void theEvent_staysAsItIs() throws Exception {
        Map<String, Object> event = new LinkedHashMap<>(Map.of("ts", "2026-11-23T08:15:00Z", "phone", "+12025550100"));
        Map<String, Object> before = Map.copyOf(event);

        new UdmMapper().map(event);

        assertThat(event).isEqualTo(before);
    }

    @Test
    void ids_areMappedOnRequest() throws Exception {
        Map<String, Object> event = Map.of("ts", "2026-11-23T08:15:00Z", "telephony_id", "an-id", "txid", "a-txid");

        assertThat(new UdmMapper(true).map(event))
                .containsEntry("network", Map.of("sessionId", "a-txid"))
                .extractingByKey("metadata")
                .asString()
                .contains("productLogId=an-id");
        assertThat(new UdmMapper().map(event).toString()).doesNotContain("an-id", "a-txid");
        assertThat(new UdmMapper(true).isMapped(DuoLog.TELEPHONY, "txid")).isTrue();
        assertThat(new UdmMapper().isMapped(DuoLog.TELEPHONY, "txid")).isFalse();
    }

    @Test
    void refusal_neverNamesAValue() {
        UnmappableEventException refused = catchThrowableOfType(
                UnmappableEventException.class,
                () -> new UdmMapper().map(Map.of("ts", "+12025550100", "phone", List.of("+12025550100"))));

        assertThat(refused).hasMessageContaining("phone is an array").hasMessageContaining("no time can be read");
        assertThat(refused.getMessage()).doesNotContain("2025550100");
    }

    @Test
    void theTable_hasTheGuidesSeventeenRows_inOrder() {
        assertThat(TelephonyTable.ROWS).hasSize(17);
        for (int i = 0; i < 17; i++) {
            assertThat(TelephonyTable.ROWS.get(i).number()).isEqualTo(i + 1);
        }
    }

    private Path pretty(String name, Object json) throws IOException {
        Object tree = JSON.treeToValue(JSON.valueToTree(json), Object.class);
        return Files.writeString(folder.resolve(name), JSON.writeValueAsString(tree), StandardCharsets.UTF_8);
    }
}
