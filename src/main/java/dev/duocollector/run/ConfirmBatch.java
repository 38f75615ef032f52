// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.state.Batch;
import dev.duocollector.state.CollectorState;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Notes that the batch in hand is in the bucket, or that nothing of it was to be stored, and moves the cursor past its page.
 * In memory: the state write that comes next, at the latest at the run's end, makes it durable.
 */
public final class ConfirmBatch implements Processor {

    private final CollectorState state;
    private final int pagesMax;

    public ConfirmBatch(CollectorState state, Settings settings) {
        this.state = state;
        this.pagesMax = settings.log().get(SettingTable.ITERATIONS_MAX);
    }

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        Batch batch = run.batch();
        state.confirm(batch);
        if (run.isRecovering()) {
            run.found();
            run.recovered(state.checkpoint());
        } else {
            run.delivered();
        }
        if (!state.isWindowWritten() && run.isMore()) {
            // Nothing of this page was to be stored. A window that is not written for long has a back-fill begin inside
            // it.
            state.save();
        }
        if (pagesMax > 0 && run.tally().pages() >= pagesMax) {
            run.enough();
        }
        run.show(exchange);
    }
}
