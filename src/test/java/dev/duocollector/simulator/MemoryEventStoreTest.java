// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.simulator.PageQuery.Sort;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryEventStoreTest {
    private static final Instant TS = Instant.parse("2026-11-23T08:15:00.123456Z");

    private final MadeUpEvents events = new MadeUpEvents(3);
    private final MemoryEventStore store = new MemoryEventStore();

    @ParameterizedTest
    @EnumSource(Sort.class)
    void twins_areAllShownAcrossPages(Sort sort) {
        SimulatedEvent event = events.at(TS);
        store.add(event, events.twinOf(event), events.twinOf(event));
        assertThat(readAll(1, sort)).hasSize(3).doesNotHaveDuplicates();
    }

    @Test
    void equalEvents_areShownOnOnePageAndPassedOverByAnOffset() {
        SimulatedEvent event = events.at(TS);
        store.add(event, event);
        assertThat(readAll(2, Sort.ASCENDING)).containsExactly(event.json() + "," + event.json());
        assertThat(readAll(1, Sort.ASCENDING)).containsExactly(event.json());
    }

    @Test
    void eventAddedBehindTheOffset_isShownAndOneBeforeItIsNot() {
        SimulatedEvent first = events.at(TS);
        store.add(first);
        SimulatedEvent behind = events.at(TS.plusMillis(1));
        store.add(behind, events.at(TS.minusMillis(1)));
        assertThat(read(10, Sort.ASCENDING, Optional.of(first.position())).items())
                .isEqualTo(StandardCharsets.UTF_8.encode(behind.json()));
    }

    @Test
    void eventsWithinAMillisecond_areOrderedByIdAndNotByMicroseconds() {
        SimulatedEvent later = events.at(TS.plusNanos(100_000));
        SimulatedEvent a = new SimulatedEvent(later.ts(), TS, "a", "{\"id\":\"a\"}");
        SimulatedEvent b = new SimulatedEvent(TS, TS, "b", "{\"id\":\"b\"}");
        store.add(b, a);
        assertThat(store.events()).containsExactly(a, b);
    }

    private List<String> readAll(int limit, Sort sort) {
        List<String> pages = new ArrayList<>();
        Page page = read(limit, sort, Optional.empty());
        while (page.count() > 0) {
            pages.add(StandardCharsets.UTF_8.decode(page.items()).toString());
            page = read(limit, sort, page.last());
        }
        return pages;
    }

    private Page read(int limit, Sort sort, Optional<Position> after) {
        return store.read(
                new PageQuery(TS.minusSeconds(1), TS.plusSeconds(1), limit, sort, after), TS.plusSeconds(600));
    }
}
