// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.udm.MappingTable.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** UDM.md says what the code does: its tables, row by row, its lists of values, and its example. */
class UdmDocumentTest {

    private static final Pattern ROW =
            Pattern.compile("^\\| (\\d+) \\| (?:`([\\w.]+)`|–) \\| `([a-z_.]+)` \\| .+ \\|$", Pattern.MULTILINE);
    private static final Pattern LIST_ROW = Pattern.compile("^\\| `([A-Z_]+)` \\| (`.+`) \\|$", Pattern.MULTILINE);
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @EnumSource
    void table_isTheOneInTheCode(DuoLog log) throws IOException {
        List<String> documented = new ArrayList<>();
        Matcher row = ROW.matcher(after("<!-- table: " + log + " -->"));
        while (row.find()) {
            documented.add(row.group(1) + " " + (row.group(2) == null ? "" : row.group(2)) + " " + row.group(3));
        }

        assertThat(documented)
                .containsExactlyElementsOf(MappingTable.of(log, false).rows().stream()
                        .map((Row r) -> r.number() + " " + r.logField() + " " + r.target())
                        .toList());
        assertThat(documented)
                .as("numbered from 1")
                .extracting(number -> number.substring(0, number.indexOf(' ')))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, documented.size())
                        .mapToObj(String::valueOf)
                        .toList());
    }

    @Test
    void valueLists_areThoseInTheCode() throws IOException {
        assertThat(list("mechanisms")).isEqualTo(AuthenticationTable.MECHANISMS);
        assertThat(list("actions")).isEqualTo(ActivityTable.EVENT_TYPES);
    }

    private static Map<String, String> list(String name) throws IOException {
        Map<String, String> list = new HashMap<>();
        Matcher row = LIST_ROW.matcher(after("<!-- list: " + name + " -->"));
        while (row.find()) {
            for (String value : row.group(2).replace("`", "").split(", ", -1)) {
                assertThat(list.put(value, row.group(1))).as(value).isNull();
            }
        }
        return list;
    }

    /** The table behind a mark. */
    private static String after(String mark) throws IOException {
        String document = document();
        assertThat(document).containsOnlyOnce(mark);
        String rest = document.substring(document.indexOf(mark) + mark.length() + 1);
        return rest.substring(0, rest.indexOf("\n\n"));
    }

    @Test
    void example_isWhatTheMapperMakes() throws Exception {
        DuoEvent event = DuoEvent.of(example("udm-event").getBytes(UTF_8), DuoLog.TELEPHONY);

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
