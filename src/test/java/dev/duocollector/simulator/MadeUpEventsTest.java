// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MadeUpEventsTest {
    private static final Instant TS = Instant.parse("2026-11-23T08:15:00.123456Z");

    private final MadeUpEvents events = new MadeUpEvents(7);

    @Test
    void event_hasDuosFields() {
        JsonNode event = SignedGet.parse(events.at(TS).json());
        assertThat(event.fieldNames())
                .toIterable()
                .containsExactly("context", "credits", "phone", "telephony_id", "ts", "txid", "type");
        assertThat(event.path("ts").asText()).isEqualTo("2026-11-23T08:15:00.123456+00:00");
        assertThat(event.path("phone").asText()).matches("\\+120255501\\d\\d");
        assertThat(event.path("telephony_id").asText())
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    }

    @Test
    void sameSeed_givesTheSameEvents() {
        assertThat(events.spread(3, TS, TS.plusSeconds(3)))
                .isEqualTo(new MadeUpEvents(7).spread(3, TS, TS.plusSeconds(3)))
                .isNotEqualTo(new MadeUpEvents(8).spread(3, TS, TS.plusSeconds(3)));
    }

    @Test
    void twin_differsInItsTxidOnlyAndHasItsOwnPosition() {
        SimulatedEvent event = events.at(TS);
        SimulatedEvent twin = events.twinOf(event);
        JsonNode first = SignedGet.parse(event.json());
        JsonNode second = SignedGet.parse(twin.json());
        assertThat(second.path("txid")).isNotEqualTo(first.path("txid"));
        assertThat(second.path("telephony_id")).isEqualTo(first.path("telephony_id"));
        assertThat(second.path("ts")).isEqualTo(first.path("ts"));
        assertThat(twin.position()).isGreaterThan(event.position());
    }

    @Test
    void incompleteEvents_lackTheirFieldOnly() {
        assertThat(SignedGet.parse(events.withoutTs(TS).json()).has("ts")).isFalse();
        assertThat(SignedGet.parse(events.withoutTs(TS).json()).has("telephony_id"))
                .isTrue();
        assertThat(SignedGet.parse(events.withoutTelephonyId(TS).json()).has("telephony_id"))
                .isFalse();
        assertThat(SignedGet.parse(events.withoutTelephonyId(TS).json()).has("ts"))
                .isTrue();
    }

    @Test
    void exoticEvents_areDistinctJsonObjectsAMillisecondApart() {
        List<SimulatedEvent> exotic = events.exotic(TS);
        assertThat(exotic)
                .extracting(event -> SignedGet.parse(event.json()))
                .allMatch(JsonNode::isObject)
                .doesNotHaveDuplicates();
        assertThat(exotic)
                .extracting(SimulatedEvent::ts)
                .startsWith(TS, TS.plusMillis(1))
                .doesNotHaveDuplicates();
        assertThat(exotic)
                .extracting(SimulatedEvent::json)
                .anyMatch(json -> json.contains("\u2028"))
                .anyMatch(json -> json.contains("\n"));
    }

    @Test
    void lateEvent_isVisibleWhenToldAndNotBefore() {
        SimulatedEvent event = events.at(TS);
        assertThat(event.visibleFrom()).isEqualTo(TS.plus(Duration.ofMinutes(2)));
        assertThat(event.visibleFrom(TS.plus(Duration.ofHours(1))).visibleFrom())
                .isEqualTo(TS.plus(Duration.ofHours(1)));
    }
}
