// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.app.CamelApplication;
import dev.duocollector.s3.EmbeddedS3;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a newcomer tries the program on. */
class SandboxTest {

    private static final Path FOLDER = Path.of("target", "sandbox-test");

    /** Other tests of this JVM have theirs here, from their first one on. */
    private final Map<String, String> before = new HashMap<>();

    private void set(String property, String value) {
        before.put(property, System.getProperty(property, ""));
        System.setProperty(property, value);
    }

    @AfterEach
    void putBack() {
        before.forEach((property, value) -> {
            if (value.isEmpty()) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, value);
            }
        });
    }

    @Test
    @Timeout(120) // 10 s, and some for a busy machine
    void itsFiles_areAllThatTheProgramNeeds() throws Exception {
        try (Sandbox sandbox = Sandbox.start(FOLDER)) {
            EmbeddedS3 s3 = sandbox.s3();
            assertThat(FOLDER.resolve("env"))
                    .hasContent("export AWS_ACCESS_KEY_ID=" + s3.accessKey() + "\nexport AWS_SECRET_ACCESS_KEY="
                            + s3.secretKey());
            set("aws.accessKeyId", s3.accessKey());
            set("aws.secretAccessKey", s3.secretKey());
            Map<String, String> settings = new HashMap<>();
            Properties file = new Properties();
            try (Reader in = Files.newBufferedReader(FOLDER.resolve("application.properties"), UTF_8)) {
                file.load(in);
            }
            file.forEach((name, value) -> settings.put(String.valueOf(name), String.valueOf(value)));
            settings.put("duo.accounts", FOLDER.resolve("accounts.d").toString());
            settings.put("duo.page.pause", "1ms");

            assertThat(CamelApplication.withoutSchedule(Map.of(), settings).runOnce())
                    .isZero();

            for (String account : Sandbox.ACCOUNTS) {
                for (String log : List.of("telephony", "authentication", "activity")) {
                    String prefix = "duo-" + log + "/" + account + "/";
                    assertThat(s3.objects(Sandbox.BUCKET, prefix).values().stream()
                                    .flatMap(object -> new String(object, UTF_8).lines()))
                            .as(prefix)
                            .hasSize(Sandbox.EVENTS);
                }
            }
        }
    }
}
