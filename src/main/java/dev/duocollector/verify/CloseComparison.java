// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.verify;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.Run;
import dev.duocollector.run.RunReport;
import dev.duocollector.state.Cursor;
import dev.duocollector.text.Count;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes a comparison, and leaves its {@link Comparison.Result}, or a report if Duo was not read to the end. */
public final class CloseComparison implements Processor {

    /** How many events of each kind are listed one by one. */
    private static final int EACH_MAX = 100;

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        if (run.cursor().equals(Cursor.END)) {
            exchange.getMessage()
                    .setBody(Comparison.of(exchange).result(run.reading().withheld(), EACH_MAX));
        } else {
            exchange.getMessage()
                    .setBody(new RunReport(
                            RunOutcome.STOPPED,
                            "Stopped after " + Count.of(run.tally().pages(), "page") + "."));
        }
    }
}
