// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.profiles.ProfileFile;

/**
 * The ways to credentials that the SDK knows only with further libraries: without one of them it says that a module must be on
 * the class path, whatever the operator has set up.
 */
class CredentialsTest {

    private static final String PROFILES = """
            [sso-session company]
            sso_start_url = https://company.example.com/start
            sso_region = eu-central-1
            [profile session]
            sso_session = company
            sso_account_id = 123456789012
            sso_role_name = Collector
            region = eu-central-1
            [profile older]
            sso_start_url = https://company.example.com/start
            sso_region = eu-central-1
            sso_account_id = 123456789012
            sso_role_name = Collector
            region = eu-central-1
            [profile token]
            role_arn = arn:aws:iam::123456789012:role/collector
            web_identity_token_file = %s
            region = eu-central-1
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"session", "older"})
    void ssoProfile_asksForALogin_notForAModule(String profile) {
        assertThatThrownBy(() -> resolve(profile))
                .hasMessageNotContaining("class path")
                .satisfies(failure -> assertThat(messages(failure)).containsIgnoringCase("sso"));
    }

    @Test
    void webIdentityToken_isLookedFor() {
        assertThatThrownBy(() -> resolve("token"))
                .satisfies(failure ->
                        assertThat(messages(failure)).contains("no-token").doesNotContain("class path"));
    }

    private void resolve(String profile) {
        Path file = folder.resolve("no-token");
        try (ProfileCredentialsProvider provider = ProfileCredentialsProvider.builder()
                .profileFile(ProfileFile.builder()
                        .content(new ByteArrayInputStream(
                                PROFILES.formatted(file).getBytes(StandardCharsets.UTF_8)))
                        .type(ProfileFile.Type.CONFIGURATION)
                        .build())
                .profileName(profile)
                .build()) {
            provider.resolveCredentials();
        }
    }

    private static String messages(Throwable failure) {
        StringBuilder messages = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            messages.append(cause.getMessage()).append('\n');
        }
        return messages.toString();
    }
}
