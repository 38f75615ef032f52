// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** One log of one account: permission and parameters in Duo's order, then the page. */
final class LogEndpoint {
    private final SimulatedLog log;
    private final ParameterRules parameters;
    private final EventStore events;
    private final String apiHost;
    private final String owner;
    private final Optional<RateLimit> rateLimit;
    private final boolean permitted;

    /** @param permitted whether the application may read this log */
    LogEndpoint(SimulatedLog log, String apiHost, EventStore events, Optional<RateLimit> rateLimit, boolean permitted) {
        this.log = log;
        this.rateLimit = rateLimit;
        this.permitted = permitted;
        this.apiHost = apiHost;
        this.owner = apiHost + log.path();
        this.parameters = new ParameterRules(events.issuedOffsets(), owner);
        this.events = events;
    }

    String path() {
        return log.path();
    }

    /**
     * Returns the log as those find it who sign with that key.
     *
     * @param more parameters that the request has beside the log's own
     */
    Endpoint endpoint(String skey, Set<String> more) {
        return new Endpoint(apiHost, Optional.of(skey), "GET", rateLimit, request -> page(request, more));
    }

    private Function<PageForm, Answer> page(Request request, Set<String> more) throws Refusal {
        if (!permitted) {
            throw Refusal.accessForbidden();
        }
        PageQuery query = parameters.check(request, more);
        Page page = events.read(query, request.at()).of(log);
        page.nextOffset().ifPresent(offset -> events.issuedOffsets().add(owner, offset, query));
        return form -> Answer.ok(form.render(page));
    }
}
