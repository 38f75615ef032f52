// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.RunReport;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.SettingsException;
import dev.duocollector.settings.TestSettings;
import dev.duocollector.sink.S3Clients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run says when the SDK has no AWS credentials: the SDK's own reason, and the files that it looked into. */
class CredentialsFailureTest {

    private static final String PROFILES = """
            [profile sso]
            sso_session = company
            sso_account_id = 123456789012
            sso_role_name = Collector
            region = eu-central-1
            [sso-session company]
            sso_start_url = https://company.example.com/start
            sso_region = eu-central-1
            [profile process]
            credential_process = /nowhere/none
            [profile login]
            login_session = arn:aws:iam::123456789012:user/collector
            [profile half]
            aws_access_key_id = AKIAXXXXXXXXXXXXXXXX
            [profile source]
            role_arn = arn:aws:iam::123456789012:role/collector
            source_profile = gone
            """;

    private final Incident incident = new Incident();
    private final Map<String, String> before = new HashMap<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void takeTheCredentialsAway() throws IOException {
        assumeThat(System.getenv())
                .as("credentials of whoever runs the tests")
                .doesNotContainKeys(
                        "AWS_ACCESS_KEY_ID",
                        "AWS_PROFILE",
                        "AWS_WEB_IDENTITY_TOKEN_FILE",
                        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI");
        set("aws.accessKeyId", "");
        set("aws.secretAccessKey", "");
        set("aws.sharedCredentialsFile", folder.resolve("credentials").toString());
        set(
                "aws.configFile",
                Files.writeString(folder.resolve("config"), PROFILES).toString());
        set("aws.disableEc2Metadata", "true");
    }

    @AfterEach
    void putThemBack() {
        before.forEach(CredentialsFailureTest::property);
        incident.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "not-there | Profile file contained no credentials for profile 'not-there' | set AWS_PROFILE to another",
                "sso       | SSO token                                                     | aws sso login",
                "process   | Failed to refresh process-based credentials                   | Correct the profile",
                "login     | 'signin' service module                                       | credential_process",
                "half      | 'aws_secret_access_key' was not configured for 'half'         | Correct the profile",
                "source    | 'gone'                                                        | Correct the profile",
            })
    void profile_isNamed_withTheReason_andTheFiles(String profile, String reason, String remedy) {
        set("aws.profile", profile);

        incident.run(RunOutcome.OPERATOR)
                .contains("No AWS credentials for s3:GetObject on s3://", reason, remedy)
                .contains(
                        folder.resolve("credentials").toString(),
                        folder.resolve("config").toString())
                .doesNotContain("ProfileFile(", "AKIAXXXX");

        assertThat(incident.requests()).isEmpty();
    }

    @Test
    void absence_saysWhatToSet() {
        incident.run(RunOutcome.OPERATOR)
                .contains("No AWS credentials for s3:GetObject on s3://", "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID");
    }

    /** Nobody listens there, as where there is no network. */
    @ParameterizedTest
    @ValueSource(strings = {"aws.containerCredentialsFullUri"})
    void networkThatIsAway_mayPass(String property) {
        set(property, "http://127.0.0.1:1/credentials");

        incident.run(RunOutcome.FAILED)
                .contains("could not be fetched (Failed to load credentials from metadata service)", "Nothing is lost");
    }

    @Test
    void tokenOfAWebIdentity_isNamed_whenItIsMissing() {
        set("aws.roleArn", "arn:aws:iam::123456789012:role/collector");
        set("aws.webIdentityTokenFile", "/nowhere/token");

        incident.run(RunOutcome.OPERATOR).contains("NoSuchFileException: /nowhere/token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"credentials", "config"})
    void byteOrderMark_isNamed_withItsFile(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, "\ufeff[default]\nregion = eu-central-1\n");
        Settings settings = TestSettings.with("s3.bucket", "logs", "s3.region", "eu-central-1");

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> S3Clients.create(settings))
                .satisfies(e -> assertThat(e.problems())
                        .containsExactly("The AWS profile file " + file
                                + " cannot be read: it begins with a byte order mark. Save it as UTF-8 without one."));
    }

    @Test
    void profileFile_thatIsNone_isNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("credentials"), "aws_access_key_id = a\n");
        Settings settings = TestSettings.with("s3.bucket", "logs", "s3.region", "eu-central-1");

        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> S3Clients.create(settings))
                .satisfies(e -> assertThat(e.problems())
                        .singleElement()
                        .asString()
                        .startsWith("The AWS profile file " + file + " cannot be read: "));
    }

    /** The SDK's own chain looks once which files there are. */
    @Test
    void credentialsThatAppear_areFound_byTheSameCollector() throws IOException {
        TestCollector collector = incident.collector();
        RunReport first = collector.run();
        assertThat(first.outcome()).isEqualTo(RunOutcome.OPERATOR);
        assertThat(first.triedAgainAtStart()).as("the start tries again").isTrue();

        Files.write(
                folder.resolve("credentials"),
                List.of(
                        "[default]",
                        "aws_access_key_id = " + World.s3().accessKey(),
                        "aws_secret_access_key = " + World.s3().secretKey()));

        incident.run(RunOutcome.DONE);
        incident.assertEveryEventOnce();
    }

    /** Credentials that S3 refuses do not become right by themselves. */
    @Test
    void credentialsThatAreWrong_areNotTriedAgain() {
        set("aws.accessKeyId", "AKIAXXXXXXXXXXXXXXXX");
        set("aws.secretAccessKey", "another");
        // Not by the proxy, whose answers have the world's date: the SDK would set its clock by that of a refused
        // signature.
        incident.set("s3.endpoint", World.s3().uri().toString());

        RunReport report = incident.collector().run();

        assertThat(report.outcome()).isEqualTo(RunOutcome.OPERATOR);
        assertThat(report.triedAgainAtStart()).isFalse();
    }

    private void set(String name, String value) {
        before.putIfAbsent(name, System.getProperty(name, ""));
        property(name, value);
    }

    private static void property(String name, String value) {
        if (value.isEmpty()) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }
}
