// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.state.Batch;
import dev.duocollector.state.CollectorState;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Notes that a recovery has stored the pending batch anew. Reading goes on <em>before</em> the batch's page, whose events are
 * now known, so that what joined the page since becomes a batch of its own.
 */
public final class SettlePending implements Processor {

    private final CollectorState state;

    public SettlePending(CollectorState state) {
        this.state = state;
    }

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        Batch batch = run.batch();
        state.settle(batch);
        run.current().counts(run.recovery().events());
        run.delivered();
        run.recovered(state.checkpoint());
        run.show(exchange);
    }
}
