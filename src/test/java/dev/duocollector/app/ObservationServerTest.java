// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.metrics.RunMetrics;
import dev.duocollector.page.StatusPage;
import dev.duocollector.route.World;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import dev.duocollector.settings.Settings;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.testing.Browser;
import dev.duocollector.testing.FreePort;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.apache.camel.support.CamelContextHelper;
import org.htmlunit.html.HtmlAnchor;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shown over HTTP: the status page, health and metrics. */
class ObservationServerTest {

    private final HttpClient http = HttpClient.newHttpClient();
    private final World world = World.inRealTime();
    private CamelApplication application;
    private ObservationServer server;
    private URI root;

    @BeforeEach
    void start() throws Exception {
        Instant now = Instant.now();
        world.events.add(
                new MadeUpEvents(1).spread(3, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5))));
        Map<String, String> settings = new HashMap<>(world.settings);
        int port = FreePort.find();
        settings.put("duo.logs", "telephony,activity");
        settings.put("observe.enabled", "true");
        settings.put("observe.port", String.valueOf(port));
        root = URI.create("http://127.0.0.1:" + port + "/");
        application = CamelApplication.withSchedule(settings);
        application.start();
        // What Camel Main does once it runs until it is stopped.
        CamelContext camel = application.context();
        server = new ObservationServer(
                camel,
                bean("settings", Settings.class),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                StatusPage.of(camel, bean("metrics", RunMetrics.class)));
        server.start();
    }

    private <T> T bean(String name, Class<T> type) {
        return CamelContextHelper.mandatoryLookup(application.context(), name, type);
    }

    @AfterEach
    void stop() {
        application.stop();
        server.close();
        world.close();
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(root.resolve(path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void isAtTheRoot_andLeadsToHealthAndMetrics() throws Exception {
        try (Browser browser = new Browser()) {
            assertThat(browser.open(root).getBody().getVisibleText())
                    .contains("2 logs, none in trouble.", "No run yet");
            for (Stream stream : Streams.of(application.context()).all()) {
                application.run(stream);
            }

            HtmlPage page = browser.open(root);
            assertThat(page.getBody().getVisibleText())
                    .contains(World.API_HOST, "Well", "3 events in 24 hours", "done, took");
            for (HtmlAnchor link : page.getAnchors()) {
                assertThat(link.click().getWebResponse().getStatusCode())
                        .as(link.getHrefAttribute())
                        .isEqualTo(200);
            }
            HtmlForm form = page.getForms().get(0);
            form.getInputByName("find").setValue("nobody");
            HtmlPage none = form.getElementsByTagName("button").get(0).click();
            assertThat(none.getUrl().getQuery()).isEqualTo("find=nobody&state=");
            assertThat(none.getBody().getVisibleText()).contains("No log matches 'nobody'.");
        }
    }

    @Test
    void page_saysHowItMayBeUsed() throws Exception {
        HttpResponse<String> page = send("GET", "/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().map())
                .containsKeys(
                        "content-security-policy",
                        "x-content-type-options",
                        "referrer-policy",
                        "cache-control",
                        "content-type");
        assertThat(send("GET", "/?page=0").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/observe/health", "/observe/health/live", "/observe/health/ready", "/observe/metrics"})
    void whatIsThere_isOnlyRead(String path) throws Exception {
        HttpResponse<String> shown = send("GET", path);
        assertThat(shown.statusCode()).isEqualTo(200);
        assertThat(shown.body()).isNotEmpty();

        HttpResponse<String> head = send("HEAD", path);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().map().keySet())
                .isEqualTo(shown.headers().map().keySet());
        assertThat(head.headers().firstValueAsLong("content-length").orElseThrow())
                .isGreaterThan(50);

        for (String method : new String[] {"POST", "PUT", "DELETE", "OPTIONS"}) {
            HttpResponse<String> refused = send(method, path);
            assertThat(refused.statusCode()).as(method).isEqualTo(405);
            assertThat(refused.headers().firstValue("allow")).as(method).hasValue("GET, HEAD");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/page.css", "/observe", "/observe/nothing", "/observe/health/other", "/observe/metrics/x"})
    void whatIsNotThere_isNotFound(String path) throws Exception {
        HttpResponse<String> answer = send("GET", path);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("/observe/health").doesNotContain("other", "page.css");
    }

    /** A message comes as it is, whatever characters it has. */
    @Test
    void health_saysWhichCheckIsDown_andWhy() throws Exception {
        assertThat(status(send("GET", "/observe/health/ready"))).isEqualTo("UP");
        HealthCheckRegistry.get(application.context()).register(new AbstractHealthCheck("test", "quota") {
            @Override
            protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
                builder.down()
                        .message("\"a\\b\" is <full>\n")
                        .detail("left", (byte) 0)
                        .detail("share", 0.5)
                        .detail("since", Instant.EPOCH);
            }

            @Override
            public boolean isLiveness() {
                return false;
            }
        });

        HttpResponse<String> ready = send("GET", "/observe/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(status(ready)).isEqualTo("DOWN");
        JsonNode quota = check(ready, "quota");
        assertThat(quota.path("status").asText()).isEqualTo("DOWN");
        assertThat(quota.path("message").asText()).isEqualTo("\"a\\b\" is <full>\n");
        assertThat(quota.has("data")).isFalse();
        assertThat(check(ready, "context").path("status").asText()).isEqualTo("UP");

        JsonNode data = check(send("GET", "/observe/health?data=true"), "quota").path("data");
        assertThat(data.path("left").isIntegralNumber()).isTrue();
        assertThat(data.path("share").asDouble()).isEqualTo(0.5);
        assertThat(data.path("since").asText()).isEqualTo("1970-01-01T00:00:00Z");
        HttpResponse<String> live = send("GET", "/observe/health/live");
        assertThat(live.statusCode()).isEqualTo(200);
        assertThat(live.body()).doesNotContain("quota").contains("context");
    }

    private static String status(HttpResponse<String> health) throws IOException {
        return new ObjectMapper().readTree(health.body()).path("status").asText();
    }

    private static JsonNode check(HttpResponse<String> health, String name) throws IOException {
        for (JsonNode check : new ObjectMapper().readTree(health.body()).path("checks")) {
            if (check.path("name").asText().equals(name)) {
                return check;
            }
        }
        throw new AssertionError("No check " + name + " in " + health.body());
    }
}
