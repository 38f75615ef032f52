// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.source.TelephonyEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The events of a batch in doubt, as Duo gives them again and in its order. */
final class Recovery {

    private final Map<String, TelephonyEvent> events = new LinkedHashMap<>();

    void add(TelephonyEvent event) {
        events.putIfAbsent(event.eventKey(), event);
    }

    int count() {
        return events.size();
    }

    List<TelephonyEvent> events() {
        return new ArrayList<>(events.values());
    }
}
