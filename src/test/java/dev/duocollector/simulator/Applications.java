// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The applications that a simulator knows, by integration key; they come and go while it runs. */
final class Applications {
    private static final Set<String> PATHS = Stream.concat(
                    Stream.of(SimulatedLog.values()).map(SimulatedLog::path), Stream.of(SimulatedParent.LIST_PATH))
            .collect(Collectors.toUnmodifiableSet());

    private final Map<String, Application> byIkey = new ConcurrentHashMap<>();

    /** @throws IllegalArgumentException if the integration key is another application's */
    void add(Application application) {
        if (byIkey.putIfAbsent(application.ikey(), application) != null) {
            throw new IllegalArgumentException("There is an application with the ikey " + application.ikey());
        }
    }

    /** @throws IllegalArgumentException if the account, or the parent, has none */
    void removeOf(Object owner) {
        if (!byIkey.values().removeIf(application -> application.owner() == owner)) {
            throw new IllegalArgumentException("There is no application of " + owner);
        }
    }

    /** Returns what the request is for by its path and integration key, or nothing if Duo has no such path. */
    Optional<Endpoint> endpoint(Request request) {
        if (!PATHS.contains(request.path())) {
            return Optional.empty();
        }
        return Optional.of(SignatureRules.ikey(request)
                .map(byIkey::get)
                .map(application -> application.endpoint(request))
                .orElseGet(() -> Endpoint.refusing(
                        request.path(), "", Optional.empty(), Refusal.accessForbidden("unknown integration key"))));
    }
}
