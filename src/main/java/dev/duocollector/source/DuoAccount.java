// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.settings.Settings;
import java.time.Clock;
import org.apache.camel.Exchange;

/**
 * Whose requests the route duo-page signs, in the exchange variable {@value #VARIABLE}.
 *
 * @param settings the account's, which hold its keys
 * @param clock dates the requests
 */
public record DuoAccount(Settings settings, Clock clock) {

    /** The exchange variable that holds the account. */
    public static final String VARIABLE = "duo";

    /** Returns the account of an exchange. */
    static DuoAccount of(Exchange exchange) {
        DuoAccount account = exchange.getVariable(VARIABLE, DuoAccount.class);
        if (account == null) {
            throw new IllegalStateException(
                    "The exchange variable \"" + VARIABLE + "\" is missing; set the account before its request.");
        }
        return account;
    }
}
