// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.time.Instant;

/** GET /admin/v2/logs/telephony: the rules in Duo's order, then the page. */
final class TelephonyEndpoint {
    static final String PATH = "/admin/v2/logs/telephony";

    private final SignatureRules signatures;
    private final ParameterRules parameters;
    private final EventStore events;

    TelephonyEndpoint(SignatureRules signatures, EventStore events) {
        this.signatures = signatures;
        this.parameters = new ParameterRules(events.issuedOffsets());
        this.events = events;
    }

    /** @param dateNow the time that the Date header is held against; all else goes by the time of the request */
    Page page(Request request, Instant dateNow) throws Refusal {
        if (!request.path().equals(PATH)) {
            throw Refusal.noSuchResource(request.path());
        }
        if (!request.method().equals("GET")) {
            throw Refusal.methodNotAllowed(request.method());
        }
        HeaderRules.check(request.headers());
        signatures.check(request, dateNow);
        PageQuery query = parameters.check(request);
        Page page = events.read(query, request.at());
        page.nextOffset().ifPresent(offset -> events.issuedOffsets().add(offset, query));
        return page;
    }
}
