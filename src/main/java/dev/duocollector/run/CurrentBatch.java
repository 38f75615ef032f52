// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.state.Batch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The batch that a run stores now, with what has become of it so far. */
final class CurrentBatch {

    private final Map<String, DuoEvent> givenAgain = new LinkedHashMap<>();
    private Batch batch;
    private RunListener.Calls calls = new RunListener.Calls();
    private int fresh;
    private int kept;
    private @Nullable Instant declaredAt;
    private Instant declaredWhen = Instant.MIN;
    private boolean there;
    private boolean storing;
    private boolean storingUdm;
    private long storingBytes;

    CurrentBatch(Batch batch) {
        this.batch = batch;
    }

    Batch batch() {
        return batch;
    }

    /** In a recovery, Duo has given an event of it again. */
    void givenAgain(DuoEvent event) {
        givenAgain.putIfAbsent(event.eventKey(), event);
    }

    /** The events of it that Duo has given again so far, in Duo's order. */
    List<DuoEvent> givenAgain() {
        return new ArrayList<>(givenAgain.values());
    }

    /** How many events of it Duo has not given again so far. */
    int missing() {
        return batch.eventKeys().size() - givenAgain.size();
    }

    /** The events that make it up, before any operator's step; all of them are to be stored until a step drops some. */
    void counts(Collection<DuoEvent> events) {
        calls = new RunListener.Calls();
        events.forEach(calls::add);
        fresh = events.size();
        kept = fresh;
    }

    /** How many events the operator's steps have left. */
    void kept(int events) {
        kept = events;
    }

    /** How many events are to be stored. */
    int kept() {
        return kept;
    }

    /**
     * It is declared in the state.
     *
     * @param at when, by S3's clock
     * @param when when, by the run's
     */
    void declared(Batch declared, Instant at, Instant when) {
        batch = declared;
        declaredAt = at;
        declaredWhen = when;
    }

    /** When this run declared it, by S3's clock. */
    Instant declaredAt() {
        if (declaredAt == null) {
            throw new IllegalStateException("The batch is not declared");
        }
        return declaredAt;
    }

    /** Tells whether this run has declared it, and not before that time by its clock. */
    boolean isDeclaredSince(Instant when) {
        return declaredAt != null && !declaredWhen.isBefore(when);
    }

    /** Notes that an object is in the bucket, whole: its own, if that is the key, or its UDM events. */
    void inBucket(@Nullable String key) {
        there |= batch.objectKey().equals(key);
    }

    /**
     * Looks whether all of it is in the bucket before it counts as stored.
     *
     * @throws RefusedException if not, as when route files or interceptors of the operator's have kept the object from the store
     */
    void requireThere() {
        if (!there) {
            throw RefusedException.operator("The object " + batch.objectKey()
                    + " was not stored, so its events do not count as stored: the routes that are in force lead past (2) store, or"
                    + " come to (3) confirm before it. Put collect, recover and store.camel.yaml back as they were shipped, and"
                    + " take interceptors out of your steps. Nothing is lost; the next run reads the events again.");
        }
    }

    /** @param bytes the object's, before compression */
    void storing(long bytes) {
        storing = true;
        storingBytes = bytes;
    }

    void storingUdm() {
        storingUdm = true;
    }

    /** Tells whether an object of UDM events belongs to what is being stored. */
    boolean isUdmDue() {
        return storing && batch.isUdmWanted();
    }

    /** Counts it as delivered by an earlier run. */
    void found(Tally tally, RunListener listener) {
        int events = batch.eventKeys().size();
        listener.delivered(new RunListener.Delivery(events, 0, 1, 0, storingUdm ? 1 : 0, new RunListener.Calls()));
        tally.found(events, batch.objectKey(), storingUdm);
        settled();
    }

    /** Counts it as delivered. */
    void delivered(Tally tally, RunListener listener) {
        int left = storing ? kept : 0;
        listener.delivered(new RunListener.Delivery(
                left, Math.max(0, fresh - left), storing ? 1 : 0, storingBytes, storingUdm ? 1 : 0, calls));
        if (storing) {
            tally.stored(fresh, left, batch.objectKey(), storingUdm);
        } else {
            tally.dropped(fresh);
        }
        settled();
    }

    private void settled() {
        storing = false;
        storingUdm = false;
    }
}
