// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.failure.RunOutcome;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * What a failed request to Duo means to the operator.
 *
 * @param stage how far the request came
 * @param request how the request counts; empty if none was made
 * @param outcome how a run ends with it
 * @param what a sentence that says what happened
 * @param remedy a sentence that says what to do; may be empty
 * @param brief what happened, for a line about the next try
 * @param status the answer's HTTP status, 0 without one
 * @param fromDuo whether Duo's own JSON came back; whatever else answered may be a proxy, a gateway or a login page
 * @param retryAfter the answer's header of that name
 * @param date the answer's header of that name, if the answer is Duo's
 */
public record DuoFailure(
        Stage stage,
        Optional<RequestOutcome> request,
        RunOutcome outcome,
        String what,
        String remedy,
        String brief,
        int status,
        boolean fromDuo,
        Optional<String> retryAfter,
        Optional<String> date) {

    /** What a request comes to, in the order in which it does. */
    public enum Stage {
        /** The host's name is looked up. */
        NAME,
        /** A connection is made. */
        CONNECTION,
        /** The certificate is checked, and a key agreed on. */
        TLS,
        /** Duo answers, with an answer that fits the request. */
        ANSWER,
        /** The signature is checked. */
        CREDENTIALS,
        /** The application's permissions are looked at. */
        PERMISSION,
        /** The request came through. */
        DONE
    }

    /** Whether the same request may work a little later. */
    public boolean again() {
        return request.isPresent() && (outcome == RunOutcome.FAILED || outcome == RunOutcome.BEHIND);
    }

    /** Returns how far this machine's clock is ahead of Duo's, to the second; empty if Duo has not said. */
    public Optional<Duration> clockAhead(Clock clock) {
        return DuoClock.ahead(date, clock);
    }
}
