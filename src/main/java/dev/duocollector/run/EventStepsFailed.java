// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Says that what was just caught came from a step of the operator's, so that nothing takes it for Duo's or S3's. */
public final class EventStepsFailed implements Processor {

    @Override
    public void process(Exchange exchange) throws EventStepsException {
        throw EventStepsException.failed(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
    }
}
