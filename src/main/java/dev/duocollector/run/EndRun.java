// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.FatalError;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.Settings;
import dev.duocollector.state.CollectorState;
import dev.duocollector.text.Log;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Ends a run that failed: writes where the next run continues, if it can, and says what happened and what to do. The body
 * becomes the {@link RunReport}.
 */
public final class EndRun implements Processor {

    private static final Log LOG = Log.of(EndRun.class);

    private final CollectorState state;
    private final RunFailure.Explainer explainer;
    private final Pause pause;

    public EndRun(CollectorState state, Settings settings, Pause pause) {
        this.state = state;
        this.explainer = new RunFailure.Explainer(settings);
        this.pause = pause;
    }

    @Override
    public void process(Exchange exchange) {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        LOG.debug("The run failed", cause);
        FatalError.check(exchange.getContext(), cause);
        RunFailure failure = explainer.explain(cause, exchange);
        RunOutcome outcome = failure.outcome();
        if (pause.isStopping() && outcome.exitCode() == 1) {
            outcome = RunOutcome.STOPPED;
        }
        RunReport report = new RunReport(
                outcome,
                failure.message() + saved(exchange, failure),
                outcome == RunOutcome.FAILED || RunFailure.mayAppear(cause));
        Run run = exchange.getVariable(Run.VARIABLE, Run.class);
        if (run != null) {
            run.nameLogLines();
            run.ended(report);
        }
        exchange.getMessage().setBody(report);
    }

    private String saved(Exchange exchange, RunFailure failure) {
        if (failure.outcome() == RunOutcome.OWNED) {
            return "";
        }
        try {
            state.save();
        } catch (RuntimeException e) {
            // The first failure is the one to report. What this write would have made durable is recovered by the next
            // run.
            LOG.debug("The state could not be written at the end of a failed run", e);
            return "";
        }
        Run run = exchange.getVariable(Run.VARIABLE, Run.class);
        return run == null || run.tally().isEmpty() ? "" : " Before it, in window " + CloseRun.done(run) + ".";
    }
}
