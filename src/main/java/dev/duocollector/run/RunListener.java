// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.source.CallKind;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.source.RequestOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Gets what a run has done, for metrics and health, after it has happened. The calls come from the thread that
 * makes the run, one after the other; none may throw, and none may take long.
 */
public interface RunListener {

    /** Ignores everything. */
    RunListener NONE = new RunListener() {};

    /**
     * Returns what gets the runs of one stream.
     *
     * @param labels name it in metrics; empty if it is the only one
     */
    default RunListener ofStream(Map<String, String> labels) {
        return this;
    }

    /** The stream whose runs this gets is no longer collected. */
    default void removed() {}

    /**
     * So many streams are collected now, of so many that are configured in all shards, and so many things are wrong with the
     * settings of accounts.
     */
    default void collecting(int streams, int configured, int problems) {}

    /** A request to Duo has ended, also one that is made again. */
    default void answered(RequestOutcome outcome) {}

    /** A request is made again. */
    default void retried() {}

    /** A page was read: how many events it held, how many of them were delivered before, and its bytes as Duo sent them. */
    default void pageRead(int events, int duplicates, long bytes) {}

    /** A page is done with: its new events are in the bucket, or there were none. */
    default void delivered(Delivery delivery) {}

    /** Events of some time are lost to the collector, since Duo no longer keeps them. */
    default void gap() {}

    /** Events that Duo showed or counted once are not to be had any more. */
    default void missing(int events) {}

    /** Of the day that was compared last, the bucket lacks so many events that Duo shows. */
    default void compared(long lacking) {}

    /** Everything up to this time is in the bucket, by the state as it was read or written last. */
    default void coveredThrough(Instant through) {}

    /** The run has ended; the report is logged next. */
    default void ended(RunReport report, Duration took) {}

    /** The run's report is logged, and nothing more comes of it. This call may take a while. */
    default void reported() {}

    /**
     * What came of one page.
     *
     * @param events in the bucket now and not before; for an object that an earlier run stored, those it was declared with
     * @param dropped new events that an operator's step left out
     * @param objects 1 if there is an object
     * @param bytes the object's, before compression; 0 for one that an earlier run stored
     * @param udmObjects 1 if there is an object of UDM events
     * @param calls what the new events amount to; nothing for an object that an earlier run stored
     */
    record Delivery(int events, int dropped, int objects, long bytes, int udmObjects, Calls calls) {}

    /** How many calls and messages a batch holds, and for how many credits, by their kind. Not thread-safe. */
    final class Calls {

        private final Map<CallKind, Sum> sums = new HashMap<>();

        /** Calls of one kind, and their credits. */
        public record Sum(int calls, long credits) {}

        void add(DuoEvent event) {
            if (!event.log().countsCalls()) {
                return;
            }
            sums.merge(
                    event.kind(),
                    new Sum(1, event.credits()),
                    (a, b) -> new Sum(a.calls() + b.calls(), a.credits() + b.credits()));
        }

        public void forEach(BiConsumer<CallKind, Sum> action) {
            sums.forEach(action);
        }

        @Override
        public String toString() {
            return sums.toString();
        }
    }
}
