// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.SettingTable;
import dev.duocollector.state.CollectorState;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes the current batch, which is in the bucket or had nothing to store, and leaves it confirmed, the cursor
 * past its page. In memory: the state write that comes next, at the latest at the run's end, makes it durable.
 */
public final class ConfirmBatch implements Processor {

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        CollectorState state = run.stream().state();
        if (run.isRecovering() || run.current().kept() > 0) {
            run.current().requireThere();
        }
        state.confirm(run.batch());
        if (run.isRecovering()) {
            run.current().found(run.tally(), run.listener());
            run.recovered(state.checkpoint());
        } else {
            run.current().delivered(run.tally(), run.listener());
        }
        if (!state.isWindowWritten() && run.isMore()) {
            // Nothing of this page was to be stored. A window that is not written for long has a back-fill begin inside
            // it.
            state.save();
        }
        int pagesMax = run.stream().settings().log().get(SettingTable.ITERATIONS_MAX);
        if (pagesMax > 0 && run.tally().pages() >= pagesMax) {
            run.enough();
        }
        run.show(exchange);
    }
}
