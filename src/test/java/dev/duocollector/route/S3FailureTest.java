// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.testing.RawServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a run makes of everything that S3, the credentials for it, or the way to it can do wrong. */
class S3FailureTest {

    /** The calls that a run makes to S3. */
    enum Call {
        STATE_READ("s3:GetObject"),
        STATE_WRITE("s3:PutObject"),
        DATA_LOOKUP("s3:GetObject"),
        DATA_WRITE("s3:PutObject");

        private final String action;

        Call(String action) {
            this.action = action;
        }

        boolean is(ProxiedRequest request) {
            return switch (this) {
                case STATE_READ -> request.method().equals("GET");
                case STATE_WRITE -> request.isWrite() && World.isState(request);
                case DATA_LOOKUP -> request.method().equals("HEAD");
                case DATA_WRITE -> request.isWrite() && !World.isState(request);
            };
        }
    }

    private static final String LIST_HINT =
            ", and s3:ListBucket on the bucket (without it S3 says 403 where it means \"not there\").";

    private final Incident incident = new Incident();
    private final World world = incident.world;
    private final String data = world.bucket + "/duo-telephony/*";
    private final String state = world.bucket + "/" + World.STATE_KEY;
    private final Map<String, String> propertiesBefore = new HashMap<>();

    @AfterEach
    void close() {
        restoreProperties();
        incident.close();
    }

    // ---- Conditional writes.

    @Test
    void collectsNothing_whereTheStoreIgnoresConditions_unlessThatIsAllowed() throws IOException {
        String beans = Files.readString(Path.of("routes/beans.camel.yaml"));
        String forgetful = beans.replace(
                "type: dev.duocollector.sink.S3Clients\n      factoryMethod: create",
                "type: dev.duocollector.s3.ForgetfulS3\n      factoryMethod: of");
        assertThat(forgetful).isNotEqualTo(beans);
        incident.routes(Map.of("beans.camel.yaml", forgetful));

        incident.run(RunOutcome.OPERATOR)
                .contains("The store of s3://" + world.bucket + " ignores If-None-Match on PUT")
                .contains("s3.unconditional-writes=allow");
        incident.run(RunOutcome.OPERATOR).as("again").contains("ignores If-None-Match on PUT");
        assertThat(world.objects()).isEmpty();

        incident.restart();
        incident.set("s3.unconditional-writes", "allow").recoversWithoutLossOrDuplicate();
    }

    // ---- Permissions.

    @Test
    void namesThePermission_whenTheStateCannotBeRead() {
        world.s3Proxy.plan(failing(Call.STATE_READ, Fault.ANSWER_403));

        incident.run(RunOutcome.OPERATOR)
                .contains("S3 refused s3:GetObject on s3://" + state + " (403 AccessDenied")
                .contains("Grant s3:GetObject on arn:aws:s3:::" + state + LIST_HINT);

        assertThat(incident.requests()).isEmpty();
        assertThat(writes()).isEmpty();
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void namesThePermission_whenTheStateCannotBeWritten() {
        world.s3Proxy.plan(failing(Call.STATE_WRITE, Fault.ANSWER_403));

        incident.run(RunOutcome.OPERATOR)
                .contains("S3 refused s3:PutObject on s3://" + state + " (403 AccessDenied")
                .contains("Grant s3:PutObject on arn:aws:s3:::" + state + ".");

        assertThat(incident.requests())
                .as("the window is written after its first answer")
                .hasSize(1);
        assertThat(writes()).hasSize(1);
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void namesThePermission_whenNoObjectCanBeWritten() {
        world.s3Proxy.plan(failing(Call.DATA_WRITE, Fault.ANSWER_403));

        incident.run(RunOutcome.OPERATOR)
                .contains("S3 refused s3:PutObject on s3://" + data + " (403 AccessDenied")
                .contains("Grant s3:PutObject on arn:aws:s3:::" + data + ".");

        assertThat(incident.requests()).hasSize(1);
        assertThat(writes()).filteredOn(Call.DATA_WRITE::is).hasSize(1);
        incident.recoversWithoutLossOrDuplicate();
    }

    /** Were a 403 taken for "not there", a batch that lies in the bucket would be claimed and written again. */
    @Test
    void namesThePermission_whenABatchInDoubtCannotBeLookedFor() {
        leaveABatchInDoubt();
        String before = world.state();
        world.s3Proxy.reset();
        world.s3Proxy.plan(failing(Call.DATA_LOOKUP, Fault.ANSWER_403));

        incident.run(RunOutcome.OPERATOR)
                .contains("S3 refused s3:GetObject on s3://" + data + " (403")
                .contains("Grant s3:GetObject on arn:aws:s3:::" + data + LIST_HINT);

        assertThat(incident.requests()).isEmpty();
        assertThat(writes()).isEmpty();
        assertThat(world.state()).isEqualTo(before).contains("\"pending\"");
        incident.recoversWithoutLossOrDuplicate();
    }

    private void leaveABatchInDoubt() {
        world.s3Proxy.plan(failing(Call.DATA_WRITE, Fault.ANSWER_500_AFTER));
        incident.run(RunOutcome.FAILED);
        assertThat(world.objects()).hasSize(1);
    }

    // ---- What may work later.

    @ParameterizedTest
    @EnumSource(
            value = Call.class,
            names = {"STATE_READ", "STATE_WRITE", "DATA_WRITE"})
    void fails_whenS3Throttles(Call call) {
        world.s3Proxy.plan(failing(call, Fault.ANSWER_503));

        incident.run(RunOutcome.FAILED)
                .contains(
                        "S3 failed at " + call.action + " on s3://" + world.bucket, "(503 SlowDown", "Nothing is lost");

        assertThat(world.s3Proxy.faulted()).as("the SDK tries again").hasSizeGreaterThan(1);
        incident.recoversWithoutLossOrDuplicate();
    }

    @ParameterizedTest
    @EnumSource(
            value = Call.class,
            names = {"STATE_READ", "STATE_WRITE", "DATA_WRITE"})
    void fails_whenS3DropsTheConnection(Call call) {
        world.s3Proxy.plan(failing(call, Fault.DROP_BEFORE));

        incident.run(RunOutcome.FAILED)
                .contains("S3 could not be reached for " + call.action + " on s3://" + world.bucket)
                .contains("failed to respond", "Nothing is lost", "s3.endpoint, s3.region and s3.proxy");

        incident.recoversWithoutLossOrDuplicate();
    }

    /** The first name has a label too long for any resolver to ask a server for. */
    @ParameterizedTest
    @CsvSource({
        "https://a-label-of-more-than-63-characters-which-is-more-than-a-name-may-have.invalid,"
                + " UnknownHostException: a-label-of-more",
        "http://127.0.0.1:1, Connection refused"
    })
    void fails_whenThereIsNoServer(String endpoint, String said) {
        String good = world.settings.get("s3.endpoint");
        incident.set("s3.endpoint", endpoint);

        incident.run(RunOutcome.FAILED).contains("S3 could not be reached for s3:GetObject", said);

        assertThat(incident.requests()).isEmpty();
        incident.restart();
        incident.set("s3.endpoint", good).recoversWithoutLossOrDuplicate();
    }

    // ---- Bucket and credentials.

    @Test
    void namesTheBucket_thatIsNotThere() {
        incident.set("s3.bucket", "no-such-bucket");

        incident.run(RunOutcome.OPERATOR)
                .contains("s3://no-such-bucket/", "(404 NoSuchBucket", "Create it, or set s3.bucket.");

        assertThat(incident.requests()).isEmpty();
        incident.restart();
        incident.set("s3.bucket", world.bucket).recoversWithoutLossOrDuplicate();
    }

    @ParameterizedTest
    @CsvSource({
        "aws.secretAccessKey, another-secret, SignatureDoesNotMatch",
        "aws.accessKeyId, AKIAXXXXXXXXXXXXXXXX, InvalidAccessKeyId"
    })
    void saysThatTheCredentialsAreWrong(String property, String wrong, String code) {
        property(property, wrong);

        incident.run(RunOutcome.OPERATOR)
                .contains("(403 " + code, "the AWS credentials are wrong or have expired. Renew them.")
                .doesNotContain("Grant", "another-secret");

        assertThat(incident.requests()).isEmpty();
        restoreProperties();
        incident.restart();
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void saysThatThereAreNoCredentials(@TempDir Path folder) {
        assumeThat(System.getenv())
                .as("credentials of whoever runs the tests")
                .doesNotContainKeys(
                        "AWS_ACCESS_KEY_ID",
                        "AWS_WEB_IDENTITY_TOKEN_FILE",
                        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI");
        property("aws.accessKeyId", null);
        property("aws.secretAccessKey", null);
        property("aws.sharedCredentialsFile", folder.resolve("none").toString());
        property("aws.configFile", folder.resolve("none").toString());
        property("aws.disableEc2Metadata", "true");

        incident.run(RunOutcome.OPERATOR)
                .contains("No AWS credentials for s3:GetObject on s3://" + state)
                .contains("Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role");

        assertThat(incident.requests()).isEmpty();
        restoreProperties();
        incident.restart();
        incident.recoversWithoutLossOrDuplicate();
    }

    /** What the embedded server never says; the codes are those of AWS's list of S3 error responses. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "ExpiredToken                 | 400 | OPERATOR | credentials are wrong or have expired. Renew them.",
                "InvalidToken                 | 400 | OPERATOR | credentials are wrong or have expired. Renew them.",
                "TokenRefreshRequired         | 400 | OPERATOR | credentials are wrong or have expired. Renew them.",
                "Unauthorized                 | 401 | OPERATOR | credentials are wrong or have expired. Renew them.",
                "RequestTimeTooSkewed         | 403 | OPERATOR | this machine's clock is wrong. Set it right.",
                "AuthorizationHeaderMalformed | 400 | OPERATOR | the bucket is in another region. Set s3.region.",
                "PermanentRedirect            | 301 | OPERATOR | the bucket is in another region. Set s3.region.",
                "TemporaryRedirect            | 307 | FAILED   | the bucket is new, or in another region.",
                "MethodNotAllowed             | 405 | OPERATOR | Check s3.bucket, s3.endpoint and s3.region.",
                "NoSuchKey                    | 403 | OPERATOR | Grant s3:GetObject",
                "NoSuchKey                    | 410 | OPERATOR | Check s3.bucket, s3.endpoint and s3.region.",
                "NoSuchKey                    | 500 | FAILED   | Nothing is lost; the next run continues.",
                "RequestTimeout               | 400 | FAILED   | Nothing is lost; the next run continues.",
                "InternalError                | 500 | FAILED   | Nothing is lost; the next run continues.",
                "SlowDown                     | 503 | FAILED   | Nothing is lost; the next run continues.",
            })
    void saysWhatS3Means(String code, int status, RunOutcome outcome, String remedy) {
        String error = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>As S3 says</Message></Error>";
        try (RawServer s3 = RawServer.start()) {
            for (int attempt = 1; attempt <= 4; attempt++) {
                s3.answer(status + " " + code, error, "Content-Type: application/xml");
            }
            incident.set("s3.endpoint", "http://127.0.0.1:" + s3.port());

            incident.run(outcome)
                    .contains("s3:GetObject on s3://" + state + " (" + status + " " + code + ": As S3 says)", remedy);

            assertThat(s3.requests()).isNotEmpty();
        }
        assertThat(incident.requests()).isEmpty();
    }

    // ---- What is between.

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "407 | text/html        | OPERATOR | a proxy wants credentials (HTTP 407)",
                "407 | ''               | OPERATOR | a proxy wants credentials (HTTP 407)",
                "401 | text/html        | FAILED   | Something between this machine and S3",
                "403 | text/html        | FAILED   | Something between this machine and S3",
                "403 | application/json | FAILED   | Something between this machine and S3",
                "404 | text/html        | FAILED   | Something between this machine and S3",
                "502 | text/html        | FAILED   | Something between this machine and S3",
                "403 | ''               | FAILED   | Something between this machine and S3",
                "404 | ''               | FAILED   | Something between this machine and S3",
                "302 | ''               | FAILED   | Something between this machine and S3",
                "403 | application/xml  | OPERATOR | Grant s3:GetObject",
            })
    void tellsAProxysAnswer_fromS3s(int status, String type, RunOutcome outcome, String said) {
        String body = type.endsWith("xml")
                ? "<Error><Code>AccessDenied</Code></Error>"
                : type.isEmpty() ? "" : "<html>no</html>";
        String good = world.settings.get("s3.endpoint");
        for (boolean connect : List.of(true, false)) {
            try (RawServer between = RawServer.start()) {
                for (int attempt = 1; attempt <= 4; attempt++) {
                    between.answer(status + " No", body, type.isEmpty() ? "X-A: b" : "Content-Type: " + type);
                }
                String address = "http://127.0.0.1:" + between.port();
                incident.set("s3.endpoint", connect ? "https://s3.example.com" : address)
                        .set("s3.proxy", connect ? address : "");

                incident.run(outcome).contains(said, "s3:GetObject on s3://" + state);
                assertThat(between.requests().get(0)).startsWith(connect ? "CONNECT " : "GET ");
            }
            incident.restart();
        }
        assertThat(world.duo.requests()).isEmpty();
        incident.set("s3.endpoint", good).set("s3.proxy", "").recoversWithoutLossOrDuplicate();
    }

    // ---- Tools.

    private List<ProxiedRequest> writes() {
        return world.s3Proxy.requests().stream().filter(ProxiedRequest::isWrite).toList();
    }

    private static FaultPlan failing(Call call, Fault fault) {
        return request -> call.is(request) ? fault : Fault.NONE;
    }

    /** Sets a system property, or takes it away, until the test's end; the SDK looks there first. */
    private void property(String name, @Nullable String value) {
        propertiesBefore.putIfAbsent(name, System.getProperty(name, ""));
        set(name, value == null ? "" : value);
    }

    private void restoreProperties() {
        propertiesBefore.forEach(S3FailureTest::set);
        propertiesBefore.clear();
    }

    private static void set(String name, String value) {
        if (value.isEmpty()) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }
}
