// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.FatalError;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.Settings;
import dev.duocollector.text.Log;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Takes a run that failed, and leaves its {@link RunReport}, which says what happened and what to do. Writes where the next
 * run continues, if it can.
 */
public final class EndRun implements Processor {

    private static final Log LOG = Log.of(EndRun.class);

    @Override
    public void process(Exchange exchange) {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        LOG.debug("The run failed", cause);
        FatalError.check(exchange.getContext(), cause);
        Run run = exchange.getVariable(Run.VARIABLE, Run.class);
        Streams streams = Streams.of(exchange.getContext());
        Settings settings = run == null ? streams.settings() : run.stream().settings();
        RunFailure failure = new RunFailure.Explainer(settings).explain(cause, exchange);
        RunOutcome outcome = failure.outcome();
        if (streams.pause().isStopping() && outcome.exitCode() == 1) {
            outcome = RunOutcome.STOPPED;
        }
        String what = run != null && run.isWithoutState() ? "Not compared with the bucket: " : "";
        RunReport report = new RunReport(
                outcome,
                what + failure.message() + saved(run, failure),
                outcome == RunOutcome.FAILED || RunFailure.mayAppear(cause));
        if (run != null) {
            run.nameLogLines();
            report = run.ended(report);
        }
        exchange.getMessage().setBody(report);
    }

    /** A run that was refused before it began has no state to write: another one's may be in memory. */
    private static String saved(@Nullable Run run, RunFailure failure) {
        if (run == null || run.isWithoutState() || failure.outcome() == RunOutcome.OWNED) {
            return "";
        }
        try {
            run.stream().state().save();
        } catch (RuntimeException e) {
            // The first failure is the one to report. What this write would have made durable is recovered by the next
            // run.
            LOG.debug("The state could not be written at the end of a failed run", e);
            return "";
        }
        return run.tally().isEmpty() ? "" : " Before it, in window " + CloseRun.done(run) + ".";
    }
}
