// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes the {@link DuoSource} and the query, and leaves the message as their signed GET. */
public final class SignRequest implements Processor {

    @Override
    public void process(Exchange exchange) {
        DuoSource source = DuoSource.of(exchange);
        DuoRequestSigner.of(source.settings(), source.clock()).process(exchange);
    }
}
