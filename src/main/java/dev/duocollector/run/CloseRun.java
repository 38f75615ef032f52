// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.CollectorState;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes a run that nothing went wrong with, and leaves its {@link RunReport}: commits the window if it is read to its end, else
 * writes where the next run continues.
 */
public final class CloseRun implements Processor {

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        RunReport report = close(run);
        CollectorState state = run.stream().state();
        run.stream().allDropped().look(run.tally());
        if (state.isWindowWritten()) {
            state.current().map(Checkpoint::committedThrough).ifPresent(run.listener()::coveredThrough);
        }
        exchange.getMessage().setBody(run.ended(report));
    }

    private static RunReport close(Run run) {
        CollectorState state = run.stream().state();
        if (run.isRangeDone()) {
            return new RunReport(
                    RunOutcome.DONE,
                    "Nothing left to read: the range up to "
                            + state.checkpoint().committedThrough() + " is done.");
        }
        if (run.hasNoWindow()) {
            return new RunReport(
                    RunOutcome.DONE,
                    "Nothing to read yet"
                            + state.current()
                                    .map(known -> ": collected through " + known.committedThrough())
                                    .orElse("")
                            + ".");
        }
        Checkpoint checkpoint = state.checkpoint();
        if (run.isExpired()) {
            run.listener().gap();
            state.closeWindow();
            return new RunReport(
                    RunOutcome.MORE,
                    "Duo no longer keeps anything of the open window " + run.window()
                            + ": what was not read of it is lost. The next run continues after it.");
        }
        if (checkpoint.openWindow().orElseThrow().finished()) {
            state.closeWindow();
            return new RunReport(RunOutcome.DONE, "Window " + done(run) + ".");
        }
        state.save();
        return run.stream().pause().isStopping()
                ? new RunReport(RunOutcome.STOPPED, "Stopped in window " + done(run) + ". The next run continues.")
                : new RunReport(
                        RunOutcome.MORE,
                        "Bound of max.iterations reached in window " + done(run) + ". The next run continues.");
    }

    /** What a run has done, for the line that reports it. */
    static String done(Run run) {
        return run.window() + ": " + run.tally();
    }
}
