// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Refuses every request header that a signed request does not need: what Camel or a cookie store adds must not leave the
 * house. Only a POST has a body to describe.
 */
final class HeaderRules {
    private static final List<String> ALLOWED =
            List.of("authorization", "date", "accept", "user-agent", "host", "connection", "accept-encoding");

    private static final List<String> ALLOWED_WITH_BODY = Stream.concat(
                    ALLOWED.stream(), Stream.of("content-type", "content-length"))
            .toList();

    private HeaderRules() {}

    static void check(Request request) throws Refusal {
        Map<String, List<String>> headers = request.headers();
        List<String> allowed = request.method().equals("POST") ? ALLOWED_WITH_BODY : ALLOWED;
        List<String> unknown = headers.keySet().stream()
                .filter(name -> !allowed.contains(name))
                .toList();
        if (!unknown.isEmpty()) {
            throw Refusal.strictness("headers " + unknown + " must not be sent; allowed are " + allowed);
        }
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            if (header.getValue().size() > 1) {
                throw Refusal.strictness("header " + header.getKey() + " must be sent once: was sent "
                        + header.getValue().size() + " times");
            }
        }
    }
}
