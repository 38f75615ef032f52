// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.check.Check.Outcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.route.World;
import dev.duocollector.s3.EmbeddedS3;
import dev.duocollector.s3.ForgetfulS3;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.TestSettings;
import dev.duocollector.sink.S3Clients;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.testing.RawServer;
import dev.duocollector.testing.TlsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** Every cross that the checks of S3 can make, and that they write nothing but the probe. */
class S3ChecksTest {

    private static final String PROBE = World.STATE_KEY + WriteChecks.PROBE_SUFFIX;

    private final World world = World.inRealTime();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void everyCheckPasses_andNothingIsWrittenButTheProbe() {
        put("duo-telephony/telephony_20261123T081500.123Z_00001_0123456789ab.ndjson", "{}\n");
        put("duo-telephony/telephony_20261123T081500.123Z_00001_0123456789ab.ndjson.gz", "");
        put("duo-telephony/", "");
        put(
                World.STATE_KEY,
                state(World.API_HOST, Checkpoint.toMillis(Instant.now().minus(Duration.ofHours(1)))));
        var before = world.everything().keySet();

        assertThat(run()).hasSize(11).allMatch(check -> check.outcome() == Outcome.PASS, "passes");

        assertThat(world.everything().keySet()).isEqualTo(before);
        assertThat(world.s3Proxy.requests())
                .filteredOn(request -> request.method().equals("PUT"))
                .as("PUTs: four of the probe, one each under the prefix and on the state")
                .hasSize(6)
                .filteredOn(request -> !request.path().endsWith(PROBE))
                .hasSize(2)
                .allMatch(request -> request.status() == 412 || request.status() == 404);
        assertThat(world.s3Proxy.requests().stream().filter(request -> request.status() == 200 && request.isWrite()))
                .as("the PUTs that took effect, which show that the others might have")
                .hasSize(2)
                .allMatch(request -> request.path().endsWith(PROBE));
    }

    @Test
    void udmPrefixIsChecked_too() {
        world.set("udm.prefix", World.UDM_PREFIX);
        put(World.UDM_PREFIX + "/notes.txt", "mine");
        failEvery(
                request -> request.isWrite() && request.path().contains("/" + World.UDM_PREFIX + "/"),
                Fault.ANSWER_403);

        List<Check> checks = run();

        assertThat(crosses(checks)).containsExactly("udm-prefix-foreign", "udm-prefix-write");
        assertThat(check(checks, "udm-prefix-list").outcome()).isEqualTo(Outcome.PASS);
        assertThat(check(checks, "udm-prefix-read").outcome()).isEqualTo(Outcome.PASS);
        assertThat(check(checks, "udm-prefix-write").remedy()).contains("Grant s3:PutObject", World.UDM_PREFIX + "/*");
    }

    @Test
    void udmPrefix_namesItsPermissions_too() {
        world.set("udm.prefix", World.UDM_PREFIX);
        failEvery(
                request -> request.method().equals("GET")
                        && (request.path().contains("/" + World.UDM_PREFIX + "/")
                                || request.target().contains("prefix=" + World.UDM_PREFIX)),
                Fault.ANSWER_403);

        List<Check> checks = run();

        assertThat(crosses(checks)).containsExactly("udm-prefix-list", "udm-prefix-read");
        assertThat(check(checks, "udm-prefix-list").remedy()).contains("Grant s3:ListBucket", World.UDM_PREFIX + "/*");
        assertThat(check(checks, "udm-prefix-read").remedy()).contains("Grant s3:GetObject", World.UDM_PREFIX + "/*");
        assertThat(check(checks, "udm-prefix-foreign").outcome()).isEqualTo(Outcome.SKIPPED);
    }

    // ---- Permissions.

    @Test
    void listing_namesThePermission() {
        failEvery(request -> request.target().contains("list-type"), Fault.ANSWER_403);

        List<Check> checks = run();

        assertThat(crosses(checks)).containsExactly("s3-prefix-list");
        assertThat(check(checks, "s3-prefix-list").remedy())
                .contains("Grant s3:ListBucket on arn:aws:s3:::" + world.bucket, "duo-telephony/*", World.STATE_KEY);
        assertThat(check(checks, "s3-prefix-foreign").outcome()).isEqualTo(Outcome.SKIPPED);
    }

    @Test
    void reading_namesThePermission() {
        failEvery(
                request -> request.method().equals("GET") && request.path().contains("/duo-telephony/"),
                Fault.ANSWER_403);

        assertOnlyCross(
                "s3-prefix-read", Outcome.FAIL_OPERATOR, "Grant s3:GetObject", world.bucket + "/duo-telephony/*");
    }

    @Test
    void writing_namesThePermission() {
        failEvery(request -> request.isWrite() && request.path().contains("/duo-telephony/"), Fault.ANSWER_403);

        assertOnlyCross(
                "s3-prefix-write", Outcome.FAIL_OPERATOR, "Grant s3:PutObject", world.bucket + "/duo-telephony/*");
    }

    @Test
    void writingTheState_namesThePermission() {
        failEvery(request -> request.isWrite() && World.isState(request), Fault.ANSWER_403);

        assertOnlyCross("state-write", Outcome.FAIL_OPERATOR, "Grant s3:PutObject", World.STATE_KEY);
    }

    @Test
    void readingTheState_namesThePermission() {
        failEvery(request -> request.method().equals("GET") && World.isState(request), Fault.ANSWER_403);

        assertOnlyCross("state", Outcome.FAIL_OPERATOR, "Grant s3:GetObject", World.STATE_KEY, "s3:ListBucket");
    }

    @Test
    void pendingBatch_isSaid_sinceOnlyARunLooksAtIt() throws IOException {
        put(World.STATE_KEY, Files.readString(Path.of("src/test/resources/state/window-and-pending.json")));

        assertThat(check(run(), "state").detail())
                .contains("A batch is pending, duo-telephony/telephony_", "only a run finds out whether it is whole");
    }

    /** The collector needs neither the probe's write nor its deletion. */
    @Test
    void probeThatMayNotBeWritten_isNoCross() {
        failEvery(request -> request.path().endsWith(PROBE), Fault.ANSWER_403);

        List<Check> checks = run();

        assertThat(crosses(checks)).isEmpty();
        assertThat(check(checks, "conditional-writes"))
                .matches(check -> check.outcome() == Outcome.SKIPPED, "left out")
                .satisfies(check -> assertThat(check.remedy()).contains("Grant s3:PutObject", PROBE));
        assertThat(check(checks, "s3-prefix-write").outcome()).isEqualTo(Outcome.PASS);
    }

    @Test
    void probeThatMayNotBeDeleted_staysAlone() {
        failEvery(request -> request.method().equals("DELETE"), Fault.ANSWER_403);

        for (int time = 1; time <= 2; time++) {
            List<Check> checks = run();

            assertThat(crosses(checks)).isEmpty();
            assertThat(check(checks, "conditional-writes").detail()).contains(PROBE + " stays");
            assertThat(world.everything()).containsOnlyKeys(PROBE);
        }
    }

    // ---- Conditional writes.

    @Test
    void storeThatRefusesEachCondition_isFoundOut() {
        failEvery(request -> request.isWrite() && request.path().endsWith(PROBE), Fault.ANSWER_412);

        List<Check> checks = run();

        assertThat(crosses(checks)).containsExactly("conditional-writes");
        assertThat(check(checks, "conditional-writes").detail())
                .contains("for If-None-Match: *, though it says that nothing is there");
    }

    /** A gateway that makes ETags weak. */
    @Test
    void storeThatRefusesItsOwnETag_isFoundOut() {
        List<Check> checks = run(new DelegatingS3Client(World.s3().client()) {
            @Override
            public PutObjectResponse putObject(PutObjectRequest put, RequestBody body) {
                String etag = put.ifMatch();
                return super.putObject(
                        etag == null
                                ? put
                                : put.toBuilder().ifMatch("W/" + etag).build(),
                        body);
            }
        });

        assertThat(crosses(checks)).containsExactly("conditional-writes");
        assertThat(check(checks, "conditional-writes").detail()).contains(PROBE, "may change ETags", "without W/");
        assertThat(world.everything()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"false, true, If-None-Match", "true, false, If-Match", "false, false, If-None-Match"})
    void storeThatIgnoresConditions_isFoundOut_andNothingOfItsIsOverwritten(
            boolean keepsIfNoneMatch, boolean keepsIfMatch, String header) {
        put("duo-telephony/telephony_20261123T081500.123Z_00001_0123456789ab.ndjson", "{}\n");
        String state = state(World.API_HOST, Checkpoint.toMillis(Instant.now()));
        put(World.STATE_KEY, state);

        List<Check> checks = run(new ForgetfulS3(World.s3().client(), keepsIfNoneMatch, keepsIfMatch));

        assertThat(crosses(checks)).containsExactly("conditional-writes");
        assertThat(check(checks, "conditional-writes").detail()).contains("ignores " + header + " on PUT");
        assertThat(check(checks, "s3-prefix-write").outcome()).isEqualTo(Outcome.SKIPPED);
        assertThat(check(checks, "state-write").outcome()).isEqualTo(Outcome.SKIPPED);
        assertThat(world.state()).isEqualTo(state);
        assertThat(world.everything()).hasSize(2);
    }

    // ---- What lies there.

    @Test
    void foreignObjects_areNamed_whereverTheySort() {
        put("duo-telephony/state.json", "{}");
        put("duo-telephony/telephony_20261123_081500.json", "the Lambda's events");
        put("duo-telephony/zebra", "?");
        put(
                World.STATE_KEY,
                state(World.API_HOST, Checkpoint.toMillis(Instant.now().minus(Duration.ofHours(1)))));

        assertOnlyCross(
                "s3-prefix-foreign",
                Outcome.FAIL_OPERATOR,
                "2 objects",
                "duo-telephony/state.json, duo-telephony/zebra.");
    }

    /** As a run would. */
    @Test
    void stateThatIsNotThere_isDoubted_besideObjectsOfAnEarlierRun() {
        put("duo-telephony/telephony_20261123T081500.123Z_00001_0123456789ab.ndjson", "{}\n");

        assertOnlyCross("state", Outcome.FAIL_OPERATOR, "was written by an earlier run", "--first");

        world.set("state.first-run", "allow");
        assertThat(run()).allMatch(check -> check.outcome() == Outcome.PASS, "passes");
    }

    @ParameterizedTest
    @CsvSource({"unreadable, not", "another, api-11111111", "future, clock"})
    void stateThatIsRefused_saysWhy(String kind, String said) {
        put(
                World.STATE_KEY,
                switch (kind) {
                    case "unreadable" -> "{\"version\":1,";
                    case "another" -> state("api-11111111.duosecurity.com", Checkpoint.toMillis(Instant.now()));
                    default ->
                        state(World.API_HOST, Checkpoint.toMillis(Instant.now().plus(Duration.ofHours(1))));
                });

        assertOnlyCross("state", Outcome.FAIL_OPERATOR, said);
    }

    // ---- The way to the bucket.

    @Test
    void endpointOutOfReach_mayPass_andLeavesOutTheRest() {
        world.set("s3.endpoint", "http://127.0.0.1:1");

        assertOnlyCross("s3-endpoint", Outcome.FAIL_AGAIN, "could not be reached", "Connection refused");
        assertThat(run()).filteredOn(check -> check.outcome() == Outcome.PASS).isEmpty();
    }

    @Test
    void throttling_mayPass() {
        failEvery(request -> true, Fault.ANSWER_503);

        assertOnlyCross("s3-endpoint", Outcome.FAIL_AGAIN, "503 SlowDown");
    }

    @Test
    void certificateThatIsNotTrusted_namesTheTruststore(@TempDir Path folder) throws Exception {
        try (TlsServer server = TlsServer.start(folder, "localhost", "{}")) {
            world.set("s3.endpoint", server.uri().toString());

            assertOnlyCross("s3-endpoint", Outcome.FAIL_OPERATOR, "is not trusted", "trustStore");
        }
    }

    /** Neither the bucket nor the permissions are to blame for what a proxy answers. */
    @ParameterizedTest
    @CsvSource({
        "407, FAIL_OPERATOR, wants credentials",
        "403, FAIL_AGAIN, Something between",
        "502, FAIL_AGAIN, Something between"
    })
    void answerOfAProxy_isTheEndpointsCross(int status, Outcome outcome, String said) {
        try (RawServer proxy = RawServer.start()) {
            for (int attempt = 1; attempt <= 4; attempt++) {
                proxy.answer(status + " No", "<html>no</html>", "Content-Type: text/html");
            }
            world.set("s3.endpoint", "https://s3.example.com").set("s3.proxy", "http://127.0.0.1:" + proxy.port());

            Check endpoint = check(run(), "s3-endpoint");

            assertThat(endpoint.outcome()).isEqualTo(outcome);
            assertThat(endpoint.detail() + endpoint.remedy()).contains(said, "s3.proxy");
        }
    }

    @Test
    void listThatIsNone_isTheEndpointsCross_andMayPass() {
        try (RawServer between = RawServer.start()) {
            between.answer("200 OK", "<html>Log in</html>", "Content-Type: text/html");
            between.answer("200 OK", "<html>Log in</html>", "Content-Type: text/html");
            world.set("s3.endpoint", "http://127.0.0.1:" + between.port());

            assertOnlyCross("s3-endpoint", Outcome.FAIL_AGAIN, "s3:ListObjectsV2", "HTTP 200, text/html", "s3.proxy");
        }
    }

    @Test
    void bucketThatIsNotThere_isNamed() {
        world.set("s3.bucket", "no-such-bucket");

        assertOnlyCross("s3-bucket", Outcome.FAIL_OPERATOR, "no-such-bucket", "Create it, or set s3.bucket.");
    }

    @ParameterizedTest
    @CsvSource({
        "403, InvalidAccessKeyId, s3-credentials, Renew them.",
        "403, RequestTimeTooSkewed, s3-credentials, clock is wrong",
        "301, PermanentRedirect, s3-region, Set s3.region."
    })
    void refusal_isToldWhereItBelongs(int status, String code, String name, String said) {
        String error = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>As S3 says</Message></Error>";
        try (RawServer s3 = RawServer.start()) {
            s3.answer(status + " " + code, error, "Content-Type: application/xml");
            s3.answer(status + " " + code, error, "Content-Type: application/xml");
            world.set("s3.endpoint", "http://127.0.0.1:" + s3.port());

            assertOnlyCross(name, Outcome.FAIL_OPERATOR, code, said);
        }
    }

    // ---- Tools.

    private void assertOnlyCross(String name, Outcome outcome, String... said) {
        List<Check> checks = run();
        assertThat(crosses(checks)).containsExactly(name);
        Check cross = check(checks, name);
        assertThat(cross.outcome()).isEqualTo(outcome);
        assertThat(cross.detail() + " " + cross.remedy()).contains(said);
    }

    private void failEvery(Predicate<ProxiedRequest> matching, Fault fault) {
        world.s3Proxy.plan(FaultPlan.every(1, matching, fault));
    }

    private void put(String key, String text) {
        World.s3().client().putObject(put -> put.bucket(world.bucket).key(key), RequestBody.fromString(text));
    }

    private static List<String> crosses(List<Check> checks) {
        return checks.stream()
                .filter(check -> check.outcome().isFailure())
                .map(Check::name)
                .toList();
    }

    private static Check check(List<Check> checks, String name) {
        return checks.stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no check " + name + " in " + checks));
    }

    private List<Check> run() {
        try (S3Client s3 = S3Clients.create(settings())) {
            return run(s3);
        }
    }

    private List<Check> run(S3Client s3) {
        List<Check> checks = new ArrayList<>();
        new S3Checks(s3, settings(), Clock.systemUTC(), checks::add).run();
        assertThat(checks)
                .extracting(Check::name)
                .as("told in the order that is documented")
                .containsExactlyElementsOf(S3Checks.skipped(settings(), "").stream()
                        .map(Check::name)
                        .toList());
        assertThat(checks.toString()).doesNotContain(World.SKEY, World.s3().secretKey());
        return checks;
    }

    private Settings settings() {
        List<String> namesAndValues = new ArrayList<>();
        world.settings.forEach((name, value) -> namesAndValues.addAll(List.of(name, value)));
        assertThat(world.settings).containsEntry("s3.region", EmbeddedS3.REGION);
        return TestSettings.with(namesAndValues.toArray(String[]::new));
    }

    private static String state(String owner, Instant committedThrough) {
        return "{\"version\":1,\"owner\":\"" + owner + "\",\"writeId\":\"00000000-0000-4000-8000-000000000000\","
                + "\"committedThrough\":\"" + committedThrough + "\",\"keysFrom\":\""
                + committedThrough.minus(Duration.ofMinutes(10)) + "\",\"eventKeys\":{}}";
    }
}
