// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.testing.Gzip;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UdmConversionTest {

    private static final String GOOD =
            "{\"context\":\"verify\",\"credits\":1,\"phone\":\"+12025550100\",\"ts\":\"2026-11-23T08:15:00.5Z\",\"type\":\"sms\"}\n";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<String> problems = new ArrayList<>();

    @Test
    void lines_becomeLines() throws IOException {
        UdmConversion conversion = lines();

        conversion.convert("events.ndjson", in(GOOD + "\n" + GOOD.replace("verify", "enrollment")));

        assertThat(problems).isEmpty();
        assertThat(written())
                .hasSize(2)
                .allSatisfy(
                        line -> assertThat(JSON.readTree(line).has("metadata")).isTrue());
        assertThat(written().get(1)).contains("enrollment");
        assertThat(conversion.report())
                .containsExactly(
                        "1 input, 2 lines: 2 events mapped, 0 problems.",
                        "Event types: GENERIC_EVENT 2",
                        "Times: 2026-11-23T08:15:00.500Z to 2026-11-23T08:15:00.500Z",
                        "Fields that the table does not map: none",
                        "Note: 2 events without host: GENERIC_EVENT, and no principal.hostname. The collector adds it with"
                                + " event.shape=duo-client.",
                        "Note: 2 events without timestamp: should Google's parser still read that one, and not ts, their"
                                + " time will be that of ingestion. The collector adds it with event.shape=duo-client.");
    }

    @Test
    void report_countsTypesAndUnmappedFields() throws IOException {
        UdmConversion conversion = lines();
        String whole = GOOD.replace(
                "{", "{\"host\":\"api-00000000.duosecurity.com\",\"timestamp\":1,\"txid\":\"x\",\"a b\\u001b\":1,");

        conversion.convert("one", in(whole.repeat(3)));
        conversion.convert(
                "two",
                in(whole.replace("\"context\":\"verify\",", "\"new\":true,").replace("08:15", "07:15")));

        assertThat(conversion.report())
                .containsExactly(
                        "2 inputs, 4 lines: 4 events mapped, 0 problems.",
                        "Event types: STATUS_UPDATE 1, USER_UNCATEGORIZED 3",
                        "Times: 2026-11-23T07:15:00.500Z to 2026-11-23T08:15:00.500Z",
                        "Fields that the table does not map: a?b? 4, new 1, txid 4",
                        "Note: 3 events of USER_UNCATEGORIZED without target: Google's guide asks for one, and Google's own"
                                + " table sets none.");
    }

    @Test
    void report_doesNotGrow_withNamesThatSomebodyMadeUp() throws IOException {
        UdmConversion conversion = lines();
        StringBuilder strange = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            strange.append(GOOD.replace("{", "{\"field" + i + "\":1,"));
        }

        conversion.convert("strange", in(strange.toString()));

        assertThat(conversion.report().get(3)).hasSizeLessThan(1000).contains("(others) 950");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Dear reader            | an event must be one JSON object, but it is cut short or is not JSON at byte",
                "42                     | an event must be one JSON object, but it is something else or more than that",
                "{\"ts\":\"2026          | an event must be one JSON object, but it is cut short or is not JSON at byte",
                "{} {}                  | an event must be one JSON object, but it is something else or more than that",
                "{\"type\":\"sms\"}     | no time can be read from ts, timestamp or isotimestamp",
            })
    void badLine_isToldWithItsNumber_andTheOthersAreWritten(String bad, String said) throws IOException {
        UdmConversion conversion = lines();

        conversion.convert("events.ndjson", in(GOOD + bad + "\n" + GOOD));

        assertThat(problems).singleElement().asString().startsWith("events.ndjson:2: " + said);
        assertThat(written()).hasSize(2);
        assertThat(conversion.problems()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"'', 1, 0", "'\n', 1, 0", "[, 0, 1", "\ufeff, 1, 1"})
    void byteOrderMark_isNoProblem(String behind, int mapped, int problem) throws IOException {
        UdmConversion conversion = lines();

        conversion.convert("events.ndjson", in("\ufeff" + behind + GOOD + (problem == mapped ? GOOD : "")));

        assertThat(written()).hasSize(mapped);
        assertThat(problems).hasSize(problem);
    }

    @Test
    void lineThatIsNoUtf8_isToldWithItsNumber() throws IOException {
        lines().convert("events.ndjson", new ByteArrayInputStream(concat(GOOD.getBytes(UTF_8), new byte[] {
            '{', (byte) 0xff, '}', '\n'
        })));

        assertThat(problems).containsExactly("events.ndjson:2: an event must be one JSON object, but it is not UTF-8");
        assertThat(written()).hasSize(1);
    }

    @Test
    void binary_isOneProblem() throws IOException {
        byte[] binary = new byte[5000];
        Arrays.fill(binary, (byte) 0xd8);
        for (int i = 100; i < binary.length; i += 100) {
            binary[i] = '\n';
        }

        lines().convert("photo.jpg", new ByteArrayInputStream(binary));

        assertThat(problems)
                .containsExactly(
                        "photo.jpg:1: this is not UTF-8 text, so none of the input was read; it must be NDJSON, plain or gzip");
    }

    @Test
    void array_isOneProblem() throws IOException {
        lines().convert("array.json", in("\n [\n" + GOOD.repeat(20)));
        lines().convert("array.json", in("[\n" + GOOD.repeat(20)));

        assertThat(problems)
                .first()
                .isEqualTo(
                        "array.json:2: an event must be one JSON object, but it is something else or more than that");
        assertThat(problems)
                .last()
                .isEqualTo(
                        "array.json:1: a JSON array begins here, so none of the input was read; it must be NDJSON, one object a line");
        assertThat(problems).hasSize(2);
    }

    @Test
    void manyProblems_areCounted_andTheFirstTenTold() throws IOException {
        UdmConversion conversion = lines();

        conversion.convert("bad", in("{}\n".repeat(25)));
        conversion.convert("good", in(GOOD));

        assertThat(problems).hasSize(11).last().isEqualTo("bad: further problems are only counted");
        assertThat(conversion.problems()).isEqualTo(25);
        assertThat(written()).hasSize(1);
    }

    @Test
    void nothing_isNoProblem() throws IOException {
        UdmConversion conversion = lines();

        conversion.convert("empty", in(""));
        conversion.convert("blank", in("\n\r\n \n"));

        assertThat(problems).isEmpty();
        assertThat(conversion.report()).containsExactly("2 inputs, 0 lines: 0 events mapped, 0 problems.");
    }

    @Test
    void gzip_isReadThrough_alsoWithManyMembers() throws IOException {
        lines().convert("events.ndjson.gz", new ByteArrayInputStream(concat(Gzip.of(GOOD), Gzip.of(GOOD.repeat(3)))));

        assertThat(problems).isEmpty();
        assertThat(written()).hasSize(4);
    }

    @Test
    void gzipThatBreaksOff_isAProblem_afterWhatWasRead() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            lines.append(GOOD.replace("0100", Integer.toHexString(i * 7919)));
        }
        byte[] whole = Gzip.of(lines.toString());
        UdmConversion conversion = lines();

        conversion.convert("cut.ndjson.gz", new ByteArrayInputStream(Arrays.copyOf(whole, whole.length / 2)));

        assertThat(problems)
                .singleElement()
                .asString()
                .matches(
                        "cut\\.ndjson\\.gz:\\d+: the input is cut short here \\(EOFException: Unexpected end of ZLIB input stream\\)");
        assertThat(written()).hasSizeBetween(1000, 4999);
    }

    @Test
    void lineOf4Megabytes_isMapped_andALongerOneIsNot() throws IOException {
        String padding = "\"padding\":\"" + "x".repeat(UdmOutput.BYTES_MAX - GOOD.length() - 12) + "\",";
        String longest = GOOD.replace("{", "{" + padding);
        assertThat(longest.strip().getBytes(UTF_8)).hasSize(UdmOutput.BYTES_MAX);

        lines().convert("events", in(longest + longest.replace("padding", "paddings") + GOOD));

        assertThat(problems)
                .containsExactly(
                        "events:2: the line has more than 4000000 bytes, and a feed takes no line that long: it would fail as a whole");
        assertThat(written()).hasSize(2);
    }

    @Test
    void eventThatWouldBeTooLong_isAProblem() throws IOException {
        lines().convert("events", in(GOOD.replace("+12025550100", "x".repeat(2_500_000))));

        assertThat(problems)
                .singleElement()
                .asString()
                .matches("events:1: the UDM event would have \\d+ bytes, and 4000000 is the most");
        assertThat(written()).isEmpty();
    }

    @Test
    void importBodies_holdEveryEvent_eachBodyUnder4Megabytes() throws IOException {
        UdmOutput output = UdmOutput.importBodies(out);
        String large = GOOD.replace("+12025550100", "x".repeat(600_000));
        UdmConversion conversion =
                new UdmConversion(new UdmMapper(), DuoLog.TELEPHONY, output, problems::add, input -> {});

        conversion.convert("events", in(GOOD.repeat(3) + large.repeat(7) + GOOD));
        output.end();

        List<String> bodies = written();
        List<Integer> events = new ArrayList<>();
        for (String body : bodies) {
            assertThat(body.getBytes(UTF_8).length).isLessThan(UdmOutput.BYTES_MAX);
            JsonNode source = JSON.readTree(body).path("inlineSource").path("events");
            assertThat(source)
                    .allSatisfy(event -> assertThat(event.path("udm")
                                    .path("metadata")
                                    .path("logType")
                                    .asText())
                            .isEqualTo("DUO_TELEPHONY"));
            events.add(source.size());
        }
        assertThat(events).containsExactly(6, 3, 2);
        assertThat(problems).isEmpty();
    }

    @Test
    void importBody_isAsLongAsItMayBe_andNoLonger() throws IOException {
        UdmOutput output = UdmOutput.importBodies(out);
        byte[] longest = ("\"" + "x".repeat(output.eventBytesMax() - 2) + "\"").getBytes(UTF_8);

        output.write(longest);
        output.write("1".getBytes(UTF_8));
        output.end();

        assertThat(written().get(0)).hasSize(UdmOutput.BYTES_MAX - 1);
        assertThat(written().get(1)).isEqualTo("{\"inlineSource\":{\"events\":[{\"udm\":1}]}}");
    }

    @Test
    void importBodies_areNone_whenThereIsNoEvent() throws IOException {
        UdmOutput.importBodies(out).end();

        assertThat(written()).isEmpty();
    }

    @Test
    void check_writesNothing() throws IOException {
        UdmConversion conversion =
                new UdmConversion(new UdmMapper(), DuoLog.TELEPHONY, UdmOutput.none(), problems::add, input -> {});

        conversion.convert("events", in(GOOD));

        assertThat(conversion.report().get(0)).isEqualTo("1 input, 1 line: 1 event mapped, 0 problems.");
    }

    @Test
    void outputThatFails_endsTheConversion() {
        UdmOutput closed = UdmOutput.lines(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("closed");
            }
        });

        assertThatThrownBy(
                        () -> new UdmConversion(new UdmMapper(), DuoLog.TELEPHONY, closed, problems::add, input -> {})
                                .convert("events", in(GOOD)))
                .isInstanceOf(IOException.class)
                .hasMessage("closed");
        assertThat(problems).isEmpty();
    }

    private UdmConversion lines() {
        return new UdmConversion(new UdmMapper(), DuoLog.TELEPHONY, UdmOutput.lines(out), problems::add, input -> {});
    }

    private List<String> written() {
        return out.toString(UTF_8).lines().toList();
    }

    private static ByteArrayInputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}
