// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * Takes a time of a schedule, and leaves the stream's name in the exchange variable {@value Stream#VARIABLE}, and in
 * {@value #DUE} whether a run of it is to be made: not if one is asked for already and waits, and not in a
 * cluster, whose nodes share other triggers.
 */
public final class AskForRun implements Processor {

    /** The exchange variable with the answer. */
    static final String DUE = "due";

    @Override
    public void process(Exchange exchange) {
        Optional<Stream> fired = RunTriggers.of(exchange.getContext()) instanceof StreamTriggers own
                ? own.fired(exchange)
                : Optional.empty();
        boolean due = fired.isPresent() && fired.get().turn().ask();
        exchange.setVariable(DUE, due);
        if (due) {
            Stream stream = fired.get();
            exchange.setVariable(Stream.VARIABLE, stream.name());
            exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                @Override
                public void onDone(Exchange done) {
                    // Else no later time would ask again.
                    if (done.getProperty(Exchange.EXCEPTION_CAUGHT) != null) {
                        stream.turn().forget();
                    }
                }
            });
        }
    }
}
