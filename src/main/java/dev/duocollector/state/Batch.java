// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import java.time.Instant;
import java.util.Map;

/**
 * The new events of one page, by their keys, and the object that they go to. A batch that stands in the state as
 * <em>pending</em> may or may not be in the bucket: it was declared, and nobody has confirmed it yet.
 *
 * @param objectKey where the batch's events are or will be; holds a digest of the event keys, so an object under this key is
 *     this batch, whoever wrote it
 * @param udmKey where the same events also are or will be as UDM events; empty if they are not wanted so
 * @param eventKeys each event key with the event's time, cut to the millisecond; never empty for a pending batch
 * @param cursorAfter where reading goes on once the batch is in the bucket
 */
public record Batch(String objectKey, String udmKey, Map<String, Instant> eventKeys, Cursor cursorAfter) {

    public Batch {
        eventKeys = Map.copyOf(eventKeys);
    }

    /** Makes a batch that is not wanted as UDM events. */
    public Batch(String objectKey, Map<String, Instant> eventKeys, Cursor cursorAfter) {
        this(objectKey, "", eventKeys, cursorAfter);
    }

    /** Whether the batch is wanted as UDM events, too; the routes ask. */
    public boolean isUdmWanted() {
        return !udmKey.isEmpty();
    }

    @Override
    public String toString() {
        return objectKey + " (" + eventKeys.size() + " events)";
    }
}
