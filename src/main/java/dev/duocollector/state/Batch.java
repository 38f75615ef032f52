// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The new events of one page, by their keys, and the object that they go to. A batch in the state as <em>pending</em> may or
 * may not be in the bucket: it was declared, and is not confirmed yet.
 *
 * @param objectKey where the batch's events are or will be; holds a digest of the event keys, so a whole object under this key
 *     is this batch, whatever wrote it
 * @param udmKey where the same events also are or will be as UDM events; empty if they are not wanted so
 * @param eventKeys each event key with the event's time, cut to the millisecond; never empty for a pending batch
 * @param cursorAfter where reading continues once the batch is in the bucket
 * @param declarations what its object was declared as, the oldest first, {@value #DECLARATIONS_MAX} at most; empty before the
 *     first declaration, and for a batch that a program before version 3 of the state has declared
 * @param missed whether a recovery has found neither the object nor all the events since the batch was declared last
 */
public record Batch(
        String objectKey,
        String udmKey,
        Map<String, Instant> eventKeys,
        Cursor cursorAfter,
        List<Declaration> declarations,
        boolean missed) {

    /**
     * What a batch's object looks like once it is stored, as said before it is: by this an object that is there is known to be
     * whole. A batch may be declared several times, since the operator's steps may change between a run and its recovery.
     *
     * @param bytes the object's length as it goes over the wire, compressed if it is; at least 1
     * @param lines the number of its lines, at least 1
     */
    public record Declaration(long bytes, int lines) {

        public Declaration {
            if (bytes < 1 || lines < 1) {
                throw new IllegalArgumentException(
                        "bytes and lines must be at least 1: were " + bytes + " and " + lines);
            }
        }
    }

    /** A batch is declared more often only while steps keep changing and writes keep failing; the oldest is forgotten then. */
    static final int DECLARATIONS_MAX = 4;

    public Batch {
        eventKeys = Map.copyOf(eventKeys);
        declarations = List.copyOf(declarations);
        if (declarations.size() > DECLARATIONS_MAX) {
            throw new IllegalArgumentException(
                    "declarations must be at most " + DECLARATIONS_MAX + ": were " + declarations.size());
        }
    }

    /** Makes a batch that is not declared yet. */
    public Batch(String objectKey, String udmKey, Map<String, Instant> eventKeys, Cursor cursorAfter) {
        this(objectKey, udmKey, eventKeys, cursorAfter, List.of(), false);
    }

    /** Makes a batch that is not declared yet and not wanted as UDM events. */
    public Batch(String objectKey, Map<String, Instant> eventKeys, Cursor cursorAfter) {
        this(objectKey, "", eventKeys, cursorAfter);
    }

    /** Whether the batch is wanted as UDM events, too. */
    public boolean isUdmWanted() {
        return !udmKey.isEmpty();
    }

    /** Returns the batch with one declaration more, unless it has the same already, and with no miss counted since. */
    public Batch declaredAs(Declaration declaration) {
        List<Declaration> all = new ArrayList<>(declarations);
        all.remove(declaration);
        all.add(declaration);
        return new Batch(
                objectKey,
                udmKey,
                eventKeys,
                cursorAfter,
                all.subList(Math.max(0, all.size() - DECLARATIONS_MAX), all.size()),
                false);
    }

    /** Returns the batch with a miss counted. */
    Batch missedOnce() {
        return new Batch(objectKey, udmKey, eventKeys, cursorAfter, declarations, true);
    }

    @Override
    public String toString() {
        return objectKey + " (" + eventKeys.size() + " events)";
    }
}
