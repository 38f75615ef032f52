// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;

/**
 * Takes a run's report, and nothing else of the run's exchange: that of a failed run is marked as handled by an error handler,
 * and a loop that got the mark with it would end.
 */
public final class TakeReport implements AggregationStrategy {

    @Override
    public Exchange aggregate(Exchange asking, Exchange run) {
        asking.getMessage().setBody(run == null ? null : run.getMessage().getBody());
        return asking;
    }
}
