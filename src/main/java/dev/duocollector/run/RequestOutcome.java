// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.source.BodyTooLargeException;
import dev.duocollector.source.DuoApiException;
import dev.duocollector.source.MalformedPageException;
import java.io.IOException;
import java.util.Optional;
import org.apache.camel.http.base.HttpOperationFailedException;

/** How a request to Duo ended. */
public enum RequestOutcome {
    /** A page. */
    SUCCESS,
    /** 429. */
    RATE_LIMITED,
    /** 5xx. */
    SERVER_ERROR,
    /** No connection, DNS, a time-out, a certificate that is not trusted, an answer that broke off. */
    NETWORK,
    /** An answer that is not a page of Duo's: not JSON, or too large. */
    INVALID,
    /** Any other status, or a refusal in a 200. */
    REFUSED;

    /** Returns what a failure says of a request; empty if it is of something else. */
    static Optional<RequestOutcome> of(Throwable failure) {
        if (failure instanceof HttpOperationFailedException answer) {
            int status = answer.getStatusCode();
            return Optional.of(status == 429 ? RATE_LIMITED : status >= 500 ? SERVER_ERROR : REFUSED);
        }
        if (failure instanceof DuoApiException) {
            return Optional.of(REFUSED);
        }
        if (failure instanceof MalformedPageException || failure instanceof BodyTooLargeException) {
            return Optional.of(INVALID);
        }
        return failure instanceof IOException ? Optional.of(NETWORK) : Optional.empty();
    }
}
