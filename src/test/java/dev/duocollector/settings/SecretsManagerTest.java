// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.duocollector.app.CamelApplication;
import dev.duocollector.app.CamelSettings;
import dev.duocollector.app.StartFailure;
import dev.duocollector.route.World;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The placeholder {@code {{aws:name}}} against a server that answers as AWS Secrets Manager does. */
class SecretsManagerTest {

    private static final String SECRET = "duo-telephony/skey";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private int failure;
    private String failureCode = "";

    @BeforeEach
    void start() throws IOException {
        World.s3(); // for the credentials, which the SDK finds where it looks first
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        vault().keySet().forEach(System::clearProperty);
    }

    @Test
    void placeholder_isTheSecret_forTheCollector() throws Exception {
        CamelApplication application = application(SECRET);
        application.start();
        try {
            assertThat(application
                            .context()
                            .getRegistry()
                            .lookupByNameAndType("settings", Settings.class)
                            .account()
                            .secretKey())
                    .isEqualTo(World.SKEY);
        } finally {
            application.stop();
        }
        assertThat(asked).isNotEmpty().containsOnly("secretsmanager.GetSecretValue " + SECRET);
    }

    @Test
    void placeholder_isTheSecret_forTools() {
        Map<String, String> environment = new HashMap<>();
        vault().forEach(System::setProperty);
        settings(SECRET).forEach((name, value) -> environment.put(EnvironmentPropertiesSource.variable(name), value));

        assertThat(CamelSettings.of(environment).examine().account().secretKey())
                .isEqualTo(World.SKEY);
    }

    @Test
    void missingSecret_isOneLine() {
        CamelApplication application = application("nothing");
        try {
            assertThatThrownBy(application::start)
                    .satisfies(failure -> assertThat(StartFailure.lines(failure, List.of()))
                            .singleElement()
                            .asString()
                            .startsWith(
                                    "Setting duo.skey has the placeholder {{aws:nothing}}, which cannot be resolved: ")
                            .contains("Secrets Manager can't find the specified secret"));
        } finally {
            application.stop();
        }
    }

    /** What may pass is exit 1, what needs an operator is exit 2; neither shows anything secret. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "throttles, 400, ThrottlingException, true",
        "fails, 500, InternalServiceError, true",
        "is overloaded, 503, '', true",
        "has its page in front, 502, <html>, true",
        "does not know the name, 400, ResourceNotFoundException, false",
        "refuses, 400, AccessDeniedException, false",
    })
    void vaultThatDoesNotAnswer_mayPass_oneThatRefusesDoesNot(
            String what, int status, @Nullable String code, boolean passes) {
        failure = status;
        failureCode = code == null ? "" : code;

        assertThat(examined().mayPass()).as(examined().problems().toString()).isEqualTo(passes);
        assertThat(examined().problems())
                .singleElement()
                .asString()
                .startsWith("Setting duo.skey has the placeholder {{aws:" + SECRET + "}}, which cannot be resolved: ")
                .doesNotContain(World.s3().secretKey(), "<html>");
    }

    @Test
    void vaultThatIsNotThere_mayPass() {
        Map<String, String> options = new HashMap<>(vault());
        server.stop(0);
        options.forEach(System::setProperty);

        assertThat(examined().mayPass()).as(examined().problems().toString()).isTrue();
    }

    private Settings examined() {
        if (server.getAddress() != null) {
            vault().forEach(System::setProperty);
        }
        Map<String, String> environment = new HashMap<>();
        settings(SECRET).forEach((name, value) -> environment.put(EnvironmentPropertiesSource.variable(name), value));
        return CamelSettings.of(environment).examine();
    }

    private CamelApplication application(String secret) {
        vault().forEach(System::setProperty);
        return CamelApplication.withoutSchedule(Map.of(), settings(secret));
    }

    private static Map<String, String> settings(String secret) {
        return Map.of(
                "duo.api.host",
                World.API_HOST,
                "duo.ikey",
                World.IKEY,
                "duo.skey",
                "{{aws:" + secret + "}}",
                "s3.bucket",
                "logs",
                "s3.region",
                "us-east-1");
    }

    /** Camel Main reads its own options from files and from here, not from overrides. */
    private Map<String, String> vault() {
        return Map.of(
                "camel.vault.aws.defaultCredentialsProvider",
                "true",
                "camel.vault.aws.region",
                "us-east-1",
                "camel.vault.aws.overrideEndpoint",
                "true",
                "camel.vault.aws.uriEndpointOverride",
                "http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody());
        String name = request.path("SecretId").asText();
        asked.add(exchange.getRequestHeaders().getFirst("X-Amz-Target") + " " + name);
        if (failure != 0) {
            byte[] body = (failureCode.startsWith("<") ? failureCode : "{\"__type\":\"" + failureCode + "\"}")
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(failure, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
            return;
        }
        boolean known = name.equals(SECRET);
        Map<String, String> answer = known
                ? Map.of("Name", name, "SecretString", World.SKEY)
                : Map.of(
                        "__type",
                        "ResourceNotFoundException",
                        "message",
                        "Secrets Manager can't find the specified secret.");
        byte[] body = JSON.writeValueAsString(answer).getBytes(UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(known ? 200 : 400, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
