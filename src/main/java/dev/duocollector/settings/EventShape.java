// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

/** What an event's line holds besides Duo's own fields: the setting {@code event.shape}. */
public enum EventShape {
    /** Nothing. */
    RAW("raw"),

    /**
     * The fields that <a href="https://github.com/duosecurity/duo_client_python/blob/master/duo_client/admin.py">Duo's
     * Python client</a> adds, {@code eventtype} and {@code host}, and the epoch seconds that version 1 of the log had as
     * {@code timestamp}: what the Google SecOps parser for DUO_TELEPHONY reads.
     */
    DUO_CLIENT("duo-client");

    private final String setting;

    EventShape(String setting) {
        this.setting = setting;
    }

    /**
     * Returns the shape of a setting's value, blanks around it ignored.
     *
     * @throws IllegalArgumentException if it is neither {@code raw} nor {@code duo-client}
     */
    public static EventShape parse(String setting) {
        for (EventShape shape : values()) {
            if (shape.setting.equals(setting.strip())) {
                return shape;
            }
        }
        throw new IllegalArgumentException("event.shape is \"" + setting + "\": set it to duo-client or raw");
    }

    @Override
    public String toString() {
        return setting;
    }
}
