// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.duocollector.simulator.PageQuery.Sort;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GeneratedEventStoreTest {
    private static final Instant START = Instant.parse("2026-11-22T23:59:59.990Z");

    @ParameterizedTest
    @EnumSource(Sort.class)
    void pages_holdEveryEventOnceInOrder(Sort sort) {
        // Two or three events share a millisecond, so that the id decides.
        GeneratedEventStore store = new GeneratedEventStore(1000, START, Duration.ofMillis(400), 0);
        List<JsonNode> seen = new ArrayList<>();
        Optional<Position> after = Optional.empty();
        Page page;
        do {
            page = store.read(query(START, START.plusSeconds(1), 7, sort, after), START.plusSeconds(1));
            items(page).forEach(seen::add);
            after = page.last();
        } while (page.more());
        Comparator<JsonNode> order = Comparator.comparing(event -> new Position(
                ts(event).toEpochMilli(), event.path("telephony_id").asText()));
        assertThat(seen).hasSize(1000).doesNotHaveDuplicates();
        assertThat(seen).isSortedAccordingTo(sort == Sort.ASCENDING ? order : order.reversed());
        assertThat(page.last())
                .map(Position::id)
                .hasValue(seen.get(999).path("telephony_id").asText());
    }

    @Test
    void event_hasDuosFieldsAndAStepOfTime() {
        GeneratedEventStore store = new GeneratedEventStore(10, START, Duration.ofSeconds(1), 0);
        JsonNode items = items(store.read(
                query(START, START.plusSeconds(1), 2, Sort.ASCENDING, Optional.empty()), START.plusSeconds(1)));
        assertThat(items.path(1).fieldNames())
                .toIterable()
                .containsExactly("context", "credits", "phone", "telephony_id", "ts", "txid", "type");
        assertThat(items.path(0).path("ts").asText()).isEqualTo("2026-11-22T23:59:59.990000+00:00");
        assertThat(items.path(1).path("ts").asText()).isEqualTo("2026-11-23T00:00:00.090000+00:00");
        assertThat(items.path(1).path("phone").asText()).isEqualTo("+12025550101");
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 5", "0, 249, 3", "1, 249, 2", "100, 200, 2", "101, 199, 0", "400, 999, 1", "401, 999, 0"})
    void window_includesItsBounds(int fromMillis, int toMillis, int count) {
        GeneratedEventStore store = new GeneratedEventStore(5, START, Duration.ofMillis(500), 0);
        Instant to = fromMillis == toMillis ? START.plusSeconds(9) : START.plusMillis(toMillis);
        PageQuery query = query(START.plusMillis(fromMillis), to, 100, Sort.ASCENDING, Optional.empty());
        assertThat(store.read(query, START.plusSeconds(9)).count()).isEqualTo(count);
    }

    @Test
    void event_isNotShownBeforeItsTs() {
        GeneratedEventStore store = new GeneratedEventStore(5, START, Duration.ofMillis(500), 0);
        PageQuery query = query(START, START.plusSeconds(9), 100, Sort.ASCENDING, Optional.empty());
        assertThat(store.read(query, START.plusMillis(200)).count()).isEqualTo(3);
        assertThat(store.read(query, START.plusMillis(199)).count()).isEqualTo(2);
    }

    @Test
    void padding_fillsEventsUpToTheLength() {
        GeneratedEventStore store = new GeneratedEventStore(1000, START, Duration.ofSeconds(1), 315);
        Page page = store.read(
                query(START, START.plusSeconds(1), 1000, Sort.ASCENDING, Optional.empty()), START.plusSeconds(1));
        assertThat(page.items().remaining()).isEqualTo(1000 * 315 + 999);
    }

    @Test
    void store_refusesASpanTooShortForItsEvents() {
        assertThatThrownBy(() -> new GeneratedEventStore(1001, START, Duration.ofMillis(1), 0))
                .hasMessageContaining("span must be at least a microsecond an event: was PT0.001S");
    }

    private static PageQuery query(Instant min, Instant max, int limit, Sort sort, Optional<Position> after) {
        return new PageQuery(min, max, limit, sort, after);
    }

    private static JsonNode items(Page page) {
        return SignedGet.parse("[" + StandardCharsets.UTF_8.decode(page.items().duplicate()) + "]");
    }

    private static Instant ts(JsonNode event) {
        return OffsetDateTime.parse(event.path("ts").asText()).toInstant();
    }
}
