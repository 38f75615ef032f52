// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.text.Count;

/**
 * What a run has done, in numbers, and in the words of the line that reports it. New events are either dropped by the
 * operator's steps or stored; what an earlier run stored and this one only found is counted apart from both.
 */
public final class Tally {

    private int pages;
    private int duplicates;
    private int fresh;
    private int dropped;
    private int stored;
    private int objects;
    private int udmObjects;
    private int foundEvents;
    private int foundObjects;
    private int foundUdmObjects;
    private String lastObject = "";

    /** Counts a page that was read, and those of its events that were seen before. */
    void page(int seen) {
        pages++;
        duplicates += seen;
    }

    /**
     * Counts a batch that was stored.
     *
     * @param events its new events, before the operator's steps
     * @param left what the steps left of them
     * @param udm whether an object of UDM events was stored, too
     */
    void stored(int events, int left, String objectKey, boolean udm) {
        fresh += events;
        dropped += Math.max(0, events - left);
        stored += left;
        objects++;
        udmObjects += udm ? 1 : 0;
        lastObject = objectKey;
    }

    /** Counts a batch of which the operator's steps left nothing, or that had no new event. */
    void dropped(int events) {
        fresh += events;
        dropped += events;
    }

    /** Counts a batch that an earlier run stored, with as many events as it was declared with; its UDM object may be new. */
    void found(int events, String objectKey, boolean udm) {
        foundEvents += events;
        foundObjects++;
        foundUdmObjects += udm ? 1 : 0;
        lastObject = objectKey;
    }

    public int pages() {
        return pages;
    }

    int duplicates() {
        return duplicates;
    }

    /** The new events, dropped or stored. */
    int fresh() {
        return fresh;
    }

    int dropped() {
        return dropped;
    }

    /** The events that are in the bucket by this run or were found there by it, and those that were dropped. */
    int settled() {
        return fresh + foundEvents;
    }

    /** Tells whether anything was stored, or found stored. */
    boolean isEmpty() {
        return objects + foundObjects == 0;
    }

    /** {@code 4 pages, 10 new events, 1 dropped by your steps, 9 stored in 3 objects, 0 seen before, last object KEY}. */
    @Override
    public String toString() {
        return Count.of(pages, "page") + ", " + Count.of(fresh, "new event") + ", " + dropped
                + " dropped by your steps, "
                + stored
                + " stored in " + Count.of(objects, "object") + asUdm(udmObjects) + ", " + duplicates + " seen before"
                + found()
                + (lastObject.isEmpty() ? "" : ", last object " + lastObject);
    }

    private String found() {
        return foundObjects == 0
                ? ""
                : ", " + Count.of(foundEvents, "event") + " of an earlier run found in "
                        + Count.of(foundObjects, "object") + asUdm(foundUdmObjects);
    }

    private static String asUdm(int objects) {
        return objects == 0 ? "" : " (" + objects + " as UDM, too)";
    }
}
