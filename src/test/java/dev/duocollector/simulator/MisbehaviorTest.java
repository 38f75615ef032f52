// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

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
import static dev.duocollector.simulator.Misbehavior.unauthorized;
import static dev.duocollector.simulator.Misbehavior.unknownFields;
import static dev.duocollector.simulator.SignedGet.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.duocollector.simulator.SignedGet.Reply;
import dev.duocollector.testing.Gzip;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each misbehavior on the first request, beside the good answer that the same request gets afterwards. */
class MisbehaviorTest {
    private final List<SimulatedEvent> events =
            new MadeUpEvents(5).spread(3, NOW.minus(Duration.ofHours(3)), NOW.minus(Duration.ofHours(1)));
    private final MemoryEventStore store = new MemoryEventStore();
    private DuoSimulator simulator = start();

    @BeforeEach
    void addEvents() {
        store.add(events);
    }

    @AfterEach
    void closeSimulator() {
        simulator.close();
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of("rateLimited", rateLimited(), 429, "42901"),
                Arguments.of("serverError, 500", serverError(500), 500, "50001"),
                Arguments.of("serverError, 503", serverError(503), 503, "50301"),
                Arguments.of("statFail", statFail(40002, "Invalid request parameters", "limit"), 200, "40002"),
                Arguments.of("badRequest", badRequest("maxtime"), 400, "40002"),
                Arguments.of("unauthorized", unauthorized(), 401, "40103"),
                Arguments.of("forbidden", forbidden(), 403, "40301"),
                Arguments.of("nonIntegerCode", nonIntegerCode(400), 400, ""));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failure_hasItsStatusAndCodeAndIsNoRefusal(String name, Misbehavior misbehavior, int status, String code)
            throws IOException {
        simulator.misbehave(1, 1, misbehavior);
        Reply answer = new SignedGet().send(simulator);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(SignedGet.parse(answer.text()).path("stat").asText()).isEqualTo("FAIL");
        assertThat(SignedGet.parse(answer.text()).path("code").asText("none")).isEqualTo(code);
        assertGoodAnswer();
        simulator.assertEveryRefusalTaken();
    }

    @Test
    void rateLimited_tellsSecondsOrADate() throws IOException {
        simulator.misbehave(1, 1, rateLimited(Duration.ofSeconds(7)));
        simulator.misbehave(2, 1, rateLimited(NOW.plusSeconds(7)));
        assertThat(new SignedGet().send(simulator).header("Retry-After")).hasValue("7");
        assertThat(new SignedGet().send(simulator).header("Retry-After")).hasValue("Mon, 23 Nov 2026 08:15:07 GMT");
    }

    @Test
    void redirect_tellsWhereTo() throws IOException {
        simulator.misbehave(1, 1, redirect(URI.create("http://127.0.0.1:1/")));
        Reply answer = new SignedGet().send(simulator);
        assertThat(answer.status()).isEqualTo(302);
        assertThat(answer.header("Location")).hasValue("http://127.0.0.1:1/");
        assertGoodAnswer();
    }

    static Stream<Arguments> breaks() {
        return Stream.of(
                Arguments.of("cutBody", cutBody()),
                Arguments.of("cutChunkedBody", cutChunkedBody()),
                Arguments.of("droppedConnection", droppedConnection()));
    }

    @ParameterizedTest
    @MethodSource("breaks")
    void brokenConnection_leavesTheClientWithoutAnAnswer(String name, Misbehavior misbehavior) throws IOException {
        // Java's client sends a GET again by itself when a connection ends before the answer.
        simulator.misbehave(1, 10, misbehavior);
        assertThatThrownBy(() -> new SignedGet().send(simulator)).isInstanceOf(IOException.class);
        assertThat(simulator.requests()).isNotEmpty();
        simulator.behave();
        assertGoodAnswer();
    }

    @Test
    void slowPage_waitsAndIsCutShortWhenTheSimulatorCloses() throws IOException {
        simulator.misbehave(1, 1, slowPage(Duration.ofMillis(50)));
        long before = System.nanoTime();
        assertThat(items(new SignedGet().json(simulator))).isEqualTo(3);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
        simulator.misbehave(2, 1, call -> {
            // From here on the answer waits; closing the simulator must not.
            Thread closer = new Thread(simulator::close);
            closer.start();
            return slowPage(Duration.ofMinutes(10)).answer(call);
        });
        assertThatThrownBy(() -> new SignedGet().send(simulator)).isInstanceOf(IOException.class);
    }

    @Test
    void notJson_isHtmlWithStatus200() throws IOException {
        simulator.misbehave(1, 1, notJson());
        Reply answer = new SignedGet().send(simulator);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).startsWith("<!DOCTYPE html>");
        assertGoodAnswer();
    }

    @Test
    void hugeBody_isAsLongAsTold() throws IOException {
        simulator.misbehave(1, 1, hugeBody(3_000_000));
        Reply answer = new SignedGet().send(simulator);
        assertThat(answer.body().remaining()).isBetween(3_000_000, 3_100_000);
        assertThat(answer.header("Content-Length")).isEmpty();
        assertThat(items(SignedGet.parse(answer.text()))).isZero();
        assertGoodAnswer();
    }

    @Test
    void clockSkew_showsInTheDateAndBeyondTheToleranceRefuses() throws IOException {
        simulator.misbehave(1, 1, clockSkew(Duration.ofMinutes(-4)));
        simulator.misbehave(2, 1, clockSkew(Duration.ofMinutes(6)));
        Reply within = new SignedGet().send(simulator);
        assertThat(within.status()).isEqualTo(200);
        assertThat(within.header("Date")).hasValue("Mon, 23 Nov 2026 08:11:00 GMT");
        Reply beyond = new SignedGet().send(simulator);
        assertThat(beyond.status()).isEqualTo(401);
        assertThat(SignedGet.parse(beyond.text()).path("code").asInt()).isEqualTo(40105);
        assertThat(beyond.header("Date")).hasValue("Mon, 23 Nov 2026 08:21:00 GMT");
        assertGoodAnswer();
    }

    @Test
    void repeatedOffset_isTheFirstOneForEver() throws IOException {
        simulator.misbehave(request -> true, repeatedOffset());
        SignedGet get = new SignedGet().parameter("limit", "1");
        String first = nextOffset(get.json(simulator)).asText();
        get.parameter("next_offset", first);
        assertThat(nextOffset(get.json(simulator)).asText()).isEqualTo(first).startsWith("17");
        simulator.behave();
        assertThat(nextOffset(get.json(simulator)).asText()).isNotEqualTo(first);
    }

    @Test
    void arrayOffset_isAcceptedJoinedByAComma() throws IOException {
        simulator.misbehave(1, 1, arrayOffset());
        SignedGet get = new SignedGet().parameter("limit", "2");
        JsonNode offset = nextOffset(get.json(simulator));
        assertThat(offset.isArray()).isTrue();
        get.parameter(
                "next_offset", offset.path(0).asText() + "," + offset.path(1).asText());
        assertThat(items(get.json(simulator))).isEqualTo(1);
    }

    static Stream<Arguments> endings() {
        return Stream.of(
                Arguments.of("missingOffset", missingOffset(), "{\"total_objects\":3}"),
                Arguments.of("emptyStringOffset", emptyStringOffset(), "{\"next_offset\":\"\",\"total_objects\":3}"),
                Arguments.of("emptyArrayOffset", emptyArrayOffset(), "{\"next_offset\":[],\"total_objects\":3}"),
                Arguments.of("nullMetadata", nullMetadata(), "null"));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void ending_isOnTheLastPageOnly(String name, Misbehavior misbehavior, String metadata) throws IOException {
        simulator.misbehave(request -> true, misbehavior);
        SignedGet get = new SignedGet().parameter("limit", "2");
        JsonNode first = get.json(simulator);
        assertThat(nextOffset(first).isTextual()).isTrue();
        get.parameter("next_offset", nextOffset(first).asText());
        JsonNode last = get.json(simulator);
        assertThat(items(last)).isEqualTo(1);
        assertThat(last.path("response").required("metadata")).isEqualTo(SignedGet.parse(metadata));
    }

    @Test
    void unknownFields_leaveTheKnownOnesInTheirPlaces() throws IOException {
        JsonNode good = new SignedGet().json(simulator);
        simulator.misbehave(2, 1, unknownFields());
        JsonNode answer = new SignedGet().json(simulator);
        assertThat(answer.path("response").path("items"))
                .isEqualTo(good.path("response").path("items"));
        assertThat(nextOffset(answer)).isEqualTo(nextOffset(good));
        assertThat(answer.path("response")
                        .path("metadata")
                        .path("total_objects")
                        .isObject())
                .isTrue();
    }

    @Test
    void gzipBody_holdsTheGoodAnswer() throws IOException {
        simulator.misbehave(1, 1, gzipBody());
        Reply zipped = new SignedGet().send(simulator);
        assertThat(zipped.header("Content-Encoding")).hasValue("gzip");
        assertThat(Gzip.text(zipped.body().array()))
                .isEqualTo(new SignedGet().send(simulator).text());
    }

    @Test
    void requestThatBreaksARule_staysARefusalUnderAMisbehavior() throws IOException {
        simulator.misbehave(1, 1, serverError(500));
        assertThat(new SignedGet().skey("another").send(simulator).status()).isEqualTo(500);
        assertThatThrownBy(simulator::assertEveryRefusalTaken).isInstanceOf(AssertionError.class);
        assertThat(simulator.takeRefusal(40103).number()).isEqualTo(1);
    }

    @Test
    void misbehaviorInstalledLast_winsAndOnlyForItsRequests() throws IOException {
        simulator.misbehave(1, 3, serverError(500));
        simulator.misbehave(2, 1, forbidden());
        for (int status : new int[] {500, 403, 500, 200}) {
            assertThat(new SignedGet().send(simulator).status()).isEqualTo(status);
        }
    }

    @Test
    void close_failsWhenTheSimulatorItselfHasFailed() {
        simulator.misbehave(request -> true, call -> {
            throw new IllegalStateException("a bug of the simulator's");
        });
        assertThatThrownBy(() -> new SignedGet().send(simulator)).isInstanceOf(IOException.class);
        assertThatThrownBy(simulator::close)
                .isInstanceOf(AssertionError.class)
                .hasRootCauseMessage("a bug of the simulator's");
    }

    private void assertGoodAnswer() throws IOException {
        simulator.behave();
        assertThat(items(new SignedGet().json(simulator))).isEqualTo(3);
    }

    private static int items(JsonNode answer) {
        return answer.path("response").required("items").size();
    }

    private static JsonNode nextOffset(JsonNode answer) {
        return answer.path("response").path("metadata").required("next_offset");
    }

    private DuoSimulator start() {
        return DuoSimulator.builder()
                .ikey(SignedGet.IKEY)
                .skey(SignedGet.SKEY)
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .events(store)
                .start();
    }
}
