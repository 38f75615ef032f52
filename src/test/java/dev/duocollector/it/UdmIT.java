// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.route.World;
import dev.duocollector.s3.EmbeddedS3;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** The command udm of the runnable jar: what goes where, and what it exits with. It needs none of Duo's settings. */
class UdmIT {

    private static final String EVENT =
            "{\"context\":\"verify\",\"credits\":1,\"phone\":\"+12025550100\",\"ts\":\"2026-11-23T08:15:00.5Z\",\"type\":\"sms\"}\n";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void events_goToStandardOutput_andTheSummaryToStandardError() throws IOException {
        Files.writeString(folder.resolve("a.ndjson"), EVENT.repeat(2));
        Files.write(folder.resolve("b.ndjson.gz"), gzip(EVENT.repeat(3)));

        try (CollectorProcess process = udm("a.ndjson", "b.ndjson.gz")) {
            assertThat(process.exitCode()).as(process.output()).isZero();
            assertThat(process.standardOutput().lines())
                    .hasSize(5)
                    .allSatisfy(line -> assertThat(JSON.readTree(line)
                                    .path("metadata")
                                    .path("eventTimestamp")
                                    .asText())
                            .isEqualTo("2026-11-23T08:15:00.500Z"));
            assertThat(process.standardError())
                    .startsWith("2 inputs, 5 lines: 5 events mapped, 0 problems.\n")
                    .doesNotContain("5550100");
        }
    }

    @Test
    void standardInput_isRead_withoutAName_orWithADash() throws IOException {
        Path input = Files.writeString(folder.resolve("a.ndjson"), EVENT.repeat(2));

        for (String[] arguments : new String[][] {{}, {"-"}}) {
            try (CollectorProcess process =
                    CollectorJar.built().startReading(input, folder, Map.of(), command(arguments))) {
                assertThat(process.exitCode()).as(process.output()).isZero();
                assertThat(process.standardOutput()).hasLineCount(2);
                assertThat(process.standardError()).startsWith("1 input, 2 lines: 2 events mapped");
            }
        }
    }

    @Test
    void check_printsTheSummaryOnly() throws IOException {
        Files.writeString(folder.resolve("a.ndjson"), EVENT);

        try (CollectorProcess process = udm("--check", "a.ndjson")) {
            assertThat(process.exitCode()).as(process.output()).isZero();
            assertThat(process.standardOutput())
                    .startsWith("1 input, 1 line: 1 event mapped, 0 problems.\n")
                    .contains("Event types: GENERIC_EVENT 1\n");
            assertThat(process.standardError()).isEmpty();
        }
    }

    @Test
    void importAndIds_areOptions() throws IOException {
        Files.writeString(
                folder.resolve("a.ndjson"),
                EVENT.replace("{", "{\"txid\":\"a-txid\",").repeat(2));

        try (CollectorProcess process = udm("--import", "--ids", "a.ndjson")) {
            assertThat(process.exitCode()).as(process.output()).isZero();
            assertThat(process.standardOutput()).hasLineCount(1);
            var events =
                    JSON.readTree(process.standardOutput()).path("inlineSource").path("events");
            assertThat(events).hasSize(2);
            assertThat(events.path(1)
                            .path("udm")
                            .path("network")
                            .path("sessionId")
                            .asText())
                    .isEqualTo("a-txid");
            assertThat(events.path(1).path("udm").has("extensions")).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "not-json.ndjson | 1 | 1 | 1 | not-json.ndjson:1: an event must be one JSON object, but it breaks off or is no JSON at byte",
                "array.json      | 1 | 1 | 1 | array.json:1: a JSON array begins here, so nothing of the input was read",
                "binary.bin      | 1 | 1 | 1 | binary.bin:1: this is no text in UTF-8, so nothing of the input was read",
                "cut.ndjson.gz   | 1 | 2 | 500 | cut.ndjson.gz:\\d+: the input breaks off here",
                "missing.ndjson  | 2 | 0 | 0 | missing.ndjson is not there.",
                "directory       | 2 | 0 | 0 | directory is a directory. Name the files in it, such as directory/",
                "s3://           | 2 | 0 | 0 | s3:// is no s3://BUCKET/KEY and no s3://BUCKET/PREFIX/.",
            })
    void wrongInput_isOneLine(String name, int exitCode, long linesMin, long linesMax, String line) throws IOException {
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
        byte[] whole = gzip(different.toString());
        Files.write(folder.resolve("cut.ndjson.gz"), Arrays.copyOf(whole, whole.length / 2));
        Files.createDirectory(folder.resolve("directory"));

        try (CollectorProcess process = udm("good.ndjson", name)) {
            assertThat(process.exitCode()).as(process.output()).isEqualTo(exitCode);
            List<String> told = process.standardError().lines().toList();
            assertThat(told.get(0)).containsPattern("^" + line.replace(".ndjson is", "\\.ndjson is"));
            // Whoever mistypes a name gets nothing; a bad line keeps none of the others.
            assertThat(process.standardOutput().lines().count()).isBetween(linesMin, linesMax);
            assertThat(told).hasSize(exitCode == 2 ? 1 : 7);
        }
    }

    @Test
    void emptyInput_isNoMistake() throws IOException {
        Files.createFile(folder.resolve("empty.ndjson"));

        try (CollectorProcess process = udm("empty.ndjson")) {
            assertThat(process.exitCode()).isZero();
            assertThat(process.output()).isEqualTo("1 input, 0 lines: 0 events mapped, 0 problems.\n");
        }
    }

    @Test
    void wrongUse_isTold() {
        try (CollectorProcess process = udm("--check", "--import")) {
            assertThat(process.exitCode()).isEqualTo(2);
            assertThat(process.standardError()).contains("--check, --import are mutually exclusive", "udm --help");
        }
    }

    @Test
    void objects_areReadFromS3_withTheCollectorsSettings() {
        try (World world = World.inRealTime()) {
            put(world, "duo-telephony/a.ndjson", EVENT.getBytes(UTF_8));
            put(world, "duo-telephony/b.ndjson.gz", gzip(EVENT.repeat(2)));
            put(world, "duo-telephony/state.json", "{}".getBytes(UTF_8));
            put(world, "other/c.ndjson", EVENT.repeat(4).getBytes(UTF_8));
            String bucket = "s3://" + world.bucket + "/";

            assertMapped(s3(world, bucket + "duo-telephony/"), 3);
            assertMapped(s3(world, bucket), 7);
            assertMapped(s3(world, bucket + "other/c.ndjson"), 4);
            assertRefused(
                    s3(world, bucket + "duo-telephony"),
                    bucket + "duo-telephony is not there. For all objects of a prefix, put a slash at its end.");
            assertRefused(
                    s3(world, bucket + "nothing/"),
                    bucket + "nothing/ has no object whose name ends in .ndjson or .ndjson.gz.");
            assertRefused(
                    s3(world, "s3://no-such-bucket/"),
                    "S3 refused s3:ListBucket on s3://no-such-bucket (404 NoSuchBucket");
        }
    }

    @Test
    void objectThatHasGoneSinceItWasFound_isOneLine_andTheOthersAreWritten() {
        try (World world = World.inRealTime()) {
            put(world, "duo-telephony/a.ndjson", EVENT.repeat(2).getBytes(UTF_8));
            put(world, "duo-telephony/b.ndjson", EVENT.getBytes(UTF_8));
            world.s3Proxy.onRequest(request -> {
                if (request.method().equals("GET") && request.path().endsWith("/a.ndjson")) {
                    World.s3()
                            .client()
                            .deleteObject(gone -> gone.bucket(world.bucket).key("duo-telephony/b.ndjson"));
                }
            });

            try (CollectorProcess process = s3(world, "s3://" + world.bucket + "/duo-telephony/")) {
                assertThat(process.exitCode()).as(process.output()).isEqualTo(2);
                assertThat(process.standardOutput()).hasLineCount(2);
                assertThat(process.standardError())
                        .hasLineCount(1)
                        .startsWith("S3 refused s3:GetObject on s3://" + world.bucket
                                + "/duo-telephony/b.ndjson (404 NoSuchKey");
            }
        }
    }

    @Test
    void s3ThatIsAway_isOneLine_andMayPass() {
        Map<String, String> environment = new HashMap<>(CollectorJar.credentials());
        environment.putAll(Map.of("S3_ENDPOINT", "http://127.0.0.1:1", "S3_REGION", EmbeddedS3.REGION));

        try (CollectorProcess process = CollectorJar.built().start(folder, environment, "udm", "s3://bucket/prefix/")) {
            assertThat(process.exitCode()).as(process.output()).isEqualTo(1);
            assertThat(process.output())
                    .hasLineCount(1)
                    .startsWith("S3 could not be reached for s3:ListBucket on s3://bucket (");
        }
    }

    @Test
    void wrongSetting_isOneLine() {
        try (CollectorProcess process =
                CollectorJar.built().start(folder, Map.of("S3_PATH_STYLE", "maybe"), "udm", "s3://bucket/prefix/")) {
            assertThat(process.exitCode()).as(process.output()).isEqualTo(2);
            assertThat(process.output()).isEqualTo("Setting s3.path-style is 'maybe'. Allowed: false or true.\n");
        }
    }

    private static void assertMapped(CollectorProcess process, int events) {
        try (process) {
            assertThat(process.exitCode()).as(process.output()).isZero();
            assertThat(process.standardOutput()).hasLineCount(events);
            assertThat(process.standardError())
                    .doesNotContain(World.s3().secretKey(), World.s3().accessKey(), "5550100");
        }
    }

    private static void assertRefused(CollectorProcess process, String line) {
        try (process) {
            assertThat(process.exitCode()).as(process.output()).isEqualTo(2);
            assertThat(process.output()).hasLineCount(1).startsWith(line);
        }
    }

    private CollectorProcess s3(World world, String uri) {
        Map<String, String> environment = new HashMap<>(CollectorJar.credentials());
        for (String setting : List.of("s3.endpoint", "s3.region", "s3.path-style")) {
            environment.put(CollectorJar.variable(setting), world.settings.get(setting));
        }
        return CollectorJar.built().start(folder, environment, "udm", uri);
    }

    private static void put(World world, String key, byte[] bytes) {
        World.s3().client().putObject(request -> request.bucket(world.bucket).key(key), RequestBody.fromBytes(bytes));
    }

    private CollectorProcess udm(String... arguments) {
        return CollectorJar.built().start(folder, Map.of(), command(arguments));
    }

    private static String[] command(String... arguments) {
        return Stream.concat(Stream.of("udm"), Stream.of(arguments)).toArray(String[]::new);
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
