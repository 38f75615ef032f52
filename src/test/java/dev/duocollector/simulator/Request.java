// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request to the simulator.
 *
 * @param number counts the simulator's requests from 1
 * @param at the simulator's time when the request came
 * @param headers values by lower-case name
 * @param body empty if there is none
 * @param apiHost the API host of the account that it is for, empty if that cannot be told; it need
 *     not be signed well
 */
public record Request(
        int number,
        Instant at,
        String method,
        String path,
        String rawQuery,
        Map<String, List<String>> headers,
        String body,
        String apiHost) {

    static Request of(int number, Instant at, ReceivedRequest received) {
        String target = received.target();
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        return new Request(
                number,
                at,
                received.method(),
                path,
                mark < 0 ? "" : target.substring(mark + 1),
                received.headers(),
                received.body(),
                "");
    }

    Request of(String newApiHost) {
        return new Request(number, at, method, path, rawQuery, headers, body, newApiHost);
    }

    /** Returns the header's only value, or nothing if it is absent or repeated. */
    Optional<String> header(String name) {
        List<String> values = headers.getOrDefault(name, List.of());
        return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
    }

    /** Returns the decoded query; of a repeated parameter the last value, and nothing of one that cannot be decoded. */
    public Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>();
        try {
            QueryString.parse(rawQuery)
                    .parameters()
                    .forEach(parameter -> query.put(parameter.name(), parameter.value()));
        } catch (IllegalArgumentException e) {
            query.clear();
        }
        return query;
    }

    /** Names the request without its headers, which hold a signature. */
    @Override
    public String toString() {
        return "request " + number + ": " + method + " " + path + "?" + rawQuery;
    }
}
