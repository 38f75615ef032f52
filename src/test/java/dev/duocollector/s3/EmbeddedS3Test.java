// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What the other tests rely on: the server refuses what S3 refuses, and keeps what it was given. */
@Timeout(60) // a start takes 4 s on a busy machine
class EmbeddedS3Test {

    private static final String BUCKET = "telephony";
    private static final int RACING_WRITERS = 16;
    private static final int ROUNDS = 5;

    private static EmbeddedS3 s3;

    @BeforeAll
    static void start() {
        s3 = EmbeddedS3.inMemory();
        s3.createBucket(BUCKET);
    }

    @AfterAll
    static void stop() {
        s3.close();
    }

    @Test
    void contentsAndContentType_comeBack() {
        byte[] contents = "{\"phone\":\"+12025550123\",\"name\":\"Şükrü\"}\n".getBytes(StandardCharsets.UTF_8);

        put("kept/a.ndjson", contents, request -> request.contentType("application/x-ndjson"));

        var answer = s3.client().getObjectAsBytes(get -> get.bucket(BUCKET).key("kept/a.ndjson"));
        GetObjectResponse head = answer.response();
        assertThat(answer.asByteArray()).isEqualTo(contents);
        assertThat(head.contentType()).isEqualTo("application/x-ndjson");
        assertThat(head.eTag()).startsWith("\"").endsWith("\"");
    }

    @Test
    void objects_givesWhatStandsUnderThePrefix_byKey() {
        put("listed/b", new byte[] {2}, request -> {});
        put("listed/a", new byte[] {1}, request -> {});
        put("listed-not/c", new byte[] {3}, request -> {});

        assertThat(s3.objects(BUCKET, "listed/"))
                .containsExactly(Map.entry("listed/a", new byte[] {1}), Map.entry("listed/b", new byte[] {2}));
        assertThat(s3.objects(BUCKET, "nothing/")).isEmpty();
    }

    @Test
    void request_isRefused_signedWithAWrongSecret() {
        AwsBasicCredentials wrong = AwsBasicCredentials.create(s3.accessKey(), s3.secretKey() + "x");
        try (S3Client outsider = s3.clientBuilder()
                .credentialsProvider(StaticCredentialsProvider.create(wrong))
                .build()) {
            assertThatThrownBy(() -> outsider.listObjectsV2(list -> list.bucket(BUCKET)))
                    .isInstanceOfSatisfying(S3Exception.class, refusal -> {
                        assertThat(refusal.statusCode()).isEqualTo(403);
                        assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("SignatureDoesNotMatch");
                    });
        }
        assertThat(s3.client().listObjectsV2(list -> list.bucket(BUCKET)).name())
                .as("the same request with the right secret")
                .isEqualTo(BUCKET);
    }

    @Test
    void missingKey_isNoSuchKey() {
        assertThatThrownBy(() ->
                        s3.client().getObjectAsBytes(get -> get.bucket(BUCKET).key("missing")))
                .isInstanceOf(NoSuchKeyException.class);
    }

    @Test
    void missingBucket_isNoSuchBucket() {
        assertThatThrownBy(() -> s3.client().listObjectsV2(list -> list.bucket("missing")))
                .isInstanceOf(NoSuchBucketException.class);
    }

    @Test
    void ifNoneMatch_isAtomic_againstRacingWriters() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String key = "once/" + round;
            List<Integer> statuses =
                    race(writer -> put(key, new byte[] {(byte) writer}, request -> request.ifNoneMatch("*")));

            assertThat(statuses).as("round %d", round).containsOnlyOnce(200).containsOnly(200, 412);
        }
    }

    @Test
    void ifMatch_isRefused_withAnETagThatIsNoLongerTheObjects() {
        put("state.json", new byte[] {1}, request -> {});
        String first = etag("state.json");
        assertThat(put("state.json", new byte[] {2}, request -> request.ifMatch(first)))
                .as("the ETag that was read")
                .isEqualTo(200);

        assertThat(put("state.json", new byte[300_000], request -> request.ifMatch(first)))
                .as("the ETag from before the last write")
                .isEqualTo(412);
        assertThat(s3.objects(BUCKET, "state.json")).containsExactly(Map.entry("state.json", new byte[] {2}));
    }

    @Test
    void objectsOnAFolder_outliveTheServer(@TempDir Path folder) {
        Path root = folder.resolve("made/on/demand");
        try (EmbeddedS3 first = EmbeddedS3.onFolder(root)) {
            first.createBucket(BUCKET);
            first.client()
                    .putObject(
                            put -> put.bucket(BUCKET).key("a/b.ndjson").contentType("application/x-ndjson"),
                            RequestBody.fromString("kept\n"));
            assumeTrue(first.onFolder(), "The file system of the temporary folder has user extended attributes.");
        }
        try (EmbeddedS3 second = EmbeddedS3.onFolder(root)) {
            second.createBucket(BUCKET);
            var answer =
                    second.client().getObjectAsBytes(get -> get.bucket(BUCKET).key("a/b.ndjson"));
            assertThat(answer.asUtf8String()).isEqualTo("kept\n");
            assertThat(answer.response().contentType()).isEqualTo("application/x-ndjson");
        }
        assertThat(root.resolve(BUCKET).resolve("a/b.ndjson")).hasContent("kept\n");
    }

    @Test
    void folderWithoutExtendedAttributes_isReplacedByMemory(@TempDir Path folder) throws Exception {
        URI archive = URI.create("jar:" + folder.resolve("store.zip").toUri());
        // The JDK's zip file system has no user extended attributes.
        try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"));
                EmbeddedS3 inMemory = EmbeddedS3.onFolder(zip.getPath("/objects"))) {
            assertThat(inMemory.onFolder()).isFalse();
            inMemory.createBucket(BUCKET);
            assertThat(inMemory.objects(BUCKET, "")).isEmpty();
        }
    }

    @Test
    void jvmOfItsOwn_servesUntilStandardInputCloses(@TempDir Path folder) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        EmbeddedS3Main.class.getName(),
                        "0",
                        folder.toString(),
                        BUCKET)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .putAll(Map.of(
                        "CLASSPATH", System.getProperty("java.class.path"),
                        "AWS_ACCESS_KEY_ID", s3.accessKey(),
                        "AWS_SECRET_ACCESS_KEY", s3.secretKey()));
        Process jvm = builder.start();
        try {
            String line = jvm.inputReader(StandardCharsets.UTF_8).readLine();
            assertThat(line).startsWith(EmbeddedS3Main.READY);
            URI uri = URI.create(line.substring(EmbeddedS3Main.READY.length()));
            try (S3Client client = s3.clientBuilder().endpointOverride(uri).build()) {
                client.putObject(put -> put.bucket(BUCKET).key("a"), RequestBody.fromString("kept"));
                assertThat(client.listObjectsV2(list -> list.bucket(BUCKET)).keyCount())
                        .isEqualTo(1);
            }

            jvm.outputWriter().close();

            assertThat(jvm.waitFor(20, TimeUnit.SECONDS)).as("ended").isTrue();
            assertThat(jvm.exitValue()).isZero();
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** The HTTP status of a PUT. */
    private static int put(String key, byte[] contents, Consumer<PutObjectRequest.Builder> more) {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder().bucket(BUCKET).key(key);
        more.accept(request);
        try {
            return s3.client()
                    .putObject(request.build(), RequestBody.fromBytes(contents))
                    .sdkHttpResponse()
                    .statusCode();
        } catch (S3Exception refusal) {
            return refusal.statusCode();
        }
    }

    private static String etag(String key) {
        return s3.client().headObject(head -> head.bucket(BUCKET).key(key)).eTag();
    }

    /** What each of the writers, let go together, came back with. */
    private static List<Integer> race(IntUnaryOperator writer) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(RACING_WRITERS);
        try {
            CyclicBarrier together = new CyclicBarrier(RACING_WRITERS);
            List<Callable<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < RACING_WRITERS; i++) {
                int number = i;
                writers.add(() -> {
                    together.await(10, TimeUnit.SECONDS);
                    return writer.applyAsInt(number);
                });
            }
            List<Integer> results = new ArrayList<>();
            for (Future<Integer> result : threads.invokeAll(writers)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
