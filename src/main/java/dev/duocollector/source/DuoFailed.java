// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.failure.FatalError;
import dev.duocollector.settings.Settings;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Says that what was just caught came from a request to Duo, and what it means. */
public final class DuoFailed implements Processor {

    private final DuoFailureExplainer explainer;

    public DuoFailed(Settings settings, Clock clock) {
        this.explainer = new DuoFailureExplainer(settings, clock);
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        FatalError.rethrow(caught);
        throw new DuoRequestException(explainer.explain(caught), caught);
    }
}
