// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.TelephonyEvent;
import dev.duocollector.udm.MappingTable.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** UDM.md says what the code does: its table, row by row, and its example. */
class UdmDocumentTest {

    private static final Pattern ROW =
            Pattern.compile("^\\| (\\d+) \\| (?:`(\\w+)`|–) \\| `([a-z_.]+)` \\| .+ \\|$", Pattern.MULTILINE);
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void table_isTheOneInTheCode() throws IOException {
        List<String> documented = new ArrayList<>();
        Matcher row = ROW.matcher(document());
        while (row.find()) {
            documented.add(row.group(1) + " " + (row.group(2) == null ? "" : row.group(2)) + " " + row.group(3));
        }

        assertThat(documented)
                .containsExactlyElementsOf(MappingTable.ROWS.stream()
                        .map((Row r) -> r.number() + " " + r.logField() + " " + r.target())
                        .toList());
    }

    @Test
    void example_isWhatTheMapperMakes() throws Exception {
        TelephonyEvent event = TelephonyEvent.of(example("udm-event").getBytes(UTF_8), DuoLog.TELEPHONY);

        assertThat(JSON.readTree(JSON.writeValueAsString(new UdmMapper().map(event))))
                .isEqualTo(JSON.readTree(example("udm-result")));
    }

    private static String example(String name) throws IOException {
        Matcher example = Pattern.compile("<!-- tested: " + name + " -->\n```json\n(.*?)```", Pattern.DOTALL)
                .matcher(document());
        assertThat(example.find()).as(name).isTrue();
        return example.group(1);
    }

    private static String document() throws IOException {
        return Files.readString(Path.of("src/site/markdown/UDM.md"));
    }
}
