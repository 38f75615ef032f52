// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.duocollector.testing.Browser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlAnchor;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as a browser without scripts shows it, whatever is in it. */
class StatusPageTest {

    private static final Instant NOW = Instant.parse("2026-11-23T09:20:00Z");
    private static final Instant SINCE = Instant.parse("2026-11-22T22:05:00Z");

    private final Browser browser = new Browser();
    private View view = view(List.of(row("acme", "telephony", StreamState.WELL, "")));
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        StatusPage page = new StatusPage(() -> view);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(exchange, page));
        server.start();
    }

    private static void answer(HttpExchange exchange, StatusPage page) throws IOException {
        try (exchange) {
            StatusPage.Answer answer = page.answer(
                    exchange.getRequestMethod(), exchange.getRequestURI().getRawQuery());
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            byte[] body = answer.body().getBytes(UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @AfterEach
    void stop() {
        browser.close();
        server.stop(0);
    }

    private HtmlPage open(String query) {
        return browser.open(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + query));
    }

    private static View view(List<StreamRow> rows, String... problems) {
        return new View(NOW, SINCE, rows, Optional.empty(), Optional.empty(), List.of(problems));
    }

    private static StreamRow row(String account, String log, StreamState state, String words) {
        long[] events = new long[24];
        events[23] = 1234;
        events[11] = 20;
        return new StreamRow(
                account,
                log,
                state,
                words,
                Optional.of(NOW.minus(Duration.ofMinutes(130))),
                Optional.of(new StreamRow.LastRun(NOW.minus(Duration.ofMinutes(3)), "done", Duration.ofMillis(1240))),
                Hours.of(events),
                log.equals("telephony") ? Optional.of(Hours.of(events)) : Optional.empty());
    }

    private void thousand() {
        List<StreamRow> rows = new ArrayList<>();
        for (int i = 1; i <= 1000; i++) {
            StreamState state = i == 700 ? StreamState.OPERATOR : i % 100 == 0 ? StreamState.HELD_UP : StreamState.WELL;
            rows.add(row(
                    String.format(Locale.ROOT, "account-%04d", i),
                    i % 2 == 0 ? "telephony" : "activity",
                    state,
                    state == StreamState.WELL ? "" : "Why number " + i + " is so."));
        }
        view = view(rows);
    }

    private static List<String> names(HtmlPage page) {
        return page.<DomElement>getByXPath("//tbody//span[@class='account']").stream()
                .map(DomElement::getTextContent)
                .toList();
    }

    private static HtmlPage click(HtmlPage page, String link) throws IOException {
        return page.getAnchorByText(link).click();
    }

    private static List<String> links(HtmlPage page) {
        return page.getAnchors().stream().map(HtmlAnchor::getTextContent).toList();
    }

    @Test
    void ofOneStream_saysHowItIs() {
        HtmlPage page = open("");

        assertThat(page.getWebResponse().getStatusCode()).isEqualTo(200);
        assertThat(page.getElementsByTagName("h1")).hasSize(1);
        assertThat(page.getBody().getVisibleText())
                .contains("1 log, none in trouble.")
                .contains("1 log\n", "acme", "telephony", "Well")
                .doesNotContain("what needs people first")
                .contains("2026-11-23 07:10", "2 h 10 min ago")
                .contains("2026-11-23 09:17", "done, took 1.2 s")
                .contains("1,254 events in 24 hours, at most 1,234 an hour", "1,254 credits")
                .contains("As of 2026-11-23 09:20 UTC", "since 2026-11-22 22:05");
        assertThat(links(page)).containsExactly("Health", "Readiness", "Metrics");
        assertThat(page.getAnchors().stream().map(HtmlAnchor::getHrefAttribute))
                .containsExactly("observe/health", "observe/health/ready", "observe/metrics");
    }

    @Test
    void isReadable_withoutEyes() {
        assertThat(open("").getForms())
                .as("with one log there is nothing to find")
                .isEmpty();
        HtmlPage page = open("?find=acme");

        assertThat(page.getDocumentElement().getAttribute("lang")).isEqualTo("en");
        assertThat(page.<DomElement>getByXPath("//thead//th"))
                .hasSize(6)
                .allMatch(heading -> heading.getAttribute("scope").equals("col"));
        assertThat(page.<DomElement>getByXPath("//tbody/tr/th[@scope='row']")).hasSize(1);
        assertThat(page.<DomElement>getByXPath("//table/caption")).hasSize(1);
        List<DomElement> charts = page.getByXPath("//*[local-name()='svg'][@role='img']");
        assertThat(charts)
                .as("two large ones, two small ones")
                .hasSize(4)
                .allSatisfy(chart -> assertThat(chart.<DomElement>getByXPath("*[local-name()='title']"))
                        .singleElement()
                        .extracting(DomElement::getTextContent)
                        .asString()
                        .contains("of the last day"));
        for (DomElement chart : charts.subList(0, 2)) {
            for (String id : chart.getAttribute("aria-labelledby").split(" ", -1)) {
                assertThat(page.getElementById(id).getTextContent()).as(id).isNotBlank();
            }
        }
        assertThat(page.getElementById("events-desc").getTextContent())
                .isEqualTo("1,254 in 24 hours; the most, 1,234, in the hour from 09:00 UTC");
        assertThat(page.<DomElement>getByXPath("//*[local-name()='g']/*[local-name()='title']"))
                .extracting(DomElement::getTextContent)
                .contains("21:00 UTC: 20 events", "22:00 UTC: 0 events", "09:00 UTC: 1,234 credits");
        assertThat(page.<DomElement>getByXPath("//input[not(@type='hidden')] | //select"))
                .hasSize(2)
                .allMatch(field -> field.getParentNode().getNodeName().equals("label"));
    }

    @Test
    void ofThousandStreams_hasPages_withThoseFirstThatNeedPeople() throws IOException {
        thousand();

        HtmlPage first = open("");
        assertThat(first.getBody().getVisibleText())
                .contains("1,000 logs: 1 in trouble, 9 held up or behind.", "Logs 1 to 50 of 1,000", "Page 1 of 20");
        assertThat(names(first)).hasSize(50).startsWith("account-0700", "account-0100", "account-0200");
        assertThat(links(first)).contains("Next", "Last").doesNotContain("First", "Previous");
        assertThat(first.getWebResponse().getContentAsString()).hasSizeLessThan(200_000);

        HtmlPage second = click(first, "Next");
        assertThat(names(second)).hasSize(50).doesNotContainAnyElementsOf(names(first));
        assertThat(links(second)).contains("First", "Previous", "Next", "Last");

        HtmlPage last = click(second, "Last");
        assertThat(names(last)).hasSize(50).endsWith("account-0999");
        assertThat(links(last)).contains("First", "Previous").doesNotContain("Next", "Last");
        assertThat(names(click(last, "First"))).isEqualTo(names(first));

        assertThat(names(open("?rows=200&page=5"))).hasSize(200);
        assertThat(click(open("?rows=200&page=4"), "Next").getBody().getVisibleText())
                .contains("Page 5 of 5");
    }

    @Test
    void ofThousandStreams_findsSome() throws IOException {
        thousand();
        HtmlForm form = open("").getForms().get(0);
        assertThat(form.getMethodAttribute()).isEqualTo("get");

        form.getInputByName("find").setValue(" ACCOUNT-07");
        HtmlPage found = form.getElementsByTagName("button").get(0).click();
        assertThat(found.getBody().getVisibleText())
                .contains("Logs 1 to 50 of 100", "Page 1 of 2")
                .contains("events in 24 hours of what is found", "credits in 24 hours of what is found");
        assertThat(names(click(found, "Next"))).hasSize(50).endsWith("account-0799");
        assertThat(found.getForms().get(0).getInputByName("find").getValue()).isEqualTo("ACCOUNT-07");

        HtmlForm again = found.getForms().get(0);
        again.getSelectByName("state").setSelectedAttribute("held-up", true);
        again.getInputByName("find").setValue("telephony");
        HtmlPage held = again.getElementsByTagName("button").get(0).click();
        assertThat(names(held)).hasSize(9).allMatch(name -> name.endsWith("00"));
        assertThat(held.getBody().getVisibleText()).contains("Why number 100 is so.");
        assertThat(links(click(held, "All logs"))).contains("Next").doesNotContain("All logs");
    }

    @Test
    void whatNothingMatches_isSaid() {
        HtmlPage page = open("?find=nobody&state=held-up");

        assertThat(page.getWebResponse().getStatusCode()).isEqualTo(200);
        assertThat(page.getBody().getVisibleText()).contains("No log matches 'nobody' in the state 'Held up'.");
        assertThat(page.getElementsByTagName("table")).isEmpty();
        assertThat(page.getForms().get(0).getSelectByName("state").getSelectedOptions())
                .singleElement()
                .extracting(option -> option.getText())
                .isEqualTo("Held up (0)");
    }

    @Test
    void withoutAStream_saysWhy() {
        view = new View(
                NOW,
                SINCE,
                List.of(),
                Optional.of("This node is shard 1/3 and shows its own 0 logs of the 2 configured."),
                Optional.of("This node takes no part in its cluster. It is away."),
                List.of());

        assertThat(open("").getBody().getVisibleText())
                .contains("No log is collected here.", "shard 1/3", "no part in its cluster", "nothing to show");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "page of text, page=two, 'two'. Allowed: a whole number from 1 to 100000.",
                "page 0, page=0, Parameter page is '0'. Allowed:",
                "page below 0, page=-1, Parameter page is '-1'. Allowed:",
                "page in other digits, page=%D9%A1, Parameter page is '\u0661'. Allowed:",
                "page over all, page=100001, Parameter page is '100001'. Allowed: a whole number from 1 to 100000.",
                "page after the last, page=21, Parameter page is '21'. Allowed: a whole number from 1 to 20.",
                "page after the only one, page=2&find=0001, Parameter page is '2'. Allowed: 1.",
                "rows over the bound, rows=201, Parameter rows is '201'. Allowed: a whole number from 1 to 200.",
                "state that is none, state=bad, Parameter state is 'bad'. Allowed: operator`, overdue",
                "parameter that is none, q=x, Parameter 'q' does not exist. Allowed: find",
                "parameter twice, page=1&page=2, Parameter page is given twice. Allowed: once.",
                "line break, find=a%0Ab, Parameter find is 'a\\nb'. Allowed: up to 64 characters",
                "markup, state=%3Cb%3E, Parameter state is '<b>'. Allowed:",
            })
    void aWrongParameter_isOneLineThatSaysWhatIsAllowed(String what, String query, String line) {
        thousand();

        HtmlPage page = open("?" + query);

        assertThat(page.getWebResponse().getStatusCode()).isEqualTo(400);
        assertThat(page.<DomElement>getByXPath("//p[contains(@class, 'notice')]"))
                .singleElement()
                .extracting(DomElement::getTextContent)
                .asString()
                .contains(line.replace("`", ""))
                .doesNotContain("\n");
        assertThat(page.<DomElement>getByXPath("//b")).isEmpty();
    }

    /** No browser would send it. */
    @ParameterizedTest
    @ValueSource(strings = {"find=%4", "find=%zz", "%=1"})
    void aQueryThatIsNotEncoded_isRefused(String query) {
        StatusPage.Answer answer = new StatusPage(() -> view).answer("GET", query);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("which is not percent-encoded. Allowed: ");
    }

    @ParameterizedTest
    @ValueSource(ints = {65, 2000})
    void aValueThatIsTooLong_isCutInTheAnswer(int length) {
        HtmlPage page = open("?find=" + "x".repeat(length));

        assertThat(page.getWebResponse().getStatusCode()).isEqualTo(400);
        assertThat(page.getBody().getVisibleText()).contains("Allowed: up to ").doesNotContain("x".repeat(41));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "</style><script>alert(1)</script>",
                "<img src=x onerror=alert(1)>",
                "\" onmouseover=\"alert(1)",
                "' autofocus onfocus='alert(1)",
                "--><svg onload=alert(1)>",
                "&lt;b&gt;",
                "{{7*7}}${7*7}",
            })
    void markup_isTextWhereverItStands(String hostile) {
        view = new View(
                NOW,
                SINCE,
                List.of(row(hostile, hostile, StreamState.OPERATOR, hostile)),
                Optional.of(hostile),
                Optional.of(hostile),
                List.of(hostile));

        HtmlPage page = open("?find="
                + URLEncoder.encode(
                        hostile.substring(0, Math.min(hostile.length(), PageParameters.FIND_CHARS_MAX)), UTF_8));

        assertThat(page.getWebResponse().getStatusCode()).isEqualTo(200);
        assertThat(names(page)).containsExactly(hostile);
        assertThat(page.getForms().get(0).getInputByName("find").getValue()).isEqualTo(hostile);
        assertThat(page.<DomElement>getByXPath("//script | //img | //b")).isEmpty();
        assertNothingRuns(page);
    }

    @Test
    void writingThatTurnsOtherText_isSpelledOut() {
        view = view(List.of(row("acme\u202e\u0000", "telephony", StreamState.WELL, "")));

        assertThat(names(open(""))).containsExactly("acme\\u202e\\u0000");
    }

    private static void assertNothingRuns(HtmlPage page) {
        for (DomElement each : page.getDomElementDescendants()) {
            each.getAttributesMap()
                    .keySet()
                    .forEach(name -> assertThat(name.toLowerCase(Locale.ROOT))
                            .doesNotStartWith("on")
                            .isNotIn("style", "src", "srcset", "srcdoc", "data", "xlink:href", "http-equiv", "ping"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"the page, '', 200", "an error, ?page=0, 400"})
    void policy_allowsTheStyleThatIsSent_andNothingElse(String what, String query, int status) throws Exception {
        thousand();
        HtmlPage page = open(query);

        assertThat(page.getWebResponse().getStatusCode()).isEqualTo(status);
        List<DomElement> styles = page.getByXPath("//style");
        assertThat(styles).hasSize(1);
        String html = page.getWebResponse().getContentAsString(UTF_8);
        String css = html.substring(html.indexOf("<style>") + 7, html.indexOf("</style>"));
        assertThat(css).contains("prefers-color-scheme:dark").doesNotContain("url(", "@import", "@font-face");
        String hash = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(css.getBytes(UTF_8)));
        assertThat(page.getWebResponse().getResponseHeaderValue("Content-Security-Policy"))
                .isEqualTo("default-src 'none'; style-src 'sha256-" + hash
                        + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        assertThat(page.getWebResponse().getResponseHeaderValue("X-Content-Type-Options"))
                .isEqualTo("nosniff");
        assertThat(page.getWebResponse().getResponseHeaderValue("Referrer-Policy"))
                .isEqualTo("no-referrer");
        assertThat(page.getWebResponse().getResponseHeaderValue("Cache-Control"))
                .isEqualTo("no-store");
        assertThat(page.getWebResponse().getContentType()).isEqualTo("text/html");
    }

    /** By WCAG 2.2, 1.4.3 (https://www.w3.org/TR/WCAG22/#contrast-minimum, read 2026-11-27). */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"light", "dark"})
    void texts_standOutFromWhatIsBehindThem(String scheme) {
        String css = PageStyle.load().css();
        int dark = css.indexOf("@media (prefers-color-scheme:dark)");
        String colors = scheme.equals("light") ? css.substring(0, dark) : css.substring(dark, css.indexOf("}}", dark));
        Map<String, Double> lights = new HashMap<>();
        Pattern.compile("--([a-z-]+):#([0-9a-f]+)")
                .matcher(colors)
                .results()
                .forEach(color -> lights.put(color.group(1), light(color.group(2))));

        assertThat(lights).hasSizeGreaterThan(14);
        for (String pair : List.of(
                "ink/page",
                "ink/card",
                "soft/page",
                "soft/card",
                "link/page",
                "link/card",
                "bad/bad-back",
                "warn/warn-back",
                "well/well-back",
                "idle/idle-back")) {
            double one = lights.get(pair.substring(0, pair.indexOf('/')));
            double other = lights.get(pair.substring(pair.indexOf('/') + 1));
            assertThat((Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05))
                    .as(pair)
                    .isGreaterThan(4.5);
        }
    }

    /** The relative luminance of a color in hexadecimal digits, one or two for each of red, green and blue. */
    private static double light(String color) {
        double[] weights = {0.2126, 0.7152, 0.0722};
        int digits = color.length() / 3;
        double light = 0;
        for (int i = 0; i < 3; i++) {
            String part = color.substring(i * digits, (i + 1) * digits).repeat(3 - digits);
            double value = Integer.parseInt(part, 16) / 255.0;
            light += weights[i] * (value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4));
        }
        return light;
    }

    @Test
    void nothing_comesFromElsewhere() {
        thousand();
        HtmlPage page = open("?find=account&page=2");

        assertThat(page.<DomElement>getByXPath(
                        "//script | //link | //img | //iframe | //object | //embed | //base | //meta[@http-equiv]"))
                .isEmpty();
        assertNothingRuns(page);
        assertThat(page.getAnchors())
                .hasSizeGreaterThan(5)
                .allMatch(link -> link.getHrefAttribute().matches("\\?[^:]*|observe/[a-z/]+"));
        assertThat(page.getForms().get(0).hasAttribute("action")).isFalse();
    }

    @Test
    void problems_areTold_andTheirNumberIsBounded() {
        List<String> problems = new ArrayList<>();
        for (int i = 1; i <= 25; i++) {
            problems.add("/etc/duo/accounts.d/wrong-" + i + ".properties: Setting duo.api.host is 'x'. Allowed: …");
        }
        view = view(view.rows(), problems.toArray(String[]::new));

        assertThat(open("").getBody().getVisibleText())
                .contains("Settings of accounts that are wrong", "wrong-20.properties", "And 5 more")
                .doesNotContain("wrong-21");
    }

    @ParameterizedTest
    @EnumSource(StreamState.class)
    void eachState_isAWord_andCanBeAskedFor(StreamState state) {
        view = view(List.of(
                row("this", "telephony", state, "For a reason."),
                row("other", "telephony", state == StreamState.WELL ? StreamState.OVERDUE : StreamState.WELL, "")));

        HtmlPage page = open("?state=" + state.parameter());
        assertThat(names(page)).containsExactly("this");
        assertThat(page.<DomElement>getByXPath("//td//span[contains(@class, 'state')]"))
                .singleElement()
                .extracting(DomElement::getTextContent)
                .isEqualTo(state.words());
        assertThat(page.getBody().getVisibleText()).contains("For a reason.");
    }

    @Test
    void aFault_isOneLine() {
        StatusPage broken = new StatusPage(() -> {
            throw new IllegalStateException("with something that nobody should see");
        });

        StatusPage.Answer answer = broken.answer("GET", null);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("could not be made").doesNotContain("nobody should see");
    }

    @Test
    void anotherMethod_isRefused() {
        StatusPage.Answer answer = new StatusPage(() -> view).answer("POST", null);

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.headers()).containsEntry("Allow", "GET, HEAD").containsKey("Content-Security-Policy");
        assertThat(answer.body()).contains("GET or HEAD").doesNotContain("acme");
    }
}
