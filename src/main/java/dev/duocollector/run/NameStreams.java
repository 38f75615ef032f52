// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes anything, and leaves a list of the names of all streams. */
public final class NameStreams implements Processor {

    @Override
    public void process(Exchange exchange) {
        exchange.getMessage()
                .setBody(Streams.of(exchange.getContext()).all().stream()
                        .map(Stream::name)
                        .toList());
    }
}
