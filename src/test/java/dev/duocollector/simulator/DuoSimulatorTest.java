// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static dev.duocollector.simulator.SignedGet.NOW;
import static dev.duocollector.simulator.SignedGet.millis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import dev.duocollector.simulator.SignedGet.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DuoSimulatorTest {
    private final MemoryEventStore store = new MemoryEventStore();
    private final MadeUpEvents events = new MadeUpEvents(1);

    /** A rule of the simulator's: the first request keeps it, the second breaks it. */
    record Rule(String name, UnaryOperator<SignedGet> kept, UnaryOperator<SignedGet> broken, int code, String detail) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Rule> rules() {
        return Stream.of(credentialRules(), dateRules(), wireRules(), parameterRules())
                .flatMap(List::stream);
    }

    private static List<Rule> credentialRules() {
        UnaryOperator<SignedGet> good = get -> get;
        return List.of(
                new Rule("path", good, get -> get.path("/admin/v1/logs/telephony"), 40401, "/admin/v1/logs/telephony"),
                new Rule("method", good, get -> get.method("POST"), 40501, "POST"),
                new Rule("Authorization there", good, get -> get.authorization(header -> ""), 40103, "is missing"),
                new Rule(
                        "scheme",
                        good,
                        get -> get.authorization(header -> header.replace("Basic", "Bearer")),
                        40103,
                        "Basic"),
                new Rule("Base64", good, get -> get.authorization(header -> "Basic ###"), 40103, "Base64"),
                new Rule(
                        "ikey:signature",
                        good,
                        get -> get.authorization(header -> "Basic QUJD"),
                        40103,
                        "ikey:signature"),
                new Rule("ikey", good, get -> get.ikey("DIOTHER0000000000000"), 40103, "unknown integration key"),
                new Rule("skey", good, get -> get.skey("another secret key"), 40103, "not a signature"),
                new Rule(
                        "skey of v2",
                        get -> get.v2("HmacSHA1"),
                        get -> get.v2("HmacSHA1").skey("x"),
                        40103,
                        "not a sig"),
                new Rule("digest of v2", get -> get.v2("HmacSHA512"), get -> get.v2("HmacSHA256"), 40103, "not a sig"),
                new Rule("host without port", good, get -> get.signedHost("localhost:443"), 40103, "not a signature"),
                new Rule(
                        "host's case",
                        get -> get.signedHost("LocalHost"),
                        get -> get.signedHost("api-00000000.duosecurity.com"),
                        40103,
                        "not a sig"),
                new Rule(
                        "nothing after signing",
                        good,
                        get -> get.queryAfterSigning(query -> query + "&zone=1"),
                        40103,
                        "not a sig"));
    }

    private static List<Rule> dateRules() {
        UnaryOperator<SignedGet> good = get -> get;
        return List.of(
                new Rule("Date there", good, get -> get.date(""), 40105, "is missing"),
                new Rule(
                        "zone",
                        get -> get.date("Mon, 23 Nov 2026 08:15:00 +0000"),
                        get -> get.date("Mon, 23 Nov 2026 14:00:00 +0545"),
                        40105,
                        "in UTC"),
                new Rule("zone's form", good, get -> get.date("Mon, 23 Nov 2026 08:15:00 GMT"), 40105, "GMT"),
                new Rule("English", good, get -> get.date("Pzt, 23 Kas 2026 08:15:00 -0000"), 40105, "must be like"),
                new Rule(
                        "two-digit hour",
                        good,
                        get -> get.date("Mon, 23 Nov 2026 8:15:00 -0000"),
                        40105,
                        "must be like"),
                new Rule("weekday", good, get -> get.date("Tue, 23 Nov 2026 08:15:00 -0000"), 40105, "must be like"),
                new Rule(
                        "day that exists",
                        good,
                        get -> get.date("Mon, 30 Feb 2026 08:15:00 -0000"),
                        40105,
                        "must be like"),
                new Rule(
                        "not too old",
                        get -> get.date("Mon, 23 Nov 2026 08:10:01 -0000"),
                        get -> get.date("Mon, 23 Nov 2026 08:10:00 -0000"),
                        40105,
                        "PT5M"),
                new Rule(
                        "not too new",
                        get -> get.date("Mon, 23 Nov 2026 08:20:00 -0000"),
                        get -> get.date("Mon, 23 Nov 2026 08:20:01 -0000"),
                        40105,
                        "PT5M"));
    }

    private static List<Rule> wireRules() {
        UnaryOperator<SignedGet> good =
                get -> get.header("Accept", "application/json").header("Accept-Encoding", "gzip");
        return List.of(
                new Rule("cookie", good, get -> get.header("Cookie", "session=1"), 40099, "[cookie]"),
                new Rule("Camel's headers", good, get -> get.header("breadcrumbId", "1"), 40099, "[breadcrumbid]"),
                new Rule("X-Duo-Date", good, get -> get.header("X-Duo-Date", "1"), 40099, "[x-duo-date]"),
                new Rule("header once", good, get -> get.header("Accept", "a").header("Accept", "b"), 40099, "2 times"),
                new Rule(
                        "sorted query",
                        good,
                        get -> get.queryBeforeSigning(query -> query.replaceFirst("(.*)&(.*)$", "$2&$1")),
                        40099,
                        "must be sent as it is signed"),
                new Rule(
                        "colon encoded",
                        good,
                        get -> get.queryBeforeSigning(query -> query.replace("%3A", ":")),
                        40099,
                        "sort=ts:asc instead of"),
                new Rule(
                        "upper-case hex",
                        good,
                        get -> get.queryBeforeSigning(query -> query.replace("%3A", "%3a")),
                        40099,
                        "sort=ts%3aasc instead of"),
                new Rule(
                        "decodable query",
                        good,
                        get -> get.queryAfterSigning(query -> query + "&%zz=1"),
                        40099,
                        "cannot be decoded"));
    }

    private static List<Rule> parameterRules() {
        UnaryOperator<SignedGet> good = get -> get;
        String retention = millis(NOW.minus(Duration.ofDays(180)));
        String beforeRetention = millis(NOW.minus(Duration.ofDays(180)).minusMillis(1));
        return List.of(
                new Rule("mintime there", good, get -> get.without("mintime"), 40001, "mintime"),
                new Rule("maxtime there", good, get -> get.without("maxtime"), 40001, "maxtime"),
                new Rule(
                        "milliseconds",
                        get -> get.parameter("mintime", "1795000000000"),
                        get -> get.parameter("mintime", "1795000000"),
                        40002,
                        "'mintime' must be a timestamp in milliseconds"),
                new Rule("digits", good, get -> get.parameter("maxtime", "-795000000000"), 40002, "'maxtime' must be"),
                new Rule(
                        "mintime before maxtime",
                        get -> get.parameter("mintime", "1795000000000").parameter("maxtime", "1795000000001"),
                        get -> get.parameter("mintime", "1795000000000").parameter("maxtime", "1795000000000"),
                        40002,
                        "before maxtime"),
                new Rule(
                        "retention",
                        get -> get.parameter("mintime", retention),
                        get -> get.parameter("mintime", beforeRetention),
                        40002,
                        "mintime must be within the past 180 days"),
                new Rule(
                        "least limit",
                        get -> get.parameter("limit", "1"),
                        get -> get.parameter("limit", "0"),
                        40002,
                        "limit must be between 1 and 1000: was 0"),
                new Rule(
                        "greatest limit",
                        get -> get.parameter("limit", "1000"),
                        get -> get.parameter("limit", "1001"),
                        40002,
                        "limit must be between 1 and 1000: was 1001"),
                new Rule("limit a number", good, get -> get.parameter("limit", "1e2"), 40002, "limit must be"),
                new Rule(
                        "sort",
                        get -> get.parameter("sort", "ts:desc"),
                        get -> get.parameter("sort", "desc"),
                        40002,
                        "sort must be"),
                new Rule(
                        "known parameters",
                        good,
                        get -> get.parameter("offset", "1"),
                        40002,
                        "unknown parameter offset"),
                new Rule(
                        "parameters once",
                        good,
                        get -> get.queryBeforeSigning(query -> query.replace("&sort", "&mintime=2&sort")
                                .replaceFirst(
                                        "maxtime=(\\d+)&mintime=(\\d+)&mintime=2", "maxtime=$1&mintime=$2&mintime=$2")),
                        40002,
                        "repeated parameter mintime"),
                new Rule(
                        "offset of ours",
                        good,
                        get -> get.parameter("next_offset", "1795000000000,5bf1a860-fe39-49e3-be29-217659663a74"),
                        40002,
                        "next_offset was not issued"),
                new Rule(
                        "offset not empty",
                        good,
                        get -> get.parameter("next_offset", ""),
                        40002,
                        "next_offset was not issued"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void refuses_whatBreaksARule(Rule rule) throws IOException {
        try (DuoSimulator simulator = simulator().start()) {
            assertThat(rule.kept().apply(new SignedGet()).send(simulator).status())
                    .isEqualTo(200);
            Reply refused = rule.broken().apply(new SignedGet()).send(simulator);
            JsonNode envelope = SignedGet.parse(refused.text());
            assertThat(refused.status()).isEqualTo(rule.code() / 100);
            assertThat(envelope.path("stat").asText()).isEqualTo("FAIL");
            assertThat(envelope.path("code").asInt()).isEqualTo(rule.code());
            assertThat(envelope.path("message").asText()).isNotEmpty();
            assertThat(envelope.path("message_detail").asText()).contains(rule.detail());
            assertThat(simulator.takeRefusal(rule.code()).detail()).contains(rule.detail());
        }
    }

    @Test
    void refuses_theUpgradeThatJavasClientAsksFor() throws Exception {
        try (DuoSimulator simulator = simulator().start()) {
            HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(simulator.uri().resolve(SimulatedLog.TELEPHONY.path()))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding());
            assertThat(simulator.takeRefusal(40099).detail()).contains("http2-settings", "upgrade");
        }
    }

    @Test
    void refuses_aSignatureVersionThatIsSwitchedOff() throws IOException {
        try (DuoSimulator simulator =
                simulator().signatures(Set.of(CanonicalRequest.Version.V2)).start()) {
            assertThat(new SignedGet().v2("HmacSHA1").send(simulator).status()).isEqualTo(200);
            assertThat(new SignedGet().send(simulator).status()).isEqualTo(401);
            simulator.takeRefusal(40103);
        }
    }

    @Test
    void pagesThroughAWindow_toAnEmptyPageWithoutOffset() throws IOException {
        List<SimulatedEvent> all = events.spread(5, NOW.minus(Duration.ofHours(3)), NOW.minus(Duration.ofHours(1)));
        store.add(all);
        try (DuoSimulator simulator = simulator().start()) {
            SignedGet get = new SignedGet().parameter("limit", "2");
            List<JsonNode> seen = new ArrayList<>();
            List<Integer> sizes = new ArrayList<>();
            JsonNode offset = SignedGet.parse("\"\"");
            while (!offset.isNull()) {
                JsonNode response = get.json(simulator).path("response");
                response.path("items").forEach(seen::add);
                sizes.add(response.path("items").size());
                assertThat(response.path("metadata").path("total_objects").asInt())
                        .isEqualTo(5);
                offset = response.path("metadata").required("next_offset");
                get.parameter("next_offset", offset.asText());
            }
            assertThat(sizes).containsExactly(2, 2, 1, 0);
            assertThat(seen).isEqualTo(parsed(all));
        }
    }

    @Test
    void nextOffset_isTheLastItemsTsInMillisecondsAndItsId() throws IOException {
        SimulatedEvent event = events.at(NOW.minus(Duration.ofHours(1)).plusNanos(456_789_000));
        store.add(event);
        try (DuoSimulator simulator = simulator().start()) {
            JsonNode response = new SignedGet().json(simulator).path("response");
            assertThat(response.path("metadata").path("next_offset").asText())
                    .isEqualTo(event.ts().toEpochMilli() + ","
                            + response.path("items")
                                    .path(0)
                                    .path("telephony_id")
                                    .asText());
        }
    }

    @Test
    void defaults_areDescendingAndAHundredItems() throws IOException {
        List<SimulatedEvent> all = events.spread(101, NOW.minus(Duration.ofHours(3)), NOW.minus(Duration.ofHours(1)));
        store.add(all);
        try (DuoSimulator simulator = simulator().start()) {
            SignedGet get = new SignedGet().without("sort");
            JsonNode response = get.json(simulator).path("response");
            assertThat(response.path("items")).hasSize(100);
            assertThat(response.path("items").path(0)).isEqualTo(parsed(all).get(100));
            get.parameter(
                    "next_offset", response.path("metadata").path("next_offset").asText());
            assertThat(get.json(simulator).path("response").path("items"))
                    .containsExactly(parsed(all).get(0));
        }
    }

    @Test
    void window_includesBothBoundsCutToMilliseconds() throws IOException {
        Instant min = Instant.parse("2026-11-23T05:00:00.500Z");
        Instant max = Instant.parse("2026-11-23T06:00:00.500Z");
        SimulatedEvent first = events.at(min);
        SimulatedEvent last = events.at(max.plusNanos(999_000));
        store.add(events.at(min.minusNanos(1000)), first, last, events.at(max.plusMillis(1)));
        try (DuoSimulator simulator = simulator().start()) {
            SignedGet get = new SignedGet().parameter("mintime", millis(min)).parameter("maxtime", millis(max));
            assertThat(get.json(simulator).path("response").path("items"))
                    .containsExactlyElementsOf(parsed(List.of(first, last)));
        }
    }

    @Test
    void event_isShownFromItsTimeOn() throws IOException {
        Instant ts = NOW.minus(Duration.ofHours(1));
        SimulatedEvent shown = events.at(ts).visibleFrom(NOW);
        SimulatedEvent notYet = events.at(ts).visibleFrom(NOW.plusMillis(1));
        store.add(shown, notYet);
        try (DuoSimulator simulator = simulator().start()) {
            assertThat(new SignedGet().json(simulator).path("response").path("items"))
                    .containsExactlyElementsOf(parsed(List.of(shown)));
        }
    }

    @Test
    void items_areSentToTheLetter() throws IOException {
        List<SimulatedEvent> exotic = events.exotic(NOW.minus(Duration.ofHours(1)));
        store.add(exotic);
        try (DuoSimulator simulator = simulator().start()) {
            String body = new SignedGet().send(simulator).text();
            assertThat(body)
                    .contains(String.join(
                            ",", exotic.stream().map(SimulatedEvent::json).toList()));
            assertThat(SignedGet.parse(body).path("response").path("items")).hasSameSizeAs(exotic);
        }
    }

    @Test
    void offset_isRefusedWithAnotherWindowLimitOrSort() throws IOException {
        store.add(events.spread(3, NOW.minus(Duration.ofHours(3)), NOW.minus(Duration.ofHours(1))));
        try (DuoSimulator simulator = simulator().start()) {
            String offset = offset(new SignedGet().parameter("limit", "2").json(simulator));
            assertThat(next(offset).send(simulator).status()).isEqualTo(200);
            List<SignedGet> changed = List.of(
                    next(offset).parameter("limit", "3"),
                    next(offset).parameter("sort", "ts:desc"),
                    next(offset).parameter("maxtime", millis(NOW)),
                    next(offset).parameter("mintime", millis(NOW.minus(Duration.ofHours(23)))));
            for (SignedGet get : changed) {
                assertThat(get.send(simulator).status()).isEqualTo(400);
                assertThat(simulator.takeRefusal(40002).detail()).contains("next_offset was not issued");
            }
        }
    }

    @Test
    void offset_survivesARestartAndTheRaiseOfAMintimeThatGrewTooOld() throws IOException {
        store.add(events.spread(3, NOW.minus(Duration.ofHours(3)), NOW.minus(Duration.ofHours(1))));
        DuoSimulator simulator = simulator().start();
        int port = simulator.port();
        String offset = offset(new SignedGet().parameter("limit", "2").json(simulator));
        simulator.close();
        Instant later = NOW.plus(Duration.ofDays(179)).plus(Duration.ofHours(12));
        try (DuoSimulator restarted = simulator().port(port).start()) {
            assertThat(next(offset).send(restarted).status()).isEqualTo(200);
        }
        try (DuoSimulator restarted =
                simulator().clock(Clock.fixed(later, ZoneOffset.UTC)).start()) {
            SignedGet raised = next(offset)
                    .date(SignedGet.date(later))
                    .parameter(
                            "mintime", millis(later.minus(Duration.ofDays(180)).plusMillis(1)));
            assertThat(raised.json(restarted).path("response").path("items")).hasSize(1);
        }
    }

    @Test
    void answer_hasTheClocksDateAndHeadersThatMustNotComeBack() throws IOException {
        try (DuoSimulator simulator = simulator().start()) {
            Reply reply = new SignedGet().send(simulator);
            assertThat(reply.header("Date")).hasValue("Mon, 23 Nov 2026 08:15:00 GMT");
            assertThat(List.of("Set-Cookie", "Server", "X-Something"))
                    .allSatisfy(name -> assertThat(reply.header(name)).isPresent());
        }
    }

    @Test
    void rateLimit_refusesTheRequestTooManyAndSaysHowLongToWait() throws IOException {
        try (DuoSimulator simulator = simulator().rateLimit(2, true).start()) {
            assertThat(new SignedGet().send(simulator).status()).isEqualTo(200);
            assertThat(new SignedGet().send(simulator).status()).isEqualTo(200);
            Reply refused = new SignedGet().send(simulator);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("Retry-After")).hasValue("60");
            simulator.takeRefusal(42901);
        }
    }

    @Test
    void rateLimit_admitsAgainWhenAMinuteHasPassed() {
        RateLimit limit = new RateLimit(2, false);
        assertThat(limit.refuse(NOW)).isEmpty();
        assertThat(limit.refuse(NOW.plusSeconds(30))).isEmpty();
        assertThat(limit.refuse(NOW.plusSeconds(59)))
                .hasValueSatisfying(answer -> assertThat(answer.headers()).doesNotContainKey("Retry-After"));
        assertThat(limit.refuse(NOW.plusSeconds(60))).isEmpty();
        assertThat(limit.refuse(NOW.plusSeconds(61))).isPresent();
    }

    @Test
    void requests_areRecordedWithTheirDecodedQueryAndAnswer() throws IOException {
        try (DuoSimulator simulator = simulator().start()) {
            new SignedGet().send(simulator);
            new SignedGet().parameter("limit", "0").send(simulator);
            assertThat(simulator.requests())
                    .extracting(RecordedRequest::number, RecordedRequest::status, RecordedRequest::code)
                    .containsExactly(tuple(1, 200, 0), tuple(2, 400, 40002));
            assertThat(simulator.requests().get(0).query())
                    .containsOnlyKeys("mintime", "maxtime", "sort")
                    .containsEntry("sort", "ts:asc");
            simulator.takeRefusal(40002);
        }
    }

    @Test
    void close_failsWhileARefusalIsNotTaken() throws IOException {
        DuoSimulator simulator = simulator().start();
        new SignedGet().skey("another").send(simulator);
        assertThatThrownBy(() -> simulator.takeRefusal(40105)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(simulator::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("40103")
                .hasMessageNotContaining(SignedGet.SKEY);
        simulator.takeRefusal(40103);
        simulator.close();
    }

    @Test
    void start_failsWhenThePortIsTaken() {
        try (DuoSimulator simulator = simulator().start()) {
            assertThatThrownBy(() -> simulator().port(simulator.port()).start())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(String.valueOf(simulator.port()));
        }
    }

    private DuoSimulator.Builder simulator() {
        return DuoSimulator.builder()
                .ikey(SignedGet.IKEY)
                .skey(SignedGet.SKEY)
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .events(store);
    }

    private static SignedGet next(String offset) {
        return new SignedGet().parameter("limit", "2").parameter("next_offset", offset);
    }

    private static String offset(JsonNode answer) {
        return answer.path("response").path("metadata").path("next_offset").asText();
    }

    private static List<JsonNode> parsed(List<SimulatedEvent> events) {
        return events.stream().map(event -> SignedGet.parse(event.json())).toList();
    }
}
