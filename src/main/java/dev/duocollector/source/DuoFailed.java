// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.failure.FatalError;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes what a request to Duo was caught with, and throws a {@link DuoRequestException} that says what it means. */
public final class DuoFailed implements Processor {

    @Override
    public void process(Exchange exchange) throws Exception {
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        FatalError.rethrow(caught);
        DuoSource source = DuoSource.of(exchange);
        throw new DuoRequestException(
                new DuoFailureExplainer(source.settings(), source.clock()).explain(caught), caught);
    }
}
