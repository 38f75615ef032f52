// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.testing.TlsServer;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run makes of servers whose certificate it cannot trust. */
class CertificateTest {

    private static final String NO_EVENTS = "{\"stat\":\"OK\",\"response\":{\"items\":[],\"metadata\":{}}}";
    private static final String REMEDY = "-Djavax.net.ssl.trustStore=FILE -Djavax.net.ssl.trustStorePassword=PASSWORD";

    private final Incident incident = new Incident();
    private final SSLContext before = trustedByDefault();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        SSLContext.setDefault(before);
        incident.close();
    }

    @Test
    void namesTheTruststore_whenNobodyVouchesForDuo() throws Exception {
        String good = incident.world.settings.get("duo.base-url");
        try (TlsServer server = TlsServer.start(folder, "localhost", NO_EVENTS)) {
            incident.set("duo.base-url", server.uri().toString());

            incident.run(RunOutcome.OPERATOR)
                    .contains("The certificate of Duo at " + server.uri() + " is not trusted", REMEDY);

            assertThat(incident.logs.lines(Level.WARN)).as("retries").isEmpty();
            assertThat(server.requests()).isZero();
        }
        incident.restart();
        incident.set("duo.base-url", good).recoversWithoutLossOrDuplicate();
    }

    /** Shows that the tests beside it would reach their server but for the certificate. */
    @Test
    void readsFromAServer_whoseCertificateTheJvmTrusts() throws Exception {
        try (TlsServer server = TlsServer.start(folder, "localhost", NO_EVENTS)) {
            SSLContext.setDefault(server.trusting());
            incident.set("duo.base-url", server.uri().toString());

            incident.run(RunOutcome.DONE).contains("1 page, 0 new events");

            assertThat(server.requests()).isOne();
        }
    }

    @Test
    void saysSo_whenTheCertificateIsForAnotherHost() throws Exception {
        try (TlsServer server = TlsServer.start(folder, "elsewhere.invalid", NO_EVENTS)) {
            SSLContext.setDefault(server.trusting());
            incident.set("duo.base-url", server.uri().toString());

            incident.run(RunOutcome.OPERATOR)
                    .contains("is for another host", "elsewhere.invalid", "Check duo.api.host and duo.base-url")
                    .doesNotContain(REMEDY);

            assertThat(incident.logs.lines(Level.WARN)).as("retries").isEmpty();
            assertThat(server.requests()).isZero();
        }
    }

    @Test
    void namesTheTruststore_whenNobodyVouchesForS3() throws Exception {
        try (TlsServer server = TlsServer.start(folder, "localhost", NO_EVENTS)) {
            incident.set("s3.endpoint", server.uri().toString());

            incident.run(RunOutcome.OPERATOR)
                    .contains("The certificate of S3 for s3:GetObject on s3://" + incident.world.bucket)
                    .contains(REMEDY);

            assertThat(server.requests()).isZero();
        }
    }

    private static SSLContext trustedByDefault() {
        try {
            return SSLContext.getDefault();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has TLS", e);
        }
    }
}
