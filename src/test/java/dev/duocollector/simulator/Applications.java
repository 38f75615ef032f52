// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The applications that a simulator knows, by integration key; they come and go while it runs. */
final class Applications {
    private final Map<String, Application> byIkey = new ConcurrentHashMap<>();

    /** @throws IllegalArgumentException if the integration key is another application's */
    void add(Application application) {
        if (byIkey.putIfAbsent(application.ikey(), application) != null) {
            throw new IllegalArgumentException("There is an application with the ikey " + application.ikey());
        }
    }

    /** @throws IllegalArgumentException if it is not there */
    void remove(Application application) {
        if (!byIkey.remove(application.ikey(), application)) {
            throw new IllegalArgumentException("There is no such application with the ikey " + application.ikey());
        }
    }

    /** Returns what the request is for by its path and integration key, or nothing if Duo has no such path. */
    Optional<Endpoint> endpoint(Request request) {
        if (Arrays.stream(SimulatedLog.values()).noneMatch(log -> log.path().equals(request.path()))) {
            return Optional.empty();
        }
        return Optional.of(SignatureRules.ikey(request)
                .map(byIkey::get)
                .map(application -> application.endpoint(request))
                .orElseGet(Endpoint::unknown));
    }
}
