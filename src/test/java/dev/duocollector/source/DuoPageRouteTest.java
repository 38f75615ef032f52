// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.SignatureVersion;
import dev.duocollector.testing.FullQueue;
import dev.duocollector.testing.RawServer;
import dev.duocollector.testing.TickingClock;
import dev.duocollector.testing.TricklingServer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What leaves the machine, byte for byte, and what comes back into the route, with everything that Camel does in between. */
@Timeout(20)
class DuoPageRouteTest {
    private static final String ROUTES = """
            - beans:
                - name: duoHeaders
                  type: org.apache.camel.support.DefaultHeaderFilterStrategy
                  properties:
                    filterOnMatch: "false"
                    outFilterPattern: "(?i)(authorization|date|accept|user-agent)"
                    inFilterPattern: "(?i)content-type"
            - route:
                id: duo-page
                errorHandler:
                  noErrorHandler: {}
                from:
                  uri: direct
                  parameters:
                    name: duo-page
                  steps:
                    - doTry:
                        steps:
                          - process:
                              ref: duoRequestSigner
                          - to:
                              uri: http
                              parameters:
                                httpUri: "{{duo.base-url}}/admin/v2/logs/telephony"
                                httpMethod: GET
                                httpClientConfigurer: "#duoHttpClient"
                                headerFilterStrategy: "#duoHeaders"
                                useSystemProperties: true
                          - convertBodyTo:
                              type: byte[]
                        doFinally:
                          steps:
                            - removeHeaders:
                                pattern: "*"
                                excludePattern: "CamelRedeliver*"
            - route:
                id: two-pages
                from:
                  uri: direct
                  parameters:
                    name: two-pages
                  steps:
                    - loop:
                        constant: 2
                        steps:
                          - setHeader:
                              name: X-Operator
                              constant: leaks
                          - to:
                              uri: direct
                              parameters:
                                name: duo-page
            - route:
                id: three-attempts
                errorHandler:
                  defaultErrorHandler:
                    redeliveryPolicy:
                      maximumRedeliveries: 2
                      redeliveryDelay: 1
                      logExhausted: false
                from:
                  uri: direct
                  parameters:
                    name: three-attempts
                  steps:
                    - to:
                        uri: direct
                        parameters:
                          name: duo-page
            """;

    private static final Map<String, String> QUERY =
            Map.of("sort", "ts:asc", "limit", "1000", "next_offset", "1666714065304,a~b c*\u00e9");
    private static final String TARGET =
            "/admin/v2/logs/telephony" + "?limit=1000&next_offset=1666714065304%2Ca~b%20c%2A%C3%A9&sort=ts%3Aasc";

    private final RawServer server = RawServer.start();
    private final Properties settings = new Properties();
    private final DefaultCamelContext camel = new DefaultCamelContext();

    DuoPageRouteTest() {
        settings.setProperty("duo.base-url", "http://127.0.0.1:" + server.port());
        settings.setProperty("duo.proxy", "");
        settings.setProperty("duo.connect-timeout", "PT10S");
        settings.setProperty("duo.response-timeout", "PT10S");
    }

    @AfterEach
    void close() throws IOException {
        camel.close();
        server.close();
    }

    @Test
    void sendsOnly_whatDuoNeeds() throws Exception {
        server.answer("200 OK", "{}");

        page();

        List<String> lines = server.requests().get(0).lines().toList();
        assertThat(lines).element(0).isEqualTo("GET " + TARGET + " HTTP/1.1");
        assertThat(lines.subList(1, lines.size() - 1))
                .containsExactlyInAnyOrder(
                        "Authorization: " + authorization("Sun, 01 Nov 2026 08:15:00 +0000"),
                        "Date: Sun, 01 Nov 2026 08:15:00 +0000",
                        "Accept: application/json",
                        "User-Agent: duo-telephony-collector/1.0",
                        "Accept-Encoding: gzip, x-gzip, deflate",
                        "Host: 127.0.0.1:" + server.port(),
                        "Connection: keep-alive");
    }

    @Test
    void leaksNothing_intoTheNextRequest() throws Exception {
        server.answer("200 OK", "{}", "Set-Cookie: a=b", "Server: Duo", "X-Foo: bar", "X-Duo-Foo: bar", "Date: never");
        server.answer("200 OK", "{}");

        call("two-pages");

        assertThat(server.requests()).hasSize(2);
        assertThat(headerNames(server.requests().get(1)))
                .isEqualTo(headerNames(server.requests().get(0)))
                .containsExactlyInAnyOrder(
                        "Authorization", "Date", "Accept", "User-Agent", "Accept-Encoding", "Host", "Connection");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json; charset=iso-8859-1", "text/html;charset=no-such"})
    void returnsBytes_andNothingElse(String contentType) throws Exception {
        server.answer("200 OK", "{\"\u00e9\": 1}", "Content-Type: " + contentType, "X-Foo: bar");

        Exchange exchange = page();

        assertThat(exchange.getMessage().getBody()).isEqualTo("{\"\u00e9\": 1}".getBytes(UTF_8));
        assertThat(exchange.getMessage().getHeaders()).isEmpty();
        assertThat(exchange.getProperty(Exchange.CHARSET_NAME))
                .as("for later steps")
                .isEqualTo("UTF-8");
    }

    @Test
    void returnsLargeBody_asBytesToo() throws Exception {
        String large = "x".repeat(1_000_000);
        server.answer("200 OK", large);

        assertThat(page().getMessage().getBody(byte[].class)).asString(UTF_8).isEqualTo(large);
    }

    @Test
    void followsNoRedirect_butFails() throws Exception {
        server.answer("302 Found", "", "Location: http://127.0.0.1:" + server.port() + "/elsewhere");

        HttpOperationFailedException failure = failure(page());

        assertThat(failure.getStatusCode()).isEqualTo(302);
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "503 Busy|Retry-After: 1",
                "429 Too Many Requests|Retry-After: 1",
                "401 Unauthorized|WWW-Authenticate: Basic realm=\"duo\"",
                "500 Broken|Content-Type: text/html; charset=no-such",
            })
    void asksOnce_whateverTheRefusal(String refusal) throws Exception {
        String status = refusal.substring(0, refusal.indexOf('|'));
        String header = refusal.substring(refusal.indexOf('|') + 1);
        server.answer(status, "{\"code\": \u00e9}", header);

        Exchange exchange = page();

        HttpOperationFailedException failure = failure(exchange);
        assertThat(failure.getStatusCode()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
        assertThat(failure.getResponseBody()).isEqualTo("{\"code\": \u00e9}");
        assertThat(failure.getResponseHeaders()).containsKey(header.substring(0, header.indexOf(':')));
        assertThat(server.requests()).hasSize(1);
        assertThat(exchange.getMessage().getHeaders())
                .as("the signature is gone")
                .isEmpty();
    }

    @Test
    void signsEachAttempt_andStopsAtTheLast() throws Exception {
        for (int i = 0; i < 5; i++) {
            server.answer("503 Busy", "");
        }

        HttpOperationFailedException failure = failure(call("three-attempts"));

        assertThat(failure.getStatusCode()).isEqualTo(503);
        assertThat(server.requests())
                .extracting(request -> header(request, "Date"))
                .containsExactly(
                        "Sun, 01 Nov 2026 08:15:00 +0000",
                        "Sun, 01 Nov 2026 08:15:01 +0000",
                        "Sun, 01 Nov 2026 08:15:02 +0000");
        assertThat(server.requests())
                .allSatisfy(request ->
                        assertThat(header(request, "Authorization")).isEqualTo(authorization(header(request, "Date"))));
    }

    @Test
    void failsOnCutBody_insteadOfReturningIt() throws Exception {
        server.answerAndClose(RawServer.head("200 OK", "Content-Length: 10"), "12345".getBytes(UTF_8));

        assertThat(page().getException()).isInstanceOf(IOException.class);
    }

    @Test
    void givesUp_whenNoAnswerComes() throws Exception {
        settings.setProperty("duo.response-timeout", "PT0.2S");
        server.silence();

        assertThat(page().getException()).isInstanceOf(SocketTimeoutException.class);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void givesUp_whenBodyStops() throws Exception {
        settings.setProperty("duo.response-timeout", "PT0.2S");
        server.answer(RawServer.head("200 OK", "Content-Length: 10"), "12345".getBytes(UTF_8));

        assertThat(page().getException()).isInstanceOf(SocketTimeoutException.class);
    }

    /** Were there no bound on the whole of it, a byte every 10 ms would be in time for ever. */
    @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    @Test
    void givesUp_whenBodyNeverEnds() throws Exception {
        settings.setProperty("duo.connect-timeout", "PT0.1S");
        settings.setProperty("duo.response-timeout", "PT0.2S");
        byte[] beginning = RawServer.head("200 OK", "Content-Length: 1000000");
        try (TricklingServer endless = TricklingServer.start(beginning)) {
            settings.setProperty("duo.base-url", "http://127.0.0.1:" + endless.port());

            assertThat(page().getException()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @EnabledOnOs(OS.LINUX)
    @Test
    void givesUp_whenNobodyAcceptsTheConnection() throws Exception {
        settings.setProperty("duo.connect-timeout", "PT0.2S");
        try (FullQueue queue = new FullQueue()) {
            settings.setProperty("duo.base-url", queue.url());

            assertThat(page().getException()).isInstanceOf(ConnectTimeoutException.class);
        }
    }

    @Test
    void goesThroughProxy_ofTheSetting() throws Exception {
        settings.setProperty("duo.base-url", "http://duo.invalid");
        settings.setProperty("duo.proxy", "http://127.0.0.1:" + server.port());
        server.answer("200 OK", "{}");

        page();

        assertThat(server.requests().get(0))
                .startsWith("GET http://duo.invalid" + TARGET + " HTTP/1.1\r\n")
                .contains("Host: duo.invalid\r\n");
    }

    @Test
    void goesThroughProxy_ofTheJvm() throws Exception {
        settings.setProperty("duo.base-url", "http://duo.invalid");
        server.answer("200 OK", "{}");
        System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", String.valueOf(server.port()));
        try {
            page();
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
        }

        assertThat(server.requests().get(0)).startsWith("GET http://duo.invalid" + TARGET + " HTTP/1.1\r\n");
    }

    private Exchange page() throws Exception {
        return call("duo-page");
    }

    private Exchange call(String route) throws Exception {
        camel.getPropertiesComponent().setInitialProperties(settings);
        camel.getRegistry().bind("duoRequestSigner", signer());
        camel.getRegistry().bind("duoHttpClient", httpClient());
        PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString("duo-page.camel.yaml", ROUTES));
        camel.start();
        try (ProducerTemplate template = camel.createProducerTemplate()) {
            return template.request("direct:" + route, exchange -> exchange.setVariable(DuoRequestSigner.QUERY, QUERY));
        }
    }

    private DuoHttpClientConfigurer httpClient() {
        String proxy = settings.getProperty("duo.proxy");
        return new DuoHttpClientConfigurer(
                proxy.isEmpty() ? null : URI.create(proxy),
                Duration.parse(settings.getProperty("duo.connect-timeout")),
                Duration.parse(settings.getProperty("duo.response-timeout")));
    }

    private DuoRequestSigner signer() {
        return new DuoRequestSigner(
                "ikey",
                () -> "secret",
                URI.create(settings.getProperty("duo.base-url")),
                DuoLog.TELEPHONY.path(),
                SignatureVersion.V5,
                TickingClock.from(Instant.parse("2026-11-01T08:15:00Z")),
                "duo-telephony-collector/1.0",
                Optional.empty());
    }

    /** Signs the query that is expected on the wire, so that what is signed is shown to be what is sent. */
    private static String authorization(String date) {
        String query = TARGET.substring(TARGET.indexOf('?') + 1);
        CanonicalRequest request = CanonicalRequest.get(date, "127.0.0.1", "/admin/v2/logs/telephony", query);
        String signature = SignatureVersion.V5.sign("secret", request.text(SignatureVersion.V5));
        return "Basic " + Base64.getEncoder().encodeToString(("ikey:" + signature).getBytes(UTF_8));
    }

    private static HttpOperationFailedException failure(Exchange exchange) {
        assertThat(exchange.getException()).isInstanceOf(HttpOperationFailedException.class);
        return exchange.getException(HttpOperationFailedException.class);
    }

    private static List<String> headerNames(String request) {
        return request.lines()
                .filter(line -> line.contains(": "))
                .map(line -> line.substring(0, line.indexOf(": ")))
                .toList();
    }

    private static String header(String request, String name) {
        return request.lines()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .collect(Collectors.joining(" and again "));
    }
}
