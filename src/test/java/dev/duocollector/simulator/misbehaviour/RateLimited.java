// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.HttpDate;
import dev.duocollector.simulator.Misbehaviour;
import java.time.Duration;
import java.time.Instant;

/**
 * 429, as Duo answers to more than about two log requests a minute.
 *
 * @param retryAfter the Retry-After header, empty for none (Duo sends none, elastic/integrations issue 11822)
 */
public record RateLimited(String retryAfter) implements Misbehaviour {

    /** Without Retry-After. */
    public RateLimited() {
        this("");
    }

    /** With Retry-After in seconds. */
    public RateLimited(Duration wait) {
        this(String.valueOf(wait.toSeconds()));
    }

    /** With Retry-After as a date. */
    public RateLimited(Instant until) {
        this(HttpDate.format(until));
    }

    @Override
    public Answer answer(Call call) {
        Answer answer = Answer.failure(42901, "Too Many Requests", "");
        return retryAfter.isEmpty() ? answer : answer.withHeader("Retry-After", retryAfter);
    }
}
