// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.arrayOffset;
import static dev.duocollector.simulator.Misbehavior.badRequest;
import static dev.duocollector.simulator.Misbehavior.clockSkew;
import static dev.duocollector.simulator.Misbehavior.cutBody;
import static dev.duocollector.simulator.Misbehavior.cutChunkedBody;
import static dev.duocollector.simulator.Misbehavior.droppedConnection;
import static dev.duocollector.simulator.Misbehavior.emptyArrayOffset;
import static dev.duocollector.simulator.Misbehavior.emptyStringOffset;
import static dev.duocollector.simulator.Misbehavior.forbidden;
import static dev.duocollector.simulator.Misbehavior.gzipBody;
import static dev.duocollector.simulator.Misbehavior.hugeBody;
import static dev.duocollector.simulator.Misbehavior.missingOffset;
import static dev.duocollector.simulator.Misbehavior.nonIntegerCode;
import static dev.duocollector.simulator.Misbehavior.notJson;
import static dev.duocollector.simulator.Misbehavior.nullMetadata;
import static dev.duocollector.simulator.Misbehavior.rateLimited;
import static dev.duocollector.simulator.Misbehavior.redirect;
import static dev.duocollector.simulator.Misbehavior.repeatedOffset;
import static dev.duocollector.simulator.Misbehavior.serverError;
import static dev.duocollector.simulator.Misbehavior.slowPage;
import static dev.duocollector.simulator.Misbehavior.statFail;
import static dev.duocollector.simulator.Misbehavior.unknownFields;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.Misbehavior;
import dev.duocollector.simulator.PageForm;
import dev.duocollector.simulator.RecordedRequest;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.testing.FullQueue;
import dev.duocollector.testing.RawServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run makes of everything that Duo, or the way to it, can do wrong. */
class DuoFailureTest {

    private static final String HTML = "<html>not Duo</html>";

    private final Incident incident = new Incident();
    private final World world = incident.world;

    @AfterEach
    void close() {
        incident.close();
    }

    // ---- Too many requests.

    static Stream<Arguments> inASecond() {
        return Stream.of(
                Arguments.of("seconds", rateLimited(Duration.ofSeconds(1))),
                Arguments.of("date", rateLimited(World.START.plus(Duration.ofSeconds(1)))));
    }

    @ParameterizedTest
    @MethodSource("inASecond")
    void waitsAsLongAsDuoSays(String name, Misbehavior inASecond) {
        incident.set("duo.retry.max-elapsed", "10s");
        world.duo.misbehave(2, 1, inASecond);
        incident.collector();

        long start = System.nanoTime();
        incident.run(RunOutcome.DONE);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(incident.requests()).hasSize(Incident.REQUESTS + 1);
        assertThat(incident.logs.lines(Level.WARN))
                .singleElement()
                .asString()
                .contains("HTTP 429, code 42901", "Asking again in 1.0 s (retry 1, giving up in 10.0 s)");
        incident.assertEveryEventOnce();
    }

    static Stream<Arguments> inTenMinutes() {
        return Stream.of(
                Arguments.of("seconds", rateLimited(Duration.ofMinutes(10))),
                Arguments.of("date", rateLimited(World.START.plus(Duration.ofMinutes(10)))));
    }

    @ParameterizedTest
    @MethodSource("inTenMinutes")
    void isBehindAtOnce_whenDuoSaysLongerThanIsLeft(String name, Misbehavior inTenMinutes) {
        incident.set("duo.retry.max-elapsed", "9m");
        world.duo.misbehave(2, 1, inTenMinutes);

        incident.run(RunOutcome.BEHIND).contains("Duo allows no more requests for now", "HTTP 429, code 42901");

        assertThat(incident.requests()).hasSize(2);
        assertThat(incident.logs.lines(Level.WARN)).as("nothing but the report").hasSize(1);
        incident.recoversWithoutLossOrDuplicate();
    }

    /** Neither none, nor one that is unreadable or over, makes it ask faster than by its own delays. */
    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "0", "Mon, 23 Nov 2026 07:59:00 GMT"})
    void isBehind_andTheNextRunGoesOnAtTheSamePage(String retryAfter) {
        world.duo.misbehave(request -> request.number() >= 2, rateLimited(retryAfter));

        incident.run(RunOutcome.BEHIND)
                .contains(
                        "Nothing is lost; the next run continues",
                        "1 page, 2 new events, 0 dropped by your steps, 2 stored in 1 object");

        List<RecordedRequest> refused =
                incident.requests().subList(1, incident.requests().size());
        assertThat(refused).hasSize(Incident.TRIES);
        assertThat(refused)
                .extracting(RecordedRequest::query)
                .containsOnly(refused.get(0).query());
        assertThat(refused.get(0).query()).containsKey("next_offset");
        assertThat(world.lines()).hasSize(2);
        assertThat(world.state()).as("all of it is confirmed").doesNotContain("pending");

        incident.restart();
        incident.repair();
        incident.run(RunOutcome.DONE);
        assertThat(incident.requests().get(0).query()).isEqualTo(refused.get(0).query());
        incident.recoversWithoutLossOrDuplicate();
    }

    /** The simulator refuses a Date that is more than five minutes old. */
    @Test
    void signsEachTryAfresh() {
        incident.set("duo.retry.max-elapsed", "10s");
        world.duo.misbehave(2, 2, call -> {
            world.clock.advance(Duration.ofMinutes(6));
            return serverError(503).answer(call);
        });

        incident.run(RunOutcome.DONE);

        assertThat(incident.requests()).hasSize(Incident.REQUESTS + 2);
        assertThat(incident.requests().get(3).at())
                .isEqualTo(incident.requests().get(1).at().plus(Duration.ofMinutes(12)));
        incident.assertEveryEventOnce();
    }

    // ---- What may work at the next try.

    static Stream<Arguments> passing() {
        return Stream.of(
                Arguments.of("500", serverError(500), "Duo keeps failing (Duo answered HTTP 500, code 50001: Unknown"),
                Arguments.of("502", serverError(502), "HTTP 502"),
                Arguments.of("503 in HTML", page(HTML, 503), "HTTP 503"),
                Arguments.of("401 in HTML", page(HTML, 401), "HTTP 401"),
                Arguments.of("401, JSON of another", page("{\"error\":\"no\"}", 401), "HTTP 401"),
                Arguments.of("403 in HTML", page(HTML, 403), "HTTP 403"),
                Arguments.of("404 in HTML", page(HTML, 404), "HTTP 404"),
                Arguments.of("410, empty", page("", 410), "HTTP 410"),
                Arguments.of("504", serverError(504), "HTTP 504"),
                Arguments.of("500, odd code", nonIntegerCode(500), "HTTP 500: Not as documented"),
                Arguments.of("dropped connection", droppedConnection(), "NoHttpResponseException"),
                Arguments.of("cut body", cutBody(), "Premature end of Content-Length"),
                Arguments.of("cut chunk", cutChunkedBody(), "Truncated chunk"),
                Arguments.of("200 in HTML", notJson(), "is not JSON at byte 0"),
                Arguments.of("200, JSON of another", page("{\"status\":\"OK\"}", 200), "stat is missing"),
                Arguments.of("200, JSON without items", page("{\"stat\":\"OK\"}", 200), "response.items is missing"),
                Arguments.of("200, empty", page("", 200), "it is empty (0 bytes)"));
    }

    private static Misbehavior page(String body, int status) {
        return call -> Answer.ok(body).withStatus(status);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passing")
    void asksAgain_thenFails_thenRecovers(String name, Misbehavior passing, String said) {
        // Not by way of the proxy, which hands on whole answers only.
        incident.set("duo.base-url", world.duo.uri().toString());
        world.duo.misbehave(request -> request.number() >= 2, passing);

        incident.run(RunOutcome.FAILED)
                .contains(
                        said,
                        "Nothing is lost; the next run continues",
                        "1 page, 2 new events, 0 dropped by your steps, 2 stored in 1 object");
        int requests = incident.requests().size();
        assertThat(requests).isEqualTo(1 + Incident.TRIES);
        assertThat(incident.logs.lines(Level.WARN).get(0)).contains(said.replaceAll(".*\\(", ""), "Asking again in");

        world.duo.behave();
        world.duo.misbehave(requests + 2, 1, passing);
        incident.run(RunOutcome.DONE);
        assertThat(incident.requests()).hasSize(Incident.REQUESTS - 1 + 1);
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void givesUpOnAnAnswer_afterTheResponseTimeout() {
        incident.set("duo.response-timeout", "100ms");
        world.duo.misbehave(1, Integer.MAX_VALUE, slowPage(Duration.ofSeconds(30)));

        incident.run(RunOutcome.FAILED).contains("No usable answer from Duo at http://", "Read timed out");

        incident.restart();
        incident.set("duo.response-timeout", "10s").recoversWithoutLossOrDuplicate();
    }

    /** The first name has a label too long for any resolver to ask a server for. */
    @ParameterizedTest
    @CsvSource({
        "https://a-label-of-more-than-63-characters-which-is-more-than-a-name-may-have.invalid, UnknownHostException",
        "http://127.0.0.1:1, Connection refused"
    })
    void fails_whenThereIsNoServer(String baseUrl, String said) {
        String good = world.settings.get("duo.base-url");
        incident.set("duo.base-url", baseUrl);

        incident.run(RunOutcome.FAILED)
                .contains("No usable answer from Duo at " + baseUrl, said)
                .contains("Check the network, duo.api.host and duo.proxy");
        assertThat(incident.logs.lines(Level.WARN)).as("a retry and the report").hasSize(Incident.TRIES);

        incident.restart();
        incident.set("duo.base-url", good).recoversWithoutLossOrDuplicate();
    }

    @EnabledOnOs(OS.LINUX)
    @Test
    void givesUpOnAConnection_afterTheConnectTimeout() throws IOException {
        String good = world.settings.get("duo.base-url");
        try (FullQueue queue = new FullQueue()) {
            incident.set("duo.connect-timeout", "100ms").set("duo.base-url", queue.url());

            incident.run(RunOutcome.FAILED).contains("ConnectTimeoutException");
        }
        incident.restart();
        incident.set("duo.connect-timeout", "10s").set("duo.base-url", good).recoversWithoutLossOrDuplicate();
    }

    // ---- What stays until an operator acts.

    @ParameterizedTest
    @CsvSource({"duo.skey, the-secret-key-of-somebody-else", "duo.ikey, DIYYYYYYYYYYYYYYYYYY"})
    void namesTheKeys_whenTheSignatureIsRefused(String setting, String wrong) {
        String right = world.settings.get(setting);
        incident.set(setting, wrong);

        incident.run(RunOutcome.OPERATOR)
                .contains("Duo refused the signature (Duo answered HTTP 401, code 40103: Invalid signature")
                .contains("Check duo.ikey, duo.skey and duo.api.host")
                .doesNotContain("clock", wrong);

        assertThat(incident.requests()).hasSize(1);
        world.duo.takeRefusal(40103);
        incident.restart();
        incident.set(setting, right).recoversWithoutLossOrDuplicate();
    }

    @ParameterizedTest
    @CsvSource({"PT7M, 420 s behind Duo's", "PT-61M, 3660 s ahead of Duo's"})
    void saysHowMuchTheClockIsWrong_andWhichWay(Duration duoAhead, String said) {
        world.duo.misbehave(1, 1, clockSkew(duoAhead));

        incident.run(RunOutcome.OPERATOR)
                .contains("HTTP 401", "This machine's clock is " + said + ": set it right.")
                .doesNotContain("duo.skey");

        assertThat(incident.requests()).hasSize(1);
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void blamesNoClock_thatIsAMinuteWrong() {
        world.duo.misbehave(
                1,
                1,
                call -> Answer.failure(40103, "Invalid signature in request credentials", "")
                        .withHeader("Date", "Mon, 23 Nov 2026 08:01:00 GMT"));

        incident.run(RunOutcome.OPERATOR).contains("Check duo.ikey").doesNotContain("clock");
    }

    static Stream<Arguments> lasting() {
        return Stream.of(
                Arguments.of(
                        "403",
                        forbidden(),
                        "HTTP 403, code 40301: Access forbidden). In Duo's admin panel, give it \"Grant read log\", and"
                                + " check whether its \"Networks for API Access\" allow this machine's address."),
                Arguments.of(
                        "400",
                        badRequest("'mintime' must be a timestamp"),
                        "HTTP 400, code 40002: Invalid request parameters ('mintime' must be a timestamp)). The request"
                                + " went on where an earlier page had ended. If check finds nothing wrong, Duo no longer takes"
                                + " that offset: see OPERATIONS, \"Duo's pages do not fit\","),
                Arguments.of("400, phone", badRequest("no user has +1 (202) 555-0142"), "(no user has [masked])"),
                Arguments.of("400, odd code", nonIntegerCode(400), "(Duo answered HTTP 400: Not as documented)"),
                Arguments.of(
                        "200, stat FAIL",
                        statFail(40002, "Invalid request parameters", "maxtime"),
                        "Duo refused the request (Duo answered HTTP 200, code 40002: Invalid request parameters (maxtime))"),
                Arguments.of("404", page("{\"stat\":\"FAIL\",\"code\":40401}", 404), "Check duo.api.host"),
                Arguments.of(
                        "407 in HTML",
                        page(HTML, 407),
                        "wants credentials (HTTP 407). The collector sends no credentials"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lasting")
    void asksOnce_andSaysWhatToDo(String name, Misbehavior lasting, String said) {
        world.duo.misbehave(request -> request.number() >= 2, lasting);

        incident.run(RunOutcome.OPERATOR)
                .contains(said, "1 page, 2 new events, 0 dropped by your steps, 2 stored in 1 object");

        assertThat(incident.requests()).hasSize(2);
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void followsNoRedirect() {
        try (RawServer elsewhere = RawServer.start()) {
            world.duo.misbehave(2, 1, redirect(URI.create("http://127.0.0.1:" + elsewhere.port() + "/login")));

            incident.run(RunOutcome.OPERATOR)
                    .contains("redirection (302), which is not followed. Check duo.api.host and duo.base-url.");

            assertThat(elsewhere.connections()).isZero();
        }
        assertThat(incident.requests()).hasSize(2);
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void readsNoEndlessBody() {
        incident.set("duo.base-url", world.duo.uri().toString());
        world.duo.misbehave(2, 1, hugeBody(64 * 1024 * 1024 + 1));

        incident.run(RunOutcome.OPERATOR)
                .contains("larger than 67108864 bytes", "Check that duo.base-url leads to Duo", "-Xmx")
                .doesNotContain("duo.page.size");

        assertThat(incident.requests()).hasSize(2);
        incident.recoversWithoutLossOrDuplicate();
    }

    static Stream<Arguments> large() {
        String head = "Content-Type: application/json";
        String page = "{\"stat\":\"OK\",\"response\":{\"items\":[]}}";
        return Stream.of(
                Arguments.of(
                        "a header line of 64 KiB and a byte",
                        page,
                        List.of("X-A: " + "a".repeat(65_532)),
                        "header line of more than 65536"),
                Arguments.of(
                        "a megabyte in folded lines",
                        page,
                        List.of(
                                "X-A: a",
                                (" " + "a".repeat(60_000) + "\r\n").repeat(17).strip()),
                        "header line"),
                Arguments.of("201 headers", page, Collections.nCopies(200, head), "more than 200 headers"),
                Arguments.of("100,000 headers", page, Collections.nCopies(100_000, "A: b"), "more than 200 headers"),
                Arguments.of(
                        "3 events of 2", page.replace("[]", "[{},{},{}]"), List.of(head), "more than the 2 events"),
                Arguments.of(
                        "30 MB of events",
                        page.replace("[]", "[{}" + ",{}".repeat(10_000_000) + "]"),
                        List.of(head),
                        "more than the 2 events"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("large")
    void readsNoMore_thanAPageCanBe(String name, String body, List<String> headers, String said) {
        String good = world.settings.get("duo.base-url");
        try (RawServer duo = RawServer.start()) {
            duo.answer("200 OK", body, headers.toArray(String[]::new));
            incident.set("duo.base-url", "http://127.0.0.1:" + duo.port());

            incident.run(RunOutcome.OPERATOR).contains(said, "Check that duo.base-url leads to Duo");

            assertThat(duo.requests()).as("tries").hasSize(1);
        }
        incident.restart();
        incident.set("duo.base-url", good).recoversWithoutLossOrDuplicate();
    }

    /** Shows that the bounds beside it let through what comes close to them. */
    @Test
    void readsAnAnswer_thatIsJustWithinTheBounds() {
        try (RawServer duo = RawServer.start()) {
            List<String> headers = new ArrayList<>(Collections.nCopies(190, "X-B: b"));
            headers.add("X-A: " + "a".repeat(65_000));
            duo.answer("200 OK", "{\"stat\":\"OK\",\"response\":{\"items\":[]}}", headers.toArray(String[]::new));
            incident.set("duo.base-url", "http://127.0.0.1:" + duo.port());

            incident.run(RunOutcome.DONE);
        }
    }

    /** Something in between has an answer too many: an empty last page, which would close the window. */
    @Test
    void takesNothingBehindAnAnswer_forTheNextOne() {
        List<SimulatedEvent> two = new MadeUpEvents(8)
                .spread(2, World.START.minus(Duration.ofMinutes(30)), World.START.minus(Duration.ofMinutes(10)));
        String page = "{\"stat\":\"OK\",\"response\":{\"items\":[%s]%s}}";
        byte[] first = page.formatted(
                        two.get(0).json(),
                        ",\"metadata\":{\"next_offset\":[\"" + two.get(0).ts().toEpochMilli() + "\",\"a\"]}")
                .getBytes(UTF_8);
        byte[] tooMany = page.formatted("", "").getBytes(UTF_8);
        try (RawServer duo = RawServer.start()) {
            duo.answer(
                    RawServer.head("200 OK", "Content-Length: " + first.length),
                    first,
                    RawServer.head("200 OK", "Content-Length: " + tooMany.length),
                    tooMany);
            duo.answer("200 OK", page.formatted(two.get(1).json(), ""));
            incident.set("duo.base-url", "http://127.0.0.1:" + duo.port()).set("duo.page.size", "1");

            incident.run(RunOutcome.DONE).contains("2 pages, 2 new events");

            assertThat(duo.connections()).isEqualTo(2);
        }
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(two));
    }

    // ---- A proxy in between.

    @ParameterizedTest
    @CsvSource({
        "407, OPERATOR, wants credentials (HTTP 407)",
        "403, FAILED, makes no connection to https://api-00000000.duosecurity.com (HTTP 403 to CONNECT)",
        "502, FAILED, makes no connection to https://api-00000000.duosecurity.com (HTTP 502 to CONNECT)",
    })
    void namesTheProxy_thatRefusesToConnect(int status, RunOutcome outcome, String said) {
        String good = world.settings.get("duo.base-url");
        try (RawServer proxy = RawServer.start()) {
            for (int attempt = 1; attempt <= Incident.TRIES; attempt++) {
                proxy.answer(
                        status + " No",
                        "{\"stat\":\"FAIL\",\"code\":40301}",
                        "Content-Type: application/json",
                        "Proxy-Authenticate: Basic realm=\"p\"");
            }
            incident.set("duo.base-url", "https://" + World.API_HOST)
                    .set("duo.proxy", "http://127.0.0.1:" + proxy.port());

            incident.run(outcome)
                    .contains("the proxy http://127.0.0.1:" + proxy.port() + " (duo.proxy) " + said)
                    .doesNotContain("Grant", "report it");

            assertThat(proxy.requests())
                    .hasSize(outcome == RunOutcome.FAILED ? Incident.TRIES : 1)
                    .allSatisfy(request ->
                            assertThat(request).startsWith("CONNECT ").doesNotContain("Authorization: Basic"));
        }
        incident.restart();
        incident.set("duo.base-url", good).set("duo.proxy", "").recoversWithoutLossOrDuplicate();
    }

    @Test
    void namesTheSecretKeysFile_whenItHasGone(@org.junit.jupiter.api.io.TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("skey"), World.SKEY + "\n");
        incident.set("duo.skey", "").set("duo.skey-file", file.toString());
        incident.collector();
        Files.delete(file);

        incident.run(RunOutcome.OPERATOR).contains("The secret key's file " + file + " (duo.skey-file) cannot be read");

        assertThat(incident.requests()).isEmpty();
        Files.writeString(file, World.SKEY);
        incident.recoversWithoutLossOrDuplicate();
    }

    // ---- Answers that are odd and good.

    static Stream<Arguments> odd() {
        return Stream.of(
                Arguments.of("array", arrayOffset(), Incident.REQUESTS),
                Arguments.of("missing at the end", missingOffset(), Incident.REQUESTS - 1),
                Arguments.of("null metadata at the end", nullMetadata(), Incident.REQUESTS - 1),
                Arguments.of("empty at the end", emptyStringOffset(), Incident.REQUESTS - 1),
                Arguments.of("empty array at the end", emptyArrayOffset(), Incident.REQUESTS - 1),
                Arguments.of("gzip", gzipBody(), Incident.REQUESTS),
                Arguments.of("unknown fields", unknownFields(), Incident.REQUESTS));
    }

    @ParameterizedTest
    @MethodSource("odd")
    void readsEveryFormOfAPage(String name, Misbehavior odd, int requests) {
        world.duo.misbehave(request -> true, odd);

        incident.run(RunOutcome.DONE)
                .contains("5 new events, 0 dropped by your steps, 5 stored in 3 objects, 0 seen before");

        assertThat(incident.requests()).hasSize(requests);
        assertThat(incident.logs.lines(Level.WARN)).isEmpty();
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void endsWithAnError_whenAnOffsetComesAgain() {
        world.duo.misbehave(request -> true, repeatedOffset());

        incident.run(RunOutcome.OPERATOR)
                .contains("twice in the window 2026-11-23T07:00:00Z..2026-11-23T07:57:50Z")
                .contains("Nothing of this page was stored", "report it");

        assertThat(incident.requests()).hasSize(2);
        assertThat(world.lines()).hasSize(2).doesNotHaveDuplicates();
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void endsWithAnError_whenAnOffsetComesAgain_inALaterRun() {
        incident.set("max.iterations", "1");
        world.duo.misbehave(request -> true, repeatedOffset());

        incident.run(RunOutcome.MORE).contains("Bound of max.iterations reached");
        incident.run(RunOutcome.OPERATOR).contains("twice in the window");
        incident.restart();
        incident.run(RunOutcome.OPERATOR).contains("twice in the window");

        assertThat(world.lines()).hasSize(2).doesNotHaveDuplicates();
        incident.restart();
        incident.set("max.iterations", "0").recoversWithoutLossOrDuplicate();
    }

    /**
     * Two offsets in turn, each new to the run that gets it: a run remembers only those that it sent itself. What ends it is
     * that the events step back by more than the overlap.
     */
    @Test
    void endsWithAnError_whenOffsetsGoRound_fromRunToRun() {
        incident.set("max.iterations", "1");
        String[] offsets = new String[2];
        world.duo.misbehave(
                request -> true,
                call -> call.answer(PageForm.withMetadata(page -> {
                    int turn = (call.request().number() - 1) % 2;
                    offsets[turn] = offsets[turn] == null ? PageForm.nextOffset(page) : offsets[turn];
                    return PageForm.metadata(page, offsets[turn]);
                })));

        incident.run(RunOutcome.MORE);
        incident.run(RunOutcome.MORE);
        String good = world.state();
        incident.run(RunOutcome.MORE);
        incident.run(RunOutcome.OPERATOR)
                .contains(
                        "Duo gave an event of 2026-11-23T07:28:00Z", "oldest first", "nothing of this page was stored")
                .contains("for how to recover");

        assertThat(world.lines()).doesNotHaveDuplicates();
        incident.restart();
        world.putState(good);
        incident.set("max.iterations", "0").recoversWithoutLossOrDuplicate();
    }

    // ---- What goes out.

    @Test
    void sendsNothingButWhatDuoNeeds_whateverARouteSets() throws IOException {
        incident.routes(Map.of("duo-page.camel.yaml", leaking()));

        incident.recoversWithoutLossOrDuplicate();
    }

    /** Shows that the test before would fail if the filter let through what it must not. */
    @Test
    void simulatorRefuses_whatALaxFilterLetsOut() throws IOException {
        String beans = Files.readString(Path.of("routes/beans.camel.yaml"));
        String lax = beans.replace("(?i)(authorization|date|accept|user-agent)", ".*");
        assertThat(lax).isNotEqualTo(beans);
        incident.routes(Map.of("duo-page.camel.yaml", leaking(), "beans.camel.yaml", lax));

        incident.run(RunOutcome.OPERATOR).contains("must not be sent");

        world.duo.takeRefusal(40099);
    }

    private static String leaking() throws IOException {
        String route = Files.readString(Path.of("routes/duo-page.camel.yaml"));
        String step = "              - to:\n                  id: call\n";
        assertThat(route).contains(step);
        return route.replace(step, "              - setHeader: { name: X-Operator, constant: leaks }\n" + step);
    }
}
