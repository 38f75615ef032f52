// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.operate;

import dev.duocollector.sink.BucketEvents;
import dev.duocollector.sink.BucketEvents.StoredEvent;
import dev.duocollector.sink.BucketEvents.StoredObject;
import dev.duocollector.sink.BucketEvents.Writer;
import dev.duocollector.text.Count;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The keys of events that are in the bucket, so that a run that reads their time again knows them. An event with a deleted
 * object is missing here, and one that an operator's step has changed has another key.
 */
final class SeenEvents {

    private static final int TELL_EVERY_OBJECTS = 500;

    private final Map<String, Instant> keys = new HashMap<>();
    private final Instant from;
    private final Instant undated;
    private final Consumer<String> progress;
    private int objects;
    private long events;
    private Instant newestOfLambda = Instant.MIN;

    /**
     * @param from the first instant of interest, to the millisecond
     * @param undated what an event without a readable time is dated
     * @param progress gets a line now and then while many objects are read
     */
    SeenEvents(Instant from, Instant undated, Consumer<String> progress) {
        this.from = from;
        this.undated = undated;
        this.progress = progress;
    }

    /** Adds what is under one prefix; throws what {@link BucketEvents} does. */
    SeenEvents addAll(BucketEvents bucket) {
        List<StoredObject> found = bucket.objects(from, Instant.MAX);
        int read = 0;
        for (StoredObject object : found) {
            add(bucket, object);
            read++;
            if (read % TELL_EVERY_OBJECTS == 0) {
                progress.accept("Read " + read + " of " + Count.of(found.size(), "object") + " of the bucket, "
                        + Count.of(events, "event") + ".");
            }
        }
        return this;
    }

    /** Adds what one object holds. */
    SeenEvents add(BucketEvents bucket, StoredObject object) {
        long before = events;
        boolean lambda = object.writer() == Writer.LAMBDA;
        bucket.read(object, from, Instant.MAX, event -> add(event, lambda));
        objects += events > before ? 1 : 0;
        return this;
    }

    private void add(StoredEvent event, boolean lambda) {
        events++;
        Instant time = event.time().orElse(undated);
        keys.put(event.eventKey(), time);
        if (lambda && event.time().isPresent() && time.isAfter(newestOfLambda)) {
            newestOfLambda = time;
        }
    }

    /** Adds a state's keys of the time of interest. */
    SeenEvents addAll(Map<String, Instant> stateKeys) {
        stateKeys.forEach((key, time) -> {
            if (!time.isBefore(from)) {
                keys.putIfAbsent(key, time);
            }
        });
        return this;
    }

    Map<String, Instant> keys() {
        return keys;
    }

    /** How many objects held an event of the time, in words. */
    String objectsText() {
        return Count.of(objects, "object");
    }

    long events() {
        return events;
    }

    /** The latest time of an event in one of the Lambda's objects; {@link Instant#MIN} if there is none. */
    Instant newestOfLambda() {
        return newestOfLambda;
    }
}
