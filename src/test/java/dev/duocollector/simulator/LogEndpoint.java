// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.time.Instant;
import java.util.Optional;

/** GET of one log: the rules in Duo's order, then the page. Each log has a permission and a rate limit of its own. */
final class LogEndpoint {
    private final SimulatedLog log;
    private final SignatureRules signatures;
    private final ParameterRules parameters;
    private final EventStore events;

    private final Optional<RateLimit> rateLimit;
    private final boolean permitted;

    /** @param permitted whether the application may read this log */
    LogEndpoint(
            SimulatedLog log,
            SignatureRules signatures,
            EventStore events,
            Optional<RateLimit> rateLimit,
            boolean permitted) {
        this.log = log;
        this.rateLimit = rateLimit;
        this.permitted = permitted;
        this.signatures = signatures;
        this.parameters = new ParameterRules(events.issuedOffsets());
        this.events = events;
    }

    Optional<Answer> tooMany(Instant now) {
        return rateLimit.flatMap(limit -> limit.refuse(now));
    }

    /** @param dateNow the time that the Date header is held against; all else goes by the time of the request */
    Page page(Request request, Instant dateNow) throws Refusal {
        if (!request.method().equals("GET")) {
            throw Refusal.methodNotAllowed(request.method());
        }
        HeaderRules.check(request.headers());
        signatures.check(request, dateNow);
        if (!permitted) {
            throw Refusal.accessForbidden();
        }
        PageQuery query = parameters.check(request);
        Page page = events.read(query, request.at()).of(log);
        page.nextOffset().ifPresent(offset -> events.issuedOffsets().add(offset, query));
        return page;
    }
}
