// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static dev.duocollector.simulator.Misbehavior.serverError;
import static dev.duocollector.simulator.SignedGet.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Several accounts in one simulator: what one account is, or does, another does not notice. */
class DuoSimulatorAccountsTest {
    private static final String FIRST_HOST = "api-00000000.duosecurity.com";
    private static final String OTHER_HOST = "api-11111111.duosecurity.com";
    private static final String OTHER_IKEY = "DIOTHER0000000000000";
    private static final String OTHER_SKEY = "another-example-of-a-secret-key-000000000";

    private final MadeUpEvents events = new MadeUpEvents(7);
    private final MemoryEventStore first = new MemoryEventStore();
    private final MemoryEventStore other = new MemoryEventStore();
    private final DuoSimulator simulator = DuoSimulator.builder()
            .ikey(SignedGet.IKEY)
            .skey(SignedGet.SKEY)
            .clock(Clock.fixed(NOW, ZoneOffset.UTC))
            .events(first)
            .start();

    @AfterEach
    void closeSimulator() {
        simulator.close();
    }

    @ParameterizedTest
    @EnumSource(SimulatedLog.class)
    void account_readsItsOwnEventsOfEachLog(SimulatedLog log) throws IOException {
        first.add(spread(2));
        other.add(spread(3));
        simulator.addAccount(OTHER_IKEY, OTHER_SKEY, OTHER_HOST, logs -> logs.events(log, other));

        assertThat(items(get().json(simulator))).isEqualTo(2);
        for (SimulatedLog each : SimulatedLog.values()) {
            assertThat(items(get(OTHER_IKEY, OTHER_SKEY).path(each.path()).json(simulator)))
                    .as(each.name())
                    .isEqualTo(each == log ? 3 : 0);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "first account's key with the other's secret, DIEXAMPLE00000000000, another-example-of-a-secret-key-000000000, "
                + "not a signature, " + FIRST_HOST,
        "other account's key with the first's secret, DIOTHER0000000000000, an-example-of-a-secret-key-0000000000000, "
                + "not a signature, " + OTHER_HOST,
        "nobody's key, DINOBODY000000000000, another-example-of-a-secret-key-000000000, unknown integration key, ''",
        "other account's key in lower case, diother0000000000000, another-example-of-a-secret-key-000000000, "
                + "unknown integration key, ''",
        "empty key, '', another-example-of-a-secret-key-000000000, unknown integration key, ''"
    })
    void refuses_keysThatDoNotGoTogether(String name, String ikey, String skey, String detail, String apiHost)
            throws IOException {
        simulator.addAccount(OTHER_IKEY, OTHER_SKEY, OTHER_HOST, logs -> {});

        assertThat(get(OTHER_IKEY, OTHER_SKEY).send(simulator).status()).isEqualTo(200);
        assertThat(get(ikey, skey).send(simulator).status()).isEqualTo(401);

        RecordedRequest refused = simulator.takeRefusal(40103);
        assertThat(refused.detail()).contains(detail);
        assertThat(refused.apiHost()).isEqualTo(apiHost);
    }

    @Test
    void refuses_accountThatIsNotThereYetOrNoLonger() throws IOException {
        assertThat(get(OTHER_IKEY, OTHER_SKEY).send(simulator).status()).isEqualTo(401);
        SimulatedAccount account = simulator.addAccount(OTHER_IKEY, OTHER_SKEY, OTHER_HOST, logs -> {});
        assertThat(get(OTHER_IKEY, OTHER_SKEY).send(simulator).status()).isEqualTo(200);
        simulator.removeAccount(account);
        assertThat(get(OTHER_IKEY, OTHER_SKEY).send(simulator).status()).isEqualTo(401);
        assertThat(get().send(simulator).status()).isEqualTo(200);

        assertThat(simulator.takeRefusals(refusal -> refusal.code() == 40103))
                .extracting(RecordedRequest::number)
                .containsExactly(1, 3);
        assertThatThrownBy(() -> simulator.removeAccount(account)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The two accounts show the same events, so that only the account tells their offsets apart. */
    @Test
    void refuses_offsetOfAnotherAccount() throws IOException {
        first.add(spread(3));
        simulator.addAccount(OTHER_IKEY, OTHER_SKEY, OTHER_HOST, logs -> logs.events(SimulatedLog.TELEPHONY, first));
        String offset = offset(get().parameter("limit", "2").json(simulator));

        assertThat(get().parameter("limit", "2")
                        .parameter("next_offset", offset)
                        .send(simulator)
                        .status())
                .isEqualTo(200);
        assertThat(get(OTHER_IKEY, OTHER_SKEY)
                        .parameter("limit", "2")
                        .parameter("next_offset", offset)
                        .send(simulator)
                        .status())
                .isEqualTo(400);
        assertThat(simulator.takeRefusal(40002))
                .extracting(RecordedRequest::apiHost)
                .isEqualTo(OTHER_HOST);
    }

    /** The two logs show the same events, so that only the log tells their offsets apart. */
    @Test
    void refuses_offsetOfAnotherLog() throws IOException {
        other.add(spread(3));
        simulator.addAccount(
                OTHER_IKEY,
                OTHER_SKEY,
                OTHER_HOST,
                logs -> logs.events(SimulatedLog.TELEPHONY, other).events(SimulatedLog.ACTIVITY, other));
        SignedGet next = get(OTHER_IKEY, OTHER_SKEY).parameter("limit", "2");
        next.parameter("next_offset", offset(next.json(simulator)));

        assertThat(next.send(simulator).status()).isEqualTo(200);
        assertThat(next.path(SimulatedLog.ACTIVITY.path()).send(simulator).status())
                .isEqualTo(400);
        assertThat(simulator.takeRefusal(40002).detail()).contains("next_offset was not issued");
    }

    @Test
    void forbiddenLog_isForbiddenToItsAccountOnly() throws IOException {
        simulator.addAccount(OTHER_IKEY, OTHER_SKEY, OTHER_HOST, logs -> logs.forbid(SimulatedLog.TELEPHONY));

        assertThat(get().send(simulator).status()).isEqualTo(200);
        assertThat(get(OTHER_IKEY, OTHER_SKEY).send(simulator).status()).isEqualTo(403);
        assertThat(get(OTHER_IKEY, OTHER_SKEY)
                        .path(SimulatedLog.ACTIVITY.path())
                        .send(simulator)
                        .status())
                .isEqualTo(200);
        simulator.takeRefusal(40301);
    }

    @Test
    void rateLimit_countsEachLogOfEachAccountAlone() throws IOException {
        simulator.addAccount(OTHER_IKEY, OTHER_SKEY, OTHER_HOST, logs -> logs.rateLimit(1, false));
        SignedGet activity = get(OTHER_IKEY, OTHER_SKEY).path(SimulatedLog.ACTIVITY.path());

        assertThat(get(OTHER_IKEY, OTHER_SKEY).send(simulator).status()).isEqualTo(200);
        assertThat(activity.send(simulator).status()).isEqualTo(200);
        assertThat(get(OTHER_IKEY, OTHER_SKEY).send(simulator).status()).isEqualTo(429);
        assertThat(activity.send(simulator).status()).isEqualTo(429);
        assertThat(get().send(simulator).status()).isEqualTo(200);
        assertThat(get().send(simulator).status()).isEqualTo(200);
        assertThat(simulator.takeRefusals(refusal -> refusal.code() == 42901)).hasSize(2);
    }

    @Test
    void misbehavior_isOneAccountsOnly() throws IOException {
        simulator.addAccount(OTHER_IKEY, OTHER_SKEY, OTHER_HOST, logs -> {});
        simulator.misbehave(request -> request.apiHost().equals(OTHER_HOST), serverError(500));

        assertThat(get().send(simulator).status()).isEqualTo(200);
        assertThat(get(OTHER_IKEY, OTHER_SKEY).send(simulator).status()).isEqualTo(500);
        assertThat(simulator.requests())
                .extracting(RecordedRequest::apiHost, RecordedRequest::status)
                .containsExactly(tuple(FIRST_HOST, 200), tuple(OTHER_HOST, 500));
    }

    @Test
    void addAccount_failsWithTheIkeyOfAnother() {
        assertThatThrownBy(() -> simulator.addAccount(SignedGet.IKEY, OTHER_SKEY, OTHER_HOST, logs -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(SignedGet.IKEY)
                .hasMessageNotContaining(OTHER_SKEY);
    }

    @Test
    void simulatorWithoutKeys_hasNoAccountUntilOneIsAdded() throws IOException {
        try (DuoSimulator empty =
                DuoSimulator.builder().clock(Clock.fixed(NOW, ZoneOffset.UTC)).start()) {
            assertThat(get().send(empty).status()).isEqualTo(401);
            empty.addAccount(SignedGet.IKEY, SignedGet.SKEY, FIRST_HOST, logs -> {});
            assertThat(get().send(empty).status()).isEqualTo(200);
            empty.takeRefusal(40103);
        }
    }

    @Test
    void takeRefusals_failsWhenThereAreNone() throws IOException {
        get(OTHER_IKEY, OTHER_SKEY).send(simulator);
        assertThatThrownBy(() -> simulator.takeRefusals(refusal -> refusal.code() == 40105))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("40103");
        assertThat(simulator.takeRefusals(refusal -> true)).hasSize(1);
    }

    private List<SimulatedEvent> spread(int count) {
        return events.spread(count, NOW.minus(Duration.ofHours(3)), NOW.minus(Duration.ofHours(1)));
    }

    private static SignedGet get() {
        return new SignedGet();
    }

    private static SignedGet get(String ikey, String skey) {
        return new SignedGet().ikey(ikey).skey(skey);
    }

    private static int items(JsonNode answer) {
        JsonNode response = answer.path("response");
        return response.has("authlogs")
                ? response.required("authlogs").size()
                : response.required("items").size();
    }

    private static String offset(JsonNode answer) {
        return answer.path("response").path("metadata").path("next_offset").asText();
    }
}
