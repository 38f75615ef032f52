// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.Settings;
import java.time.Clock;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * What a run reads: a log of a Duo account, in the exchange variable {@value #VARIABLE}.
 *
 * @param settings the account's, which hold its keys, and the log's
 * @param clock dates the requests
 */
public record DuoSource(Settings settings, Clock clock) {

    /** The exchange variable that holds it. */
    public static final String VARIABLE = "duo";

    /** Returns what an exchange reads. */
    static DuoSource of(Exchange exchange) {
        return find(exchange)
                .orElseThrow(() -> new IllegalStateException("The exchange variable \"" + VARIABLE
                        + "\" is missing; set the log that is read before its request."));
    }

    /** Returns what an exchange reads; empty if it reads nothing of Duo's. */
    public static Optional<DuoSource> find(Exchange exchange) {
        return Optional.ofNullable(exchange.getVariable(VARIABLE, DuoSource.class));
    }

    public DuoLog log() {
        return settings.log().duoLog();
    }
}
