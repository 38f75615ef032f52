// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.PollWindow;
import dev.duocollector.state.Window;
import dev.duocollector.steps.RouteContract;
import dev.duocollector.text.Log;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.SynchronizationAdapter;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Begins a run: reads the state and with it the time, and takes up the window that is open or opens the next one, in memory.
 * Leaves the {@link Run} in its exchange variable.
 */
public final class OpenRun implements Processor {

    private static final Log LOG = Log.of(OpenRun.class);

    private final CollectorState state;
    private final PollWindow pollWindow;
    private final WindowOpening opening;
    private final FirstRun firstRun;
    private final Optional<TimeRange> range;
    private final InBucket inBucket;
    private final RunTimes times;
    private final RunListener listener;

    /** @param listener is told what the runs do */
    public OpenRun(
            CollectorState state,
            Settings settings,
            InBucket inBucket,
            S3Client s3,
            Clock clock,
            Ticker ticker,
            RunListener listener) {
        this.state = state;
        this.pollWindow = PollWindow.of(settings);
        this.opening = new WindowOpening(state, settings, s3, ticker);
        this.firstRun = new FirstRun(s3, settings);
        this.range = settings.log().range();
        this.inBucket = inBucket;
        this.times = new RunTimes(settings, clock, ticker);
        this.listener = listener;
    }

    @Override
    public void process(Exchange exchange) {
        Run run = new Run(listener);
        exchange.setVariable(Run.VARIABLE, run);
        run.nameLogLines();
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                run.reported();
            }
        });
        List<String> problems = RouteContract.problems(exchange.getContext());
        if (!problems.isEmpty()) {
            // Files that were loaded into a program that runs have not been looked at before.
            throw RefusedException.operator("Nothing was read: " + problems.get(0));
        }
        Optional<Checkpoint> checkpoint = checkpoint(run);
        checkpoint.map(Checkpoint::committedThrough).ifPresent(run.listener()::coveredThrough);
        Optional<Window> open = checkpoint.flatMap(Checkpoint::openWindow);
        if (open.isPresent() || checkpoint.isEmpty()) {
            inBucket.read();
        }
        if (open.isPresent()) {
            takeUp(run, open.get(), checkpoint.flatMap(Checkpoint::pendingBatch));
        } else {
            openNext(run, checkpoint);
        }
        run.show(exchange);
    }

    private void openNext(Run run, Optional<Checkpoint> checkpoint) {
        if (range.isPresent()) {
            openRange(run, checkpoint, range.get());
        } else {
            opening.open(run, checkpoint.orElse(null));
        }
    }

    private Optional<Checkpoint> checkpoint(Run run) {
        Optional<Checkpoint> checkpoint = times.open(state, run::began);
        if (checkpoint.isPresent() || range.isPresent()) {
            return checkpoint;
        }
        Optional<String> doubt = firstRun.doubt(state.answer());
        if (doubt.isEmpty()) {
            return checkpoint;
        }
        // Another collector's first run may have written both just now.
        Optional<Checkpoint> now = times.open(state, run::began);
        if (now.isEmpty()) {
            throw RefusedException.operator(doubt.get());
        }
        return now;
    }

    private void takeUp(Run run, Window open, Optional<Batch> pending) {
        boolean outlived = !pollWindow.oldest(run.time().now()).isBefore(open.maxtime());
        if (outlived && !run.time().isProven()) {
            throw RefusedException.operator(unproven(open, run.time()));
        }
        if (outlived && pending.isEmpty()) {
            run.listener().gap();
            LOG.warn("Duo no longer keeps anything of the open window {}: what was not read of it is lost.", open);
            state.closeWindow();
            openNext(run, Optional.of(state.checkpoint()));
            return;
        }
        run.read(open);
        pending.ifPresent(run::recover);
        if (outlived) {
            // Its batch may still be in the bucket, and is asked for there; Duo cannot be asked any more.
            run.outlived();
        }
    }

    /** Says why a window is not given up by this machine's clock alone. */
    static String unproven(Window open, RunTime time) {
        return "It is " + time.now()
                + " by this machine's clock, and then Duo no longer keeps anything of the open window "
                + open
                + ". S3's clock does not stand behind that (s3.clock=ignore, or its answer has no Date), and nothing is"
                + " given up by one clock alone. Set the clock right; if it is right, run state set-through with a time that"
                + " Duo still keeps.";
    }

    /** A range is one window, and none follows it: what lies after is the collector's. */
    private void openRange(Run run, Optional<Checkpoint> checkpoint, TimeRange range) {
        if (checkpoint.isPresent()) {
            run.rangeDone();
            return;
        }
        Window window = Window.unread(range.from(), range.to(), pollWindow.limit());
        state.openWindow(window);
        run.read(window);
    }
}
