// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

/** How a request to Duo ended. */
public enum RequestOutcome {
    /** A page. */
    SUCCESS,
    /** 429. */
    RATE_LIMITED,
    /** 5xx. */
    SERVER_ERROR,
    /** No connection, DNS, a time-out, a certificate that is not trusted, an answer that was cut short. */
    NETWORK,
    /** An answer that is not a page of Duo's: not JSON, or too large. */
    INVALID,
    /** Any other status, or a refusal in a 200. */
    REFUSED
}
