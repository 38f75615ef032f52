// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes the time to look, and leaves a list of the names of all streams if a time of verify.schedule has come, else an empty one. */
public final class AskForCheck implements Processor {

    @Override
    public void process(Exchange exchange) {
        Streams streams = Streams.of(exchange.getContext());
        exchange.getMessage()
                .setBody(
                        streams.isCheckDue()
                                        && !RunTriggers.of(exchange.getContext())
                                                .areShared()
                                ? streams.all().stream().map(Stream::name).toList()
                                : List.of());
    }
}
