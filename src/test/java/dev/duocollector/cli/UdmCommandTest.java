// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.testing.Gzip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command udm makes of files and options; what a process makes of its streams is UdmIT's matter. */
class UdmCommandTest {

    private static final String EVENT =
            "{\"context\":\"verify\",\"credits\":1,\"phone\":\"+12025550100\",\"ts\":\"2026-11-23T08:15:00.5Z\",\"type\":\"sms\"}\n";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrintStream outBefore = System.out;
    private final PrintStream errBefore = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @BeforeEach
    void capture() {
        System.setOut(new PrintStream(out, false, UTF_8));
        System.setErr(new PrintStream(err, true, UTF_8));
    }

    @AfterEach
    void release() {
        System.setOut(outBefore);
        System.setErr(errBefore);
    }

    @Test
    void check_printsTheSummaryOnly() throws IOException {
        Files.writeString(folder.resolve("a.ndjson"), EVENT);

        assertThat(udm("--check", "a.ndjson")).isZero();

        assertThat(out.toString(UTF_8))
                .startsWith("1 input, 1 line: 1 event mapped, 0 problems.\n")
                .contains("Event types: GENERIC_EVENT 1\n");
        assertThat(err.toString(UTF_8)).isEmpty();
    }

    @Test
    void importAndIds_areOptions() throws IOException {
        Files.writeString(
                folder.resolve("a.ndjson"),
                EVENT.replace("{", "{\"txid\":\"a-txid\",").repeat(2));

        assertThat(udm("--import", "--ids", "a.ndjson")).isZero();

        assertThat(out.toString(UTF_8)).hasLineCount(1);
        JsonNode events =
                JSON.readTree(out.toString(UTF_8)).path("inlineSource").path("events");
        assertThat(events).hasSize(2);
        JsonNode event = events.path(1).path("udm");
        assertThat(event.path("network").path("sessionId").asText()).isEqualTo("a-txid");
        assertThat(event.has("extensions")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            telephony      | DUO_TELEPHONY | Fields that the table does not map: action
            authentication | DUO_AUTH      | Fields that the table does not map: action
            ACTIVITY       | DUO_ACTIVITY  | Fields that the table does not map: context
            """)
    void log_saysWhoseTableItIs(String log, String logType, String said) throws IOException {
        Files.writeString(
                folder.resolve("a.ndjson"),
                EVENT.replace("{", "{\"timestamp\":1795684443,\"action\":{\"name\":\"phone_update\"},"));

        assertThat(udm("--log=" + log, "a.ndjson")).isZero();

        assertThat(JSON.readTree(out.toString(UTF_8))
                        .path("metadata")
                        .path("logType")
                        .asText())
                .isEqualTo(logType);
        assertThat(err.toString(UTF_8)).contains(said);
        assertThat(err.toString(UTF_8).contains("without host")).isEqualTo(log.equals("telephony"));
    }

    @Test
    void log_thatIsNoLog_isWrongUse() throws IOException {
        Files.writeString(folder.resolve("a.ndjson"), EVENT);

        assertThat(udm("--log=administrator", "a.ndjson")).isEqualTo(2);

        assertThat(out.toString(UTF_8)).isEmpty();
        assertThat(err.toString(UTF_8)).contains("'administrator' is not a log that is collected");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "not-json.ndjson | 1 | 1 | 1   | :1: an event must be one JSON object, but it is cut short or is not JSON at byte",
                "array.json      | 1 | 1 | 1   | :1: a JSON array begins here, so none of the input was read",
                "binary.bin      | 1 | 1 | 1   | :1: this is not UTF-8 text, so none of the input was read",
                "cut.ndjson.gz   | 1 | 2 | 500 | :\\d+: the input is cut short here",
                "missing.ndjson  | 2 | 0 | 0   | ' is not there\\.'",
                "directory       | 2 | 0 | 0   | ' is a directory\\. Name the files in it, such as .*/directory/'",
                "s3://           | 2 | 0 | 0   | ' is neither s3://BUCKET/KEY nor s3://BUCKET/PREFIX/\\.'",
            })
    void wrongInput_isOneLine(String name, int exitCode, long linesMin, long linesMax, String said) throws IOException {
        Files.writeString(folder.resolve("good.ndjson"), EVENT);
        Files.writeString(folder.resolve("not-json.ndjson"), "Dear reader,\n");
        Files.writeString(folder.resolve("array.json"), "[" + EVENT + "]\n");
        Files.write(
                folder.resolve("binary.bin"),
                new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, (byte) 0xff});
        StringBuilder different = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            different.append(EVENT.replace("verify", Integer.toHexString(i * 7919)));
        }
        byte[] whole = Gzip.of(different.toString());
        Files.write(folder.resolve("cut.ndjson.gz"), Arrays.copyOf(whole, whole.length / 2));
        Files.createDirectory(folder.resolve("directory"));

        assertThat(udm("good.ndjson", name)).isEqualTo(exitCode);

        List<String> told = err.toString(UTF_8).lines().toList();
        assertThat(told.get(0)).containsPattern("^" + Pattern.quote(place(name)) + said);
        // Whoever mistypes a name gets nothing; a bad line keeps none of the others.
        assertThat(out.toString(UTF_8).lines().count()).isBetween(linesMin, linesMax);
        assertThat(told).hasSize(exitCode == 2 ? 1 : 7);
    }

    @Test
    void emptyInput_isNoMistake() throws IOException {
        Files.createFile(folder.resolve("empty.ndjson"));

        assertThat(udm("empty.ndjson")).isZero();

        assertThat(out.size()).isZero();
        assertThat(err.toString(UTF_8)).isEqualTo("1 input, 0 lines: 0 events mapped, 0 problems.\n");
    }

    /** With options as they are, and names of files in the folder. */
    private int udm(String... arguments) {
        return Main.execute(Stream.concat(Stream.of("udm"), Stream.of(arguments).map(this::place))
                .toArray(String[]::new));
    }

    private String place(String argument) {
        return argument.startsWith("-") || argument.startsWith("s3:")
                ? argument
                : folder.resolve(argument).toString();
    }
}
