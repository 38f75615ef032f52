// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.duocollector.state.Batch.Declaration;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The state's bytes, held to the files in {@code src/test/resources/state}: what is in buckets already must stay readable. */
class StateFormatTest {

    private static final String PLACE = "s3://logs/duo-telephony-state/state.json";
    private static final String WRITE_ID = "8c1d2f0e-6f3a-4a52-9a51-0a7b2f6f3c11";
    private static final String OFFSET = "1795421700123,5bf1a860-fe39-49e3-be29-217659663a74";
    private static final Instant COMMITTED = Instant.parse("2026-11-23T08:15:00.123Z");
    private static final Instant KEYS_FROM = Instant.parse("2026-11-23T08:05:00.123Z");
    private static final int EVENTS = 10_000;

    static Stream<Arguments> goldens() {
        Window window = new Window(KEYS_FROM, Instant.parse("2026-11-23T09:15:00Z"), 1000, Cursor.after(OFFSET), 7);
        Batch pending = new Batch(
                "duo-telephony/telephony_20261123T091500.000Z_00007_0123456789ab.ndjson",
                "",
                Map.of("A".repeat(22), KEYS_FROM.plusSeconds(660)),
                Cursor.END,
                List.of(new Declaration(427, 1)),
                false);
        Batch withUdm = new Batch(
                pending.objectKey(),
                "duo-telephony-udm/telephony_20261123T091500.000Z_00007_0123456789ab.ndjson",
                pending.eventKeys(),
                Cursor.END,
                List.of(new Declaration(427, 1), new Declaration(391, 1)),
                true);
        Map<String, Instant> keys = new LinkedHashMap<>();
        keys.put("B".repeat(22), KEYS_FROM);
        keys.put("C".repeat(22), KEYS_FROM.plusMillis(61_250));
        keys.put("D".repeat(22), KEYS_FROM.minusMillis(1));
        Map<String, Instant> key = Map.of("B".repeat(22), KEYS_FROM);
        return Stream.of(
                arguments(
                        "window-and-pending.json", state(new Checkpoint(COMMITTED, KEYS_FROM, window, pending), keys)),
                arguments(
                        "window-and-pending-with-udm.json",
                        state(new Checkpoint(COMMITTED, KEYS_FROM, window, withUdm), keys)),
                arguments("between-windows.json", state(new Checkpoint(COMMITTED, KEYS_FROM, null, null), key)),
                arguments(
                        "never-run.json",
                        new State(
                                "a-route-of-somebody",
                                WRITE_ID,
                                null,
                                Map.of("B".repeat(22), Instant.ofEpochMilli(1_795_421_700_123L)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goldens")
    void golden_isReadAndWritten(String file, State state) throws IOException {
        String golden = golden(file);

        assertThat(StateFormat.read(golden.getBytes(UTF_8), PLACE)).isEqualTo(state);
        assertThat(new String(StateFormat.write(state), UTF_8)).isEqualTo(golden.stripTrailing());
    }

    /** States as programs of before have written them; nothing was declared of their batches. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "version-1.json,                 1, window-and-pending.json",
        "version-2.json,                 2, window-and-pending.json",
        "version-2-with-udm.json,        2, window-and-pending-with-udm.json",
        "version-2-between-windows.json, 2, between-windows.json",
    })
    void olderVersion_isRead_andWrittenAsTheVersionOfThisProgram(String file, int version, String same)
            throws IOException {
        byte[] older = golden(file).getBytes(UTF_8);

        State read = StateFormat.read(older, PLACE);

        State now = StateFormat.read(golden(same).getBytes(UTF_8), PLACE);
        assertThat(StateFormat.readable(older)).containsEntry("version", String.valueOf(version));
        assertThat(StateFormat.isOlder(older)).isTrue();
        assertThat(read.eventKeys()).isEqualTo(now.eventKeys());
        Checkpoint checkpoint = Objects.requireNonNull(read.checkpoint());
        assertThat(checkpoint.window())
                .isEqualTo(Objects.requireNonNull(now.checkpoint()).window());
        checkpoint.pendingBatch().ifPresent(pending -> {
            assertThat(pending.declarations()).isEmpty();
            assertThat(pending.missed()).isFalse();
        });
        byte[] written = StateFormat.write(read);
        assertThat(new String(written, UTF_8)).startsWith("{\"version\":3,");
        assertThat(StateFormat.isOlder(written)).isFalse();
        assertThat(StateFormat.read(written, PLACE)).isEqualTo(read);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "udmObjectKey in version 1 | window-and-pending-with-udm.json | 1 | [declarations, missed, udmObjectKey]",
                "declarations in version 2 | window-and-pending.json          | 2 | [declarations]",
                "missed in version 2       | window-and-pending-with-udm.json | 2 | [declarations, missed]",
            })
    void olderVersion_knowsNoMemberOfALaterOne(String what, String file, int version, String unknown)
            throws IOException {
        String mixed = golden(file).replace("\"version\":3", "\"version\":" + version);

        assertRefused(mixed.getBytes(UTF_8), "'pending' has the unknown members " + unknown);
    }

    @ParameterizedTest
    @MethodSource("cursors")
    void cursor_isReadBack(Cursor cursor) {
        Window window = new Window(KEYS_FROM, COMMITTED, 1, cursor, 1);
        Batch pending = new Batch("a", Map.of("A", KEYS_FROM), cursor);
        State state = state(new Checkpoint(COMMITTED, KEYS_FROM, window, pending), Map.of());

        assertThat(StateFormat.read(StateFormat.write(state), PLACE)).isEqualTo(state);
    }

    static Stream<Cursor> cursors() {
        return Stream.of(Cursor.START, Cursor.END, Cursor.after("END"), Cursor.after("1,\"\\/ \u2028日本İı"));
    }

    @Test
    void anEvent_takesAboutThirtyBytes() {
        Map<String, Instant> keys = new HashMap<>();
        Random random = new Random(1);
        byte[] digest = new byte[16];
        for (int i = 0; i < EVENTS; i++) {
            random.nextBytes(digest);
            keys.put(
                    Base64.getUrlEncoder().withoutPadding().encodeToString(digest),
                    KEYS_FROM.plusMillis(random.nextInt(86_400_000)));
        }
        Checkpoint checkpoint = new Checkpoint(COMMITTED, KEYS_FROM, null, null);
        int empty = StateFormat.write(state(checkpoint, Map.of())).length;

        byte[] written = StateFormat.write(state(checkpoint, keys));

        assertThat((written.length - empty) / (double) EVENTS).isBetween(25.0, 40.0);
        assertThat(StateFormat.read(written, PLACE).eventKeys()).isEqualTo(keys);
    }

    /** Each row changes the first golden, which holds every member, and says what the message must say. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "newer version           | \"version\":3           | \"version\":4           | has version 4, and this program knows versions up to 3",
                "version as text         | \"version\":3           | \"version\":\"1\"       | its version should be 3 and is not a number",
                "version zero            | \"version\":3           | \"version\":0           | its version should be 3 and is 0",
                "version minus one       | \"version\":3           | \"version\":-1          | its version should be 3 and is -1",
                "version with fraction   | \"version\":3           | \"version\":1.0         | its version should be 3 and is 1.0",
                "version that is 1 cut   | \"version\":3           | \"version\":4294967297  | its version should be 3 and is 4294967297",
                "version that is 1 cut 2 | \"version\":3           | \"version\":18446744073709551617 | is 18446744073709551617",
                "version as object       | \"version\":3           | \"version\":{\"a\":\"secret\"} | its version should be 3 and is not a number",
                "no version              | \"version\":3,          | ``                      | its version should be 3 and is missing",
                "unknown member          | \"version\":3           | \"version\":3,\"lag\":2 | 'state' has the unknown members [lag]",
                "unknown window member   | \"page\":7              | \"page\":7,\"x\":1,\"a\":1 | 'window' has the unknown members [a, x]",
                "unknown pending member  | \"cursorAfter\"         | \"a\":1,\"cursorAfter\" | 'pending' has the unknown members [a]",
                "empty UDM key           | \"cursorAfter\"         | \"udmObjectKey\":\"\",\"cursorAfter\" | 'udmObjectKey' is not a non-empty string",
                "UDM key null            | \"cursorAfter\"         | \"udmObjectKey\":null,\"cursorAfter\" | 'udmObjectKey' is not a non-empty string",
                "empty owner             | api-00000000.duosecurity.com | ``               | 'owner' is not a non-empty string",
                "no writeId              | \"writeId\":\"8c1d2f0e-6f3a-4a52-9a51-0a7b2f6f3c11\", | `` | 'writeId' is not a non-empty string",
                "no committedThrough     | \"committedThrough\":\"2026-11-23T08:15:00.123Z\", | `` | 'keysFrom' is there without 'committedThrough'",
                "committed past a window | \"committedThrough\":\"2026-11-23T08:15:00.123Z\" | \"committedThrough\":\"2026-11-23T23:15:00Z\" | 'committedThrough' is 2026-11-23T23:15:00Z, after the open window's 'maxtime'",
                "committedThrough null   | \"committedThrough\":\"2026-11-23T08:15:00.123Z\" | \"committedThrough\":null | 'committedThrough' is not a non-empty string",
                "no keysFrom             | \"keysFrom\":\"2026-11-23T08:05:00.123Z\", | ``     | 'keysFrom' is not a non-empty string",
                "time without zone       | 08:15:00.123Z           | 08:15:00.123            | 'committedThrough' is not a time",
                "window without length   | 2026-11-23T09:15:00Z    | 2026-11-23T08:05:00.123Z | mintime must be before maxtime: was 2026-11-23T08:05:00.123Z and 2026-11-23T08:05:00.123Z",
                "window the wrong way    | 2026-11-23T09:15:00Z    | 2025-11-23T09:15:00Z    | mintime must be before maxtime: was 2026-11-23T08:05:00.123Z and 2025-11-23T09:15:00Z",
                "window in microseconds  | 2026-11-23T09:15:00Z    | 2026-11-23T09:15:00.000001Z | finer than a millisecond",
                "limit as text           | \"limit\":1000          | \"limit\":\"1000\"      | 'limit' is not a whole number",
                "limit of zero           | \"limit\":1000          | \"limit\":0             | limit and page must be at least 1: were 0 and 7",
                "page too large          | \"page\":7              | \"page\":4294967297     | 'page' is not a whole number",
                "cursor unknown          | \"cursorAfter\":\"END\" | \"cursorAfter\":\"MIDDLE\" | 'cursorAfter' is not a cursor",
                "cursor null             | \"cursorAfter\":\"END\" | \"cursorAfter\":null    | 'cursorAfter' is not a cursor",
                "cursor missing          | \"cursorAfter\":\"END\",| ``                      | 'cursorAfter' is not a cursor",
                "cursor of two           | {\"offset\":            | {\"a\":\"b\",\"offset\": | 'cursor' is not a cursor",
                "cursor of something else| {\"offset\":            | {\"page\":              | 'offset' is not a non-empty string",
                "duplicated member       | \"page\":7              | \"page\":7,\"page\":8   | not readable JSON (line 1)",
                "duplicated event key    | CCCCCCCCCCCCCCCCCCCCCC  | BBBBBBBBBBBBBBBBBBBBBB  | not readable JSON (line 1)",
                "pending without keys    | {\"AAAAAAAAAAAAAAAAAAAAAA\":660000} | {}          | 'pending' has no event keys",
                "no declarations         | \"declarations\":[{\"bytes\":427,\"lines\":1}], | `` | 'declarations' is not an array",
                "declarations as object  | [{\"bytes\":427,\"lines\":1}] | {}                | 'declarations' is not an array",
                "five declarations       | [{\"bytes\":427,\"lines\":1}] | [1,2,3,4,5]       | 'declarations' is not an array of at most 4",
                "declaration as number   | [{\"bytes\":427,\"lines\":1}] | [427]             | 'declarations' is not an object",
                "declaration of more     | \"lines\":1}             | \"lines\":1,\"x\":1}  | 'declarations' has the unknown members [x]",
                "declaration of no lines | \"lines\":1}             | \"lines\":0}          | bytes and lines must be at least 1: were 427 and 0",
                "more lines than events  | \"lines\":1}             | \"lines\":2}          | 'lines' is 2, and must be at most 1",
                "no bytes                | \"bytes\":427            | \"bytes\":0           | bytes and lines must be at least 1: were 0 and 1",
                "bytes as text           | \"bytes\":427            | \"bytes\":\"427\"     | 'bytes' is not a whole number",
                "bytes without end       | \"bytes\":427            | \"bytes\":99999999999 | 'bytes' is not a whole number of at most",
                "missed as false         | \"cursorAfter\"          | \"missed\":false,\"cursorAfter\" | 'missed' is there and is not true",
                "missed as text          | \"cursorAfter\"          | \"missed\":\"true\",\"cursorAfter\" | 'missed' is there and is not true",
                "sort newest first       | ts:asc                  | ts:desc                 | 'sort' is not ts:asc",
                "sort with more          | ts:asc                  | ts:asc&limit=1          | 'sort' is not ts:asc",
                "limit beyond Duo's      | \"limit\":1000           | \"limit\":1001          | 'limit' is 1001, and must be at most 1000",
                "page beyond any         | \"page\":7               | \"page\":2000000000     | 'page' is 2000000000, and must be at most",
                "keysFrom ahead of all   | \"keysFrom\":\"2026-11-23T08:05:00.123Z\" | \"keysFrom\":\"2026-11-24T08:05:00.123Z\" | 'keysFrom' is 2026-11-24T08:05:00.123Z, after",
                "time before 2000        | 2026-11-23T08:15:00.123Z | 1999-12-31T23:59:59.999Z | 'committedThrough' is 1999-12-31T23:59:59.999Z, which is not between 2000 and 9999",
                "time finer than Duo's   | 2026-11-23T08:15:00.123Z | 2026-11-23T08:15:00.1234Z | 'committedThrough' is 2026-11-23T08:15:00.123400Z, finer than a millisecond",
                "the earliest of times   | 2026-11-23T08:15:00.123Z | -999999999-01-01T00:00:00Z | 'committedThrough' is -999999999-01-01T00:00:00Z, which is not between",
                "the latest of times     | 2026-11-23T09:15:00Z    | +999999999-12-31T23:59:59.999Z | 'maxtime' is +999999999-12-31T23:59:59.999Z, which is not between",
                "event time of long ago  | :61250                  | :-9223372036854775808   | 'eventKeys' has a time that is not between 2000 and 9999",
                "event time of far away  | :61250                  | :9223372036854775807    | 'eventKeys' has a time that is not between 2000 and 9999",
                "event keys as array     | {\"AAAAAAAAAAAAAAAAAAAAAA\":660000} | []          | 'eventKeys' is not an object",
                "event time as text      | :61250                  | :\"61250\"              | an event key's time is not a number of milliseconds",
                "event time in fractions | :61250                  | :61250.5                | an event key's time is not a number of milliseconds",
                "event time too large    | :61250                  | :9223372036854775808    | an event key's time is not a number of milliseconds",
            })
    void damagedState_isRefused(String what, String part, String replacement, String said) throws IOException {
        String golden = golden("window-and-pending.json");
        assertThat(golden).contains(part);

        assertRefused(golden.replace(part, replacement).getBytes(UTF_8), said);
    }

    /** A key or an offset with a replacement in it would be another one. */
    @ParameterizedTest
    @CsvSource({
        "AAAAAAAAAAAAAAAAAAAAAA, FF",
        "AAAAAAAAAAAAAAAAAAAAAA, EDA080",
        "AAAAAAAAAAAAAAAAAAAAAA, C0AF",
        "1795421700123, E28228"
    })
    void stateThatIsNotUtf8_isRefused(String part, String bytes) throws IOException {
        String golden = golden("window-and-pending.json");
        assertThat(golden).contains(part);

        String wrong = new String(HexFormat.of().parseHex(bytes), ISO_8859_1);
        assertRefused(golden.replaceFirst(part, wrong).getBytes(ISO_8859_1), "not readable JSON (line 1)");
    }

    static Stream<Arguments> otherStates() throws IOException {
        String golden = golden("window-and-pending.json");
        String window = golden.substring(golden.indexOf("\"window\""), golden.indexOf("\"pending\""));
        return Stream.of(
                arguments("nothing", "", "its version should be 3 and is missing"),
                arguments("truncated", golden.substring(0, golden.length() / 2), "not readable JSON (line 1)"),
                arguments("truncated on line 3", "{\n\"version\":1,\n\"owner\":\"+12025550123", "JSON (line 3)"),
                arguments("two objects", golden + "{}", "not readable JSON (line 2)"),
                arguments("not JSON", "Dear +12025550123", "not readable JSON (line 1)"),
                arguments("zeros", "\0".repeat(512), "not readable JSON (line 1)"),
                arguments("an array", "[" + golden + "]", "its version should be 3 and is missing"),
                arguments("text", "\"version\"", "its version should be 3 and is missing"),
                arguments("null", "null", "its version should be 3 and is missing"),
                arguments("empty object", "{}", "its version should be 3 and is missing"),
                arguments(
                        "the reference Lambda's, in a window",
                        "{\"last_offset\": \"1763885700123,+12025550123\"}",
                        "its version should be 3 and is missing"),
                arguments(
                        "the reference Lambda's, between windows",
                        "{\"last_offset\": null, \"last_timestamp_ms\": 1763885700124}",
                        "its version should be 3 and is missing"),
                arguments("pending without window", golden.replace(window, ""), "A pending batch needs its window"),
                arguments(
                        "a text of more than any",
                        golden.replaceFirst("\"owner\":\"[^\"]*", "\"owner\":\"" + "a".repeat(16_385)),
                        "'owner' has more than 16384 characters"),
                arguments("window null", golden.replace(window, "\"window\":null,"), "'window' is not an object"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("otherStates")
    void whatIsNoState_isRefused(String what, String text, String said) {
        assertRefused(text.getBytes(UTF_8), said);
    }

    private static void assertRefused(byte[] bytes, String said) {
        assertThatThrownBy(() -> StateFormat.read(bytes, PLACE))
                .isInstanceOf(StateRefusedException.class)
                .hasMessageStartingWith("The state at " + PLACE + " ")
                .hasMessageContaining(said)
                .hasMessageEndingWith(".")
                .message()
                .as("says what to do, and nothing of the content")
                .containsAnyOf(
                        "See OPERATIONS, \"A state that is refused\", for what to do",
                        "run that one, or a newer one still")
                .doesNotContain("AAAA", "BBBB", OFFSET, WRITE_ID, "api-0", "+1202", "secret", "ndjson");
    }

    private static State state(@Nullable Checkpoint checkpoint, Map<String, Instant> keys) {
        return new State("api-00000000.duosecurity.com", WRITE_ID, checkpoint, keys);
    }

    private static String golden(String file) throws IOException {
        try (InputStream golden = StateFormatTest.class.getResourceAsStream("/state/" + file)) {
            assertThat(golden).as(file).isNotNull();
            return new String(golden.readAllBytes(), UTF_8);
        }
    }
}
