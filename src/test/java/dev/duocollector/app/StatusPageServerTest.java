// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.metrics.RunMetrics;
import dev.duocollector.page.StatusPage;
import dev.duocollector.route.World;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import dev.duocollector.settings.Settings;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.testing.Browser;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.support.CamelContextHelper;
import org.htmlunit.html.HtmlAnchor;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The status page on Camel's server, beside health and metrics. */
class StatusPageServerTest {

    private final HttpClient http = HttpClient.newHttpClient();
    private final World world = World.inRealTime();
    private CamelApplication application;
    private URI root;

    @BeforeEach
    void start() throws Exception {
        Instant now = Instant.now();
        world.events.add(
                new MadeUpEvents(1).spread(3, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5))));
        Map<String, String> settings = new HashMap<>(world.settings);
        int port = freePort();
        settings.put("duo.logs", "telephony,activity");
        settings.put("observe.enabled", "true");
        settings.put("observe.port", String.valueOf(port));
        root = URI.create("http://127.0.0.1:" + port + "/");
        application = CamelApplication.withSchedule(settings);
        application.start();
        // What Camel Main does once it runs until it is stopped.
        CamelContext camel = application.context();
        new ObservationServer(
                        camel,
                        bean("settings", Settings.class),
                        bean(RunMetrics.REGISTRY, MeterRegistry.class),
                        StatusPage.of(camel, bean("metrics", RunMetrics.class)))
                .start();
    }

    private <T> T bean(String name, Class<T> type) {
        return CamelContextHelper.mandatoryLookup(application.context(), name, type);
    }

    @AfterEach
    void stop() {
        application.stop();
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
    void answersEachMethodAndPath_asItShould() throws Exception {
        HttpResponse<String> page = send("GET", "/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().map())
                .containsKeys(
                        "content-security-policy",
                        "x-content-type-options",
                        "referrer-policy",
                        "cache-control",
                        "content-type");

        HttpResponse<String> head = send("HEAD", "/");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().map().keySet()).isEqualTo(page.headers().map().keySet());
        assertThat(head.headers().firstValueAsLong("content-length").orElseThrow())
                .isGreaterThan(1000);

        for (String method : new String[] {"POST", "PUT", "DELETE", "OPTIONS"}) {
            HttpResponse<String> refused = send(method, "/");
            assertThat(refused.statusCode()).as(method).isEqualTo(405);
            assertThat(refused.headers().firstValue("allow")).as(method).hasValue("GET, HEAD");
        }
        assertThat(send("GET", "/?page=0").statusCode()).isEqualTo(400);
        assertThat(send("GET", "/page.css").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/observe/nothing").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/observe/health/live").statusCode()).isEqualTo(200);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
