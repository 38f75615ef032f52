// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.state.CollectorState;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes a pending batch that a recovery has stored again, and leaves the window to be read. Reading continues <em>before</em>
 * the batch's page, whose events are now known, so that what joined the page since becomes a batch of its own.
 */
public final class SettlePending implements Processor {

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        CollectorState state = run.stream().state();
        if (run.current().kept() > 0) {
            run.current().requireThere();
        }
        state.settle(run.batch());
        run.current().delivered(run.tally(), run.listener());
        run.recovered(state.checkpoint());
        run.show(exchange);
    }
}
