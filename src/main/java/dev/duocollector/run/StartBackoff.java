// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes the number of the try to make the run at the start of the program, and leaves it after a wait of 1 s, 2 s, 4 s and so
 * on to a minute; none before the first.
 */
public final class StartBackoff implements Processor {

    private static final int DOUBLINGS_MAX = 6;

    @Override
    public void process(Exchange exchange) {
        int tries = exchange.getProperty(Exchange.LOOP_INDEX, 0, Integer.class);
        if (tries > 0) {
            long seconds = Math.min(60, 1L << Math.min(tries - 1, DOUBLINGS_MAX));
            Streams.of(exchange.getContext()).pause().await(Duration.ofSeconds(seconds));
        }
    }
}
