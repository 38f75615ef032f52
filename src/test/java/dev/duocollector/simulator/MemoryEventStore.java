// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.simulator.PageQuery.Sort;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Events in memory, to which more can be added while a simulator shows them. Of several events at one position, those that
 * do not fit on a page are never shown, as an exclusive search-after passes over them; {@link MadeUpEvents#twinOf} gives a
 * twin its own position. Thread-safe.
 */
public final class MemoryEventStore implements EventStore {
    private final NavigableMap<Position, List<SimulatedEvent>> events = new TreeMap<>();
    private final IssuedOffsets issuedOffsets = new IssuedOffsets();

    /** Adds the events; one that is there already is then there twice. */
    public synchronized void add(Collection<SimulatedEvent> more) {
        for (SimulatedEvent event : more) {
            events.computeIfAbsent(event.position(), position -> new ArrayList<>())
                    .add(event);
        }
    }

    public void add(SimulatedEvent... more) {
        add(Arrays.asList(more));
    }

    /** Shows an event no longer. */
    public synchronized void withdraw(SimulatedEvent event) {
        List<SimulatedEvent> there = events.get(event.position());
        if (there == null || !there.remove(event)) {
            throw new IllegalArgumentException("There is no such event");
        }
    }

    /** Shows nothing any more. */
    public synchronized void clear() {
        events.clear();
    }

    /** Returns all events in Duo's order, also those not visible yet. */
    public synchronized List<SimulatedEvent> events() {
        return events.values().stream().flatMap(List::stream).toList();
    }

    @Override
    public synchronized Page read(PageQuery query, Instant now) {
        ByteArrayOutputStream items = new ByteArrayOutputStream();
        long total = behind(query.whole()).values().stream()
                .flatMap(List::stream)
                .filter(event -> !event.visibleFrom().isAfter(now))
                .count();
        int count = 0;
        Optional<Position> last = Optional.empty();
        for (List<SimulatedEvent> atPosition : behind(query).values()) {
            for (SimulatedEvent event : atPosition) {
                if (event.visibleFrom().isAfter(now)) {
                    continue;
                }
                if (count == query.limit()) {
                    return new Page(ByteBuffer.wrap(items.toByteArray()), count, last, true, total);
                }
                items.writeBytes(count == 0 ? new byte[0] : new byte[] {','});
                items.writeBytes(event.json().getBytes(UTF_8));
                count++;
                last = Optional.of(event.position());
            }
        }
        return new Page(ByteBuffer.wrap(items.toByteArray()), count, last, false, total);
    }

    @Override
    public IssuedOffsets issuedOffsets() {
        return issuedOffsets;
    }

    /** Returns the window in the order asked for, without what lies before the query's position. */
    private NavigableMap<Position, List<SimulatedEvent>> behind(PageQuery query) {
        // No id is empty, so these two stand before all events of their milliseconds.
        Position from = new Position(query.mintime().toEpochMilli(), "");
        Position to = new Position(query.maxtime().toEpochMilli() + 1, "");
        NavigableMap<Position, List<SimulatedEvent>> ascending = events;
        if (query.sort() == Sort.ASCENDING) {
            Position start =
                    query.after().filter(after -> after.compareTo(from) > 0).orElse(from);
            return start.compareTo(to) < 0 ? ascending.subMap(start, false, to, false) : new TreeMap<>();
        }
        Position start = query.after().filter(after -> after.compareTo(to) < 0).orElse(to);
        return start.compareTo(from) > 0
                ? ascending.subMap(from, false, start, false).descendingMap()
                : new TreeMap<>();
    }
}
