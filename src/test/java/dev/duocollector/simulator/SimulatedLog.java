// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

/** A log as the simulator serves it: where it is, and the forms in which Duo's logs differ. */
public enum SimulatedLog {
    TELEPHONY("/admin/v2/logs/telephony", "items", false),
    /** Its events are in another member, and its offsets are arrays (duo_client_python issue 96). */
    AUTHENTICATION("/admin/v2/logs/authentication", "authlogs", true),
    ACTIVITY("/admin/v2/logs/activity", "items", false);

    private final String path;
    private final String list;
    private final boolean arrayOffsets;

    SimulatedLog(String path, String list, boolean arrayOffsets) {
        this.path = path;
        this.list = list;
        this.arrayOffsets = arrayOffsets;
    }

    public String path() {
        return path;
    }

    /** The member of "response" that holds the events. */
    String list() {
        return list;
    }

    /** Whether next_offset is an array of its two parts. */
    boolean arrayOffsets() {
        return arrayOffsets;
    }
}
