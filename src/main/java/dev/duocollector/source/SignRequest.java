// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes the {@link DuoAccount} and the query, and leaves the message as their signed GET. */
public final class SignRequest implements Processor {

    @Override
    public void process(Exchange exchange) {
        DuoAccount account = DuoAccount.of(exchange);
        DuoRequestSigner.of(account.settings(), account.clock()).process(exchange);
    }
}
