// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static dev.duocollector.simulator.SignedGet.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.duocollector.simulator.SignedGet.Reply;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A parent of three children, one of them in another deployment, beside an account with keys of its own. */
class DuoSimulatorParentTest {
    private static final String PARENT_HOST = "api-ffffffff.duosecurity.com";
    private static final String ONE = "DA0000000000000000ON";
    private static final String ONE_HOST = "api-aaaaaaaa.duosecurity.com";
    private static final String TWO = "DA0000000000000000TW";
    private static final String TWO_HOST = "api-bbbbbbbb.duosecurity.com";
    private static final String FAR = "DA0000000000000000FA";
    private static final String FAR_HOST = "api-cccccccc.duosecurity.com";
    private static final String BOTH = "{\"account_id\":\"" + ONE + "\",\"api_hostname\":\"" + ONE_HOST
            + "\",\"name\":\"First \\\"child\\\"\"},{\"account_id\":\"" + TWO + "\",\"api_hostname\":\"" + TWO_HOST
            + "\",\"name\":\"İkinci\"}";

    private final MadeUpEvents events = new MadeUpEvents(11);
    private final MemoryEventStore one = new MemoryEventStore();
    private final MemoryEventStore two = new MemoryEventStore();
    private final DuoSimulator simulator = DuoSimulator.builder()
            .ikey(SignedGet.IKEY)
            .skey(SignedGet.SKEY)
            .clock(Clock.fixed(NOW, ZoneOffset.UTC))
            .start();
    private final SimulatedParent parent = simulator.addParent(SignedList.IKEY, SignedList.SKEY, PARENT_HOST);

    @BeforeEach
    void addChildren() {
        parent.addChild(
                ONE,
                ONE_HOST,
                "First \"child\"",
                logs -> logs.events(SimulatedLog.TELEPHONY, one)
                        .events(SimulatedLog.AUTHENTICATION, one)
                        .events(SimulatedLog.ACTIVITY, one));
        parent.addChild(
                TWO,
                TWO_HOST,
                "İkinci",
                logs -> logs.events(SimulatedLog.TELEPHONY, two).forbid(SimulatedLog.ACTIVITY));
    }

    @AfterEach
    void closeSimulator() {
        simulator.close();
    }

    static Stream<Arguments> acceptedLists() {
        UnaryOperator<SignedList> good = list -> list;
        return Stream.of(
                Arguments.of("v5", good),
                Arguments.of("v5, empty body", (UnaryOperator<SignedList>) list -> list.body("")),
                Arguments.of("v5, no body and no type", (UnaryOperator<SignedList>)
                        list -> list.body("").type("")),
                Arguments.of("v5, blanks in the body", (UnaryOperator<SignedList>) list -> list.body("{ }\n")),
                Arguments.of("v5, charset", (UnaryOperator<SignedList>)
                        list -> list.type("application/json; charset=UTF-8")),
                Arguments.of("v5, host's case", (UnaryOperator<SignedList>) list -> list.signedHost("LOCALHOST")),
                Arguments.of("v2", (UnaryOperator<SignedList>) SignedList::v2),
                Arguments.of("v2, no type", (UnaryOperator<SignedList>)
                        list -> list.v2().type("")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("acceptedLists")
    void list_hasTheChildrenInOrder(String name, UnaryOperator<SignedList> change) throws Exception {
        HttpResponse<String> answer = change.apply(new SignedList()).send(simulator);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(answer.body()).isEqualTo("{\"response\":[" + BOTH + "],\"stat\":\"OK\"}");
        assertThat(simulator.requests()).extracting(RecordedRequest::apiHost).containsExactly(PARENT_HOST);
    }

    /** A list that is refused, beside the one that is not. */
    record ListRule(String name, UnaryOperator<SignedList> broken, int code, String detail) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<ListRule> listRules() {
        return Stream.of(
                new ListRule("GET", list -> list.method("GET"), 40501, "GET"),
                new ListRule("PUT", list -> list.method("PUT"), 40501, "PUT"),
                new ListRule(
                        "POST of the next resource",
                        list -> list.path("/accounts/v1/account/create"),
                        40401,
                        "/accounts/v1/account/create"),
                new ListRule("POST of a log", list -> list.path(SimulatedLog.TELEPHONY.path()), 40501, "POST"),
                new ListRule("other slash", list -> list.path("/accounts/v1/account/list/"), 40401, "list/"),
                new ListRule("unsigned", SignedList::unsigned, 40103, "Authorization is missing"),
                new ListRule("skey", list -> list.keys(SignedList.IKEY, SignedGet.SKEY), 40103, "not a signature"),
                new ListRule("skey of v2", list -> list.v2().keys(SignedList.IKEY, "x"), 40103, "not a signature"),
                new ListRule("ikey", list -> list.keys("DINOBODY000000000000", SignedList.SKEY), 40103, "unknown"),
                new ListRule(
                        "Admin API application",
                        list -> list.keys(SignedGet.IKEY, SignedGet.SKEY),
                        40301,
                        "not an Accounts API application"),
                new ListRule("host", list -> list.signedHost(PARENT_HOST), 40103, "not a signature"),
                new ListRule("body other than signed", list -> list.bodyAfterSigning("{ }"), 40103, "not a signature"),
                new ListRule("no body, signed {}", list -> list.bodyAfterSigning(""), 40103, "not a signature"),
                new ListRule(
                        "body {}, signed none", list -> list.body("").bodyAfterSigning("{}"), 40103, "not a signature"),
                new ListRule(
                        "form other than signed", list -> list.v2().bodyAfterSigning("a=1"), 40103, "not a signature"),
                new ListRule(
                        "form that cannot be decoded",
                        list -> list.v2().bodyAfterSigning("%zz"),
                        40103,
                        "not a signature"),
                new ListRule("JSON with no type", list -> list.type(""), 40099, "must be application/json"),
                new ListRule("JSON as text", list -> list.type("text/plain"), 40099, "was \"text/plain\""),
                new ListRule(
                        "JSON as a form",
                        list -> list.type("application/x-www-form-urlencoded"),
                        40099,
                        "must be application/json"),
                new ListRule(
                        "JSON in another charset",
                        list -> list.type("application/json; charset=utf-16"),
                        40099,
                        "utf-16"),
                new ListRule(
                        "form as JSON",
                        list -> list.v2().type("application/json"),
                        40099,
                        "must be application/x-www-form-urlencoded"),
                new ListRule("two types", list -> list.header("Content-Type", "text/plain"), 40099, "2 times"),
                new ListRule("Camel's headers", list -> list.header("breadcrumbId", "1"), 40099, "[breadcrumbid]"),
                new ListRule("parameter in JSON", list -> list.body("{\"offset\":1}"), 40002, "parameter offset"),
                new ListRule("array", list -> list.body("[]"), 40002, "must be a JSON object"),
                new ListRule("not JSON", list -> list.body("{"), 40002, "must be a JSON object"),
                new ListRule("two objects", list -> list.body("{}{}"), 40002, "must be a JSON object"),
                new ListRule("parameter in a form", list -> list.v2().body("a=1"), 40002, "unknown parameter a"),
                new ListRule("form not as signed", list -> list.v2().body("b=1&a=1"), 40099, "body must be sent"),
                new ListRule("query", list -> list.query("limit=1"), 40002, "unknown parameter limit"),
                new ListRule("query of v2", list -> list.v2().query("limit=1"), 40002, "unknown parameter limit"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("listRules")
    void list_isRefusedWhenARuleIsBroken(ListRule rule) throws Exception {
        assertThat(new SignedList().send(simulator).statusCode()).isEqualTo(200);
        HttpResponse<String> refused = rule.broken().apply(new SignedList()).send(simulator);
        JsonNode envelope = SignedGet.parse(refused.body());
        assertThat(refused.statusCode()).isEqualTo(rule.code() / 100);
        assertThat(envelope.path("stat").asText()).isEqualTo("FAIL");
        assertThat(envelope.path("code").asInt()).isEqualTo(rule.code());
        assertThat(simulator.takeRefusal(rule.code()).detail()).contains(rule.detail());
    }

    @ParameterizedTest
    @EnumSource(SimulatedLog.class)
    void child_isReadWithItsParentsKeys(SimulatedLog log) throws IOException {
        one.add(spread(3));
        two.add(spread(2));
        JsonNode response = child(ONE).path(log.path()).json(simulator).path("response");
        assertThat(response.path(log.list())).hasSize(3);
        assertThat(simulator.requests()).extracting(RecordedRequest::apiHost).containsExactly(ONE_HOST);
    }

    /** A read of a child that is refused, beside the one that is not. */
    record ChildRule(String name, UnaryOperator<SignedGet> broken, int code, String detail, String apiHost) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<ChildRule> childRules() {
        return Stream.of(
                new ChildRule("account_id there", get -> get.without("account_id"), 40001, "account_id", PARENT_HOST),
                new ChildRule(
                        "account_id of nobody",
                        get -> get.parameter("account_id", "DA0000000000000000NO"),
                        40301,
                        "no child",
                        PARENT_HOST),
                new ChildRule(
                        "account_id empty", get -> get.parameter("account_id", ""), 40301, "no child", PARENT_HOST),
                new ChildRule(
                        "account_id in lower case",
                        get -> get.parameter("account_id", "da0000000000000000on"),
                        40301,
                        "no child",
                        PARENT_HOST),
                new ChildRule(
                        "account_id signed",
                        get -> get.without("account_id").queryAfterSigning(query -> "account_id=" + ONE + "&" + query),
                        40103,
                        "not a signature",
                        ONE_HOST),
                new ChildRule(
                        "account_id of another than signed",
                        get -> get.queryAfterSigning(query -> query.replace(ONE, TWO)),
                        40103,
                        "not a signature",
                        TWO_HOST),
                new ChildRule(
                        "account_id once",
                        get -> get.queryBeforeSigning(query -> "account_id=" + ONE + "&" + query),
                        40002,
                        "repeated parameter account_id",
                        ONE_HOST),
                new ChildRule("parent's skey", get -> get.skey(SignedGet.SKEY), 40103, "not a signature", ONE_HOST),
                new ChildRule("host", get -> get.signedHost(ONE_HOST), 40103, "not a signature", ONE_HOST),
                new ChildRule("POST", get -> get.method("POST"), 40501, "POST", ONE_HOST),
                new ChildRule(
                        "parameters of the log", get -> get.parameter("limit", "0"), 40002, "limit must be", ONE_HOST),
                new ChildRule(
                        "Admin API application",
                        get -> get.ikey(SignedGet.IKEY).skey(SignedGet.SKEY),
                        40002,
                        "unknown parameter account_id",
                        "api-00000000.duosecurity.com"),
                new ChildRule(
                        "permission of the other child",
                        get -> get.parameter("account_id", TWO).path(SimulatedLog.ACTIVITY.path()),
                        40301,
                        "",
                        TWO_HOST));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("childRules")
    void child_isRefusedWhenARuleIsBroken(ChildRule rule) throws IOException {
        assertThat(child(ONE).send(simulator).status()).isEqualTo(200);
        Reply refused = rule.broken().apply(child(ONE)).send(simulator);
        assertThat(refused.status()).isEqualTo(rule.code() / 100);
        assertThat(SignedGet.parse(refused.text()).path("stat").asText()).isEqualTo("FAIL");
        RecordedRequest taken = simulator.takeRefusal(rule.code());
        assertThat(taken.detail()).contains(rule.detail());
        assertThat(taken.apiHost()).isEqualTo(rule.apiHost());
    }

    @Test
    void childInAnotherDeployment_isListedAndRefusedUnlessItsOwnKeysRead() throws Exception {
        parent.addChild(FAR, FAR_HOST, "Far", SimulatedAccount.Builder::crossDeployment);
        simulator.addAccount("DIFAR000000000000000", "far-key", FAR_HOST, logs -> {});

        assertThat(new SignedList().send(simulator).body()).contains(FAR);
        Reply refused = child(FAR).send(simulator);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(SignedGet.parse(refused.text()).path("message").asText())
                .startsWith("Cross-deployment Admin API usage through Accounts API is currently not available");
        assertThat(simulator.takeRefusal(40003).apiHost()).isEqualTo(FAR_HOST);
        assertThat(new SignedGet()
                        .ikey("DIFAR000000000000000")
                        .skey("far-key")
                        .send(simulator)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void childrenComeAndGo_inTheListAndInWhatIsRead() throws Exception {
        parent.removeChild(ONE);
        assertThat(new SignedList().send(simulator).body()).doesNotContain(ONE).contains(TWO);
        assertThat(child(ONE).send(simulator).status()).isEqualTo(403);
        assertThat(child(TWO).send(simulator).status()).isEqualTo(200);
        simulator.takeRefusal(40301);
        assertThatThrownBy(() -> parent.removeChild(ONE)).isInstanceOf(IllegalArgumentException.class);

        one.add(spread(1));
        parent.addChild(ONE, FAR_HOST, "Back", logs -> logs.events(SimulatedLog.TELEPHONY, one));
        assertThat(SignedGet.parse(new SignedList().send(simulator).body()).path("response"))
                .extracting(child -> child.path("api_hostname").asText())
                .containsExactly(TWO_HOST, FAR_HOST);
        assertThat(child(ONE).json(simulator).path("response").path("items")).hasSize(1);
    }

    @Test
    void listOfNoChildren_isEmpty() throws Exception {
        parent.removeChild(ONE);
        parent.removeChild(TWO);
        assertThat(new SignedList().send(simulator).body()).isEqualTo("{\"response\":[],\"stat\":\"OK\"}");
    }

    @Test
    void removedParent_isUnknownWithItsChildren() throws Exception {
        simulator.removeParent(parent);
        assertThat(new SignedList().send(simulator).statusCode()).isEqualTo(401);
        assertThat(child(ONE).send(simulator).status()).isEqualTo(401);
        assertThat(new SignedGet().send(simulator).status()).isEqualTo(200);
        assertThat(simulator.takeRefusals(refusal -> refusal.code() == 40103)).hasSize(2);
        assertThatThrownBy(() -> simulator.removeParent(parent)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Both show the same events, so that only the child tells their offsets apart. */
    @Test
    void offset_isItsChildsOnly() throws IOException {
        one.add(spread(3));
        parent.addChild(TWO, TWO_HOST, "Two", logs -> logs.events(SimulatedLog.TELEPHONY, one));
        String offset = child(ONE)
                .parameter("limit", "2")
                .json(simulator)
                .path("response")
                .path("metadata")
                .path("next_offset")
                .asText();

        assertThat(child(ONE)
                        .parameter("limit", "2")
                        .parameter("next_offset", offset)
                        .json(simulator)
                        .path("response")
                        .path("items"))
                .hasSize(1);
        assertThat(child(TWO)
                        .parameter("limit", "2")
                        .parameter("next_offset", offset)
                        .send(simulator)
                        .status())
                .isEqualTo(400);
        assertThat(simulator.takeRefusal(40002).detail()).contains("next_offset was not issued");
    }

    @Test
    void rateLimit_countsEachLogOfEachChildAlone() throws Exception {
        for (String id : List.of(ONE, TWO)) {
            parent.addChild(id, id.equals(ONE) ? ONE_HOST : TWO_HOST, id, logs -> logs.rateLimit(1, false));
        }
        for (String id : List.of(ONE, TWO)) {
            for (SimulatedLog log : SimulatedLog.values()) {
                assertThat(child(id).path(log.path()).send(simulator).status())
                        .as(id + " " + log)
                        .isEqualTo(200);
            }
        }
        assertThat(child(TWO).send(simulator).status()).isEqualTo(429);
        assertThat(new SignedList().send(simulator).statusCode()).isEqualTo(200);
        assertThat(new SignedList().send(simulator).statusCode()).isEqualTo(200);
        assertThat(simulator.takeRefusal(42901).apiHost()).isEqualTo(TWO_HOST);
    }

    static Stream<Arguments> listMisbehaviors() {
        return Stream.of(
                Arguments.of("serverError", Misbehavior.serverError(500), 500, "\"code\":50001"),
                Arguments.of("rateLimited", Misbehavior.rateLimited(), 429, "\"code\":42901"),
                Arguments.of("forbidden", Misbehavior.forbidden(), 403, "\"code\":40301"),
                Arguments.of("statFail", Misbehavior.statFail(40002, "Invalid", "x"), 200, "\"stat\":\"FAIL\""),
                Arguments.of("notJson", Misbehavior.notJson(), 200, "<!DOCTYPE html>"),
                Arguments.of(
                        "lackingEvent", Misbehavior.lackingEvent(), 200, "{\"response\":[{\"account_id\":\"" + TWO),
                Arguments.of(
                        "otherResponse", Misbehavior.otherResponse("{}"), 200, "{\"response\":{},\"stat\":\"OK\"}"),
                Arguments.of("emptyPage", Misbehavior.emptyPage(), 200, BOTH),
                Arguments.of("lostOffset", Misbehavior.lostOffset(), 200, BOTH),
                Arguments.of("clockSkew", Misbehavior.clockSkew(Duration.ofMinutes(-4)), 200, BOTH));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("listMisbehaviors")
    void misbehavior_isTheListsOnly(String name, Misbehavior misbehavior, int status, String text) throws Exception {
        simulator.misbehave(request -> request.path().equals(SimulatedParent.LIST_PATH), misbehavior);
        HttpResponse<String> list = new SignedList().send(simulator);
        assertThat(list.statusCode()).isEqualTo(status);
        assertThat(list.body()).contains(text);
        assertThat(child(ONE).send(simulator).status()).isEqualTo(200);
        simulator.behave();
        assertThat(new SignedList().send(simulator).body()).contains(BOTH);
    }

    @Test
    void misbehavior_isOneChildsOnly() throws Exception {
        simulator.misbehave(request -> request.apiHost().equals(TWO_HOST), Misbehavior.serverError(503));
        assertThat(child(ONE).send(simulator).status()).isEqualTo(200);
        assertThat(child(TWO).send(simulator).status()).isEqualTo(503);
        assertThat(new SignedList().send(simulator).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "XA0000000000000000ON", "da0000000000000000on", "DA0000000000000000O", ONE + "1"})
    void addChild_failsWithAnotherFormOfAccountId(String accountId) {
        assertThatThrownBy(() -> parent.addChild(accountId, FAR_HOST, "", logs -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DA and 18");
    }

    @Test
    void addParent_failsWithTheIkeyOfAnother() {
        for (String ikey : List.of(SignedGet.IKEY, SignedList.IKEY)) {
            assertThatThrownBy(() -> simulator.addParent(ikey, "secret", FAR_HOST))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(ikey)
                    .hasMessageNotContaining("secret");
        }
    }

    private List<SimulatedEvent> spread(int count) {
        return events.spread(count, NOW.minus(Duration.ofHours(3)), NOW.minus(Duration.ofHours(1)));
    }

    private static SignedGet child(String accountId) {
        return new SignedGet().ikey(SignedList.IKEY).skey(SignedList.SKEY).parameter("account_id", accountId);
    }
}
