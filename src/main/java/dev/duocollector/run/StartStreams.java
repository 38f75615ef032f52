// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes the start of the program, and leaves a list of the names of the streams whose first run it is to make: in a cluster,
 * none. Gives each stream its trigger, and has the clock watched that they go by.
 */
public final class StartStreams implements Processor {

    @Override
    public void process(Exchange exchange) throws Exception {
        Streams streams = Streams.of(exchange.getContext());
        RunTriggers triggers = RunTriggers.of(exchange.getContext());
        for (Stream stream : streams.all()) {
            triggers.set(stream);
        }
        ClockSetBack.watch(exchange.getContext());
        exchange.getMessage()
                .setBody(
                        triggers.areShared()
                                ? List.of()
                                : streams.all().stream().map(Stream::name).toList());
    }
}
