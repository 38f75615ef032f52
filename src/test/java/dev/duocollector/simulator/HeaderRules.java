// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.util.List;
import java.util.Map;

/** Refuses every request header that a signed GET does not need: what Camel or a cookie store adds must not leave the house. */
final class HeaderRules {
    private static final List<String> ALLOWED =
            List.of("authorization", "date", "accept", "user-agent", "host", "connection", "accept-encoding");

    private HeaderRules() {}

    static void check(Map<String, List<String>> headers) throws Refusal {
        List<String> unknown = headers.keySet().stream()
                .filter(name -> !ALLOWED.contains(name))
                .toList();
        if (!unknown.isEmpty()) {
            throw Refusal.strictness("headers " + unknown + " must not be sent; allowed are " + ALLOWED);
        }
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            if (header.getValue().size() > 1) {
                throw Refusal.strictness("header " + header.getKey() + " must be sent once: was sent "
                        + header.getValue().size() + " times");
            }
        }
    }
}
