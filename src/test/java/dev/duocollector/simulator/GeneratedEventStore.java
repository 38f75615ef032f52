// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import dev.duocollector.simulator.PageQuery.Sort;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Any number of events, evenly over a time, each computed from its index when it is read: a page of 1000 costs well under
 * a millisecond, so that a benchmark measures the reader. An event is visible from its ts on. Thread-safe.
 */
public final class GeneratedEventStore implements EventStore {
    /** The first eight digits of an id hold the index. */
    private static final long COUNT_MAX = 0xFFFF_FFFFL;

    private final long count;
    private final long startMicros;
    private final long stepMicros;
    private final List<EventTemplate> templates;
    private final int eventBytesMax;
    private final IssuedOffsets issuedOffsets = new IssuedOffsets();

    /**
     * Makes the store; the i-th event lies i steps behind the start, a step being the whole microseconds of span / count.
     *
     * @param eventBytesMin shorter events (Duo's have about 216 bytes) are filled up to this length
     */
    public GeneratedEventStore(long count, Instant start, Duration span, int eventBytesMin) {
        if (count < 1 || count > COUNT_MAX) {
            throw new IllegalArgumentException("count must be between 1 and " + COUNT_MAX + ": was " + count);
        }
        this.count = count;
        this.startMicros = ChronoUnit.MICROS.between(Instant.EPOCH, start);
        this.stepMicros = span.dividedBy(count).toNanos() / 1000;
        if (stepMicros < 1) {
            throw new IllegalArgumentException("span must be at least a microsecond an event: was " + span);
        }
        this.templates = List.of(
                new EventTemplate("authentication", 1, "sms", eventBytesMin),
                new EventTemplate("authentication", 2, "phone", eventBytesMin),
                new EventTemplate("enrollment", 1, "sms", eventBytesMin),
                new EventTemplate("administrator login", 3, "phone", eventBytesMin));
        this.eventBytesMax =
                templates.stream().mapToInt(EventTemplate::length).max().orElseThrow();
    }

    @Override
    public Page read(PageQuery query, Instant now) {
        long micros =
                Math.min(query.maxtime().toEpochMilli() * 1000 + 999, ChronoUnit.MICROS.between(Instant.EPOCH, now));
        long first = Math.max(0, -Math.floorDiv(startMicros - query.mintime().toEpochMilli() * 1000, stepMicros));
        long last = Math.min(count - 1, Math.floorDiv(micros - startMicros, stepMicros));
        long total = Math.max(0, last - first + 1);
        Optional<Long> after = query.after().map(GeneratedEventStore::index);
        if (query.sort() == Sort.ASCENDING) {
            first = Math.max(first, after.map(index -> index + 1).orElse(first));
            return page(first, 1, last - first + 1, query.limit(), total);
        }
        last = Math.min(last, after.map(index -> index - 1).orElse(last));
        return page(last, -1, last - first + 1, query.limit(), total);
    }

    @Override
    public IssuedOffsets issuedOffsets() {
        return issuedOffsets;
    }

    private Page page(long from, int direction, long available, int limit, long total) {
        int size = (int) Math.max(0, Math.min(available, limit));
        ByteBuffer items = ByteBuffer.allocate(size * (eventBytesMax + 1));
        for (int i = 0; i < size; i++) {
            long index = from + (long) i * direction;
            if (i > 0) {
                items.put((byte) ',');
            }
            templates.get((int) (index % templates.size())).render(items, index, micros(index));
        }
        Optional<Position> last = size == 0 ? Optional.empty() : Optional.of(position(from + (size - 1L) * direction));
        return new Page(items.flip(), size, last, available > size, total);
    }

    private Position position(long index) {
        return new Position(Math.floorDiv(micros(index), 1000), EventTemplate.id(index));
    }

    private long micros(long index) {
        return startMicros + index * stepMicros;
    }

    private static long index(Position position) {
        return Long.parseLong(position.id().substring(0, 8), 16);
    }
}
