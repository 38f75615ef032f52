// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hc.client5.http.utils.DateUtils;
import org.jspecify.annotations.Nullable;

/** One request on its way to an answer: what the rules make of it, for a {@link Misbehavior} to spoil. */
public final class Call {
    private final Request request;
    private final Endpoint endpoint;
    private final SignatureRules signatures;
    private final @Nullable Function<PageForm, Answer> good;
    private final @Nullable Refusal refusal;

    /** @param dateNow the time that the Date header is held against; all else goes by the time of the request */
    Call(Request request, Endpoint endpoint, SignatureRules signatures, Instant dateNow) {
        this.request = request;
        this.endpoint = endpoint;
        this.signatures = signatures;
        Function<PageForm, Answer> found = null;
        Refusal thrown = null;
        try {
            if (!request.method().equals(endpoint.method())) {
                throw Refusal.methodNotAllowed(request.method());
            }
            HeaderRules.check(request);
            CanonicalRequest.Version signed = signatures.check(request, endpoint.skey(), dateNow);
            if (request.method().equals("POST")) {
                BodyRules.check(request, signed);
            }
            found = endpoint.resource().answer(request);
        } catch (Refusal e) {
            thrown = e;
        }
        this.good = found;
        this.refusal = thrown;
    }

    public Request request() {
        return request;
    }

    /** Returns the answer that a well-behaved simulator gives. */
    public Answer answer() {
        return answer(PageForm.DUO);
    }

    /** Returns the well-behaved answer, in another form if it is a page. */
    public Answer answer(PageForm form) {
        if (refusal != null) {
            return refusal.answer();
        }
        if (good == null) {
            throw new IllegalStateException("A request without refusal has an answer");
        }
        return good.apply(form);
    }

    /** Returns the answer of a server whose clock, for the Date of the request and of the answer, shows that time. */
    public Answer answerAt(Instant now) {
        return new Call(request, endpoint, signatures, now)
                .answer()
                .withHeader("Date", DateUtils.formatStandardDate(now));
    }

    Optional<Refusal> refusal() {
        return Optional.ofNullable(refusal);
    }
}
