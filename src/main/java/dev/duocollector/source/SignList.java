// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes the {@link DuoSource} of a parent, and leaves the message as the signed request for the accounts below it. */
public final class SignList implements Processor {

    /** Of the <a href="https://duo.com/docs/accountsapi#retrieve-accounts">Accounts API</a>, read 2026-11-27. */
    private static final String PATH = "/accounts/v1/account/list";

    @Override
    public void process(Exchange exchange) {
        DuoSource source = DuoSource.of(exchange);
        DuoRequestSigner.of(source.settings(), source.clock(), PATH).post(exchange);
    }
}
