// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.cli.CommandLines;
import dev.duocollector.route.World;
import dev.duocollector.s3.EmbeddedS3;
import dev.duocollector.testing.Gzip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * The command udm of the runnable jar: what goes where, and what it exits with. It needs none of Duo's settings. Its inputs and
 * options are UdmCommandTest's matter.
 */
class UdmIT {

    private static final String EVENT =
            "{\"context\":\"verify\",\"credits\":1,\"phone\":\"+12025550100\",\"ts\":\"2026-11-23T08:15:00.5Z\",\"type\":\"sms\"}\n";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void events_goToStandardOutput_andTheSummaryToStandardError() throws IOException {
        Files.writeString(folder.resolve("a.ndjson"), EVENT.repeat(2));
        Files.write(folder.resolve("b.ndjson.gz"), Gzip.of(EVENT.repeat(3)));

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
    void wrongInput_isOneLine_andNothingIsWritten() throws IOException {
        Files.writeString(folder.resolve("good.ndjson"), EVENT);

        try (CollectorProcess process = udm("good.ndjson", "missing.ndjson")) {
            assertThat(process.exitCode()).as(process.output()).isEqualTo(2);
            assertThat(process.standardError()).isEqualTo("missing.ndjson is not there.\n");
            assertThat(process.standardOutput()).isEmpty();
        }
    }

    @Test
    void objects_areReadFromS3_withTheCollectorsSettings() {
        try (World world = World.inRealTime()) {
            put(world, "duo-telephony/a.ndjson", EVENT.getBytes(UTF_8));
            put(world, "duo-telephony/b.ndjson.gz", Gzip.of(EVENT.repeat(2)));
            put(world, "duo-telephony/state.json", "{}".getBytes(UTF_8));
            put(world, "other/c.ndjson", EVENT.repeat(4).getBytes(UTF_8));
            String bucket = "s3://" + world.bucket + "/";

            try (CollectorProcess process = CollectorJar.built()
                    .startAll(
                            List.of(),
                            null,
                            folder,
                            environment(world),
                            "udm " + bucket + "duo-telephony/ " + bucket + "other/c.ndjson",
                            "udm " + bucket,
                            "udm " + bucket + "duo-telephony",
                            "udm " + bucket + "nothing/",
                            "udm s3://no-such-bucket/")) {
                assertThat(process.exitCode()).as(process.output()).isZero();
                assertThat(process.standardOutput()).hasLineCount(7 + 7);
                assertThat(process.standardError())
                        .doesNotContain(World.s3().secretKey(), World.s3().accessKey(), "5550100");
                List<String> said = CommandLines.saidByEach(process.standardError());
                assertThat(said.subList(0, 2)).allMatch(lines -> lines.contains(CommandLines.ENDED + "0"));
                assertThat(said.subList(2, 5))
                        .allSatisfy(lines -> assertThat(lines).hasLineCount(2).contains(CommandLines.ENDED + "2"));
                assertThat(said.get(2))
                        .startsWith(bucket
                                + "duo-telephony is not there. For all objects of a prefix, put a slash at its end.");
                assertThat(said.get(3))
                        .startsWith(bucket + "nothing/ has no object with a name that ends in .ndjson or .ndjson.gz.");
                assertThat(said.get(4)).startsWith("S3 refused s3:ListBucket on s3://no-such-bucket (404 NoSuchBucket");
            }
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

    private CollectorProcess s3(World world, String... uris) {
        return CollectorJar.built().start(folder, environment(world), command(uris));
    }

    private static Map<String, String> environment(World world) {
        Map<String, String> environment = new HashMap<>(CollectorJar.credentials());
        for (String setting : List.of("s3.endpoint", "s3.region", "s3.path-style")) {
            environment.put(CollectorJar.variable(setting), world.settings.get(setting));
        }
        return environment;
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
}
