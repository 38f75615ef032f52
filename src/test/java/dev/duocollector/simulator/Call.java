// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.time.Instant;
import java.util.Optional;
import org.apache.hc.client5.http.utils.DateUtils;
import org.jspecify.annotations.Nullable;

/** One request on its way to an answer: what the rules make of it, for a {@link Misbehavior} to spoil. */
public final class Call {
    private final Request request;
    private final LogEndpoint endpoint;
    private final @Nullable Page page;
    private final @Nullable Refusal refusal;

    Call(Request request, LogEndpoint endpoint, Instant dateNow) {
        this.request = request;
        this.endpoint = endpoint;
        Page found = null;
        Refusal thrown = null;
        try {
            found = endpoint.page(request, dateNow);
        } catch (Refusal e) {
            thrown = e;
        }
        this.page = found;
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
        if (page == null) {
            throw new IllegalStateException("A request without refusal has a page");
        }
        return Answer.ok(form.render(page));
    }

    /** Returns the answer of a server whose clock, for the Date of the request and of the answer, shows that time. */
    public Answer answerAt(Instant now) {
        return new Call(request, endpoint, now).answer().withHeader("Date", DateUtils.formatStandardDate(now));
    }

    Optional<Refusal> refusal() {
        return Optional.ofNullable(refusal);
    }
}
