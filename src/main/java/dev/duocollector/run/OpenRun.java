// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.source.DuoSource;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.PollWindow;
import dev.duocollector.state.Window;
import dev.duocollector.steps.RouteContract;
import dev.duocollector.text.Log;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Takes anything, and leaves the {@link Run} that begins in its exchange variable. Reads the state and with it the time, and
 * resumes the window that is open or opens the next one, in memory.
 */
public final class OpenRun implements Processor {

    /**
     * How long after its opening a first window may be written for the first time. A back-fill that begins meanwhile finds no
     * state, and keeps away from a window that would be opened then.
     */
    static final Duration FIRST_MAX = Duration.ofMinutes(5);

    /** After that, it is looked for such a back-fill again: with another duo.lookback, it does not keep away. */
    private static final Duration FIRST_ALONE = Duration.ofSeconds(2);

    private static final Log LOG = Log.of(OpenRun.class);

    @Override
    public void process(Exchange exchange) {
        Stream stream = Streams.named(exchange);
        exchange.setVariable(DuoSource.VARIABLE, stream.source());
        exchange.setVariable("log", stream.settings().log().duoLog().toString());
        exchange.setVariable("account", stream.settings().name());
        exchange.setVariable("bucket", stream.settings().account().bucket());
        Run run = new Run(stream);
        run.takeTurn();
        exchange.setVariable(Run.VARIABLE, run);
        run.nameLogLines();
        run.endWith(exchange);
        List<String> problems = RouteContract.problems(exchange.getContext());
        if (!problems.isEmpty()) {
            // Files that were loaded into a program that runs have not been looked at before.
            throw RefusedException.operator("Nothing was read: " + problems.get(0));
        }
        Optional<Checkpoint> checkpoint = checkpoint(run);
        checkpoint.map(Checkpoint::committedThrough).ifPresent(run.listener()::coveredThrough);
        Optional<Window> open = checkpoint.flatMap(Checkpoint::openWindow);
        if (open.isPresent() || checkpoint.isEmpty()) {
            stream.inBucket().read();
        }
        if (open.isPresent()) {
            resume(run, open.get(), checkpoint.flatMap(Checkpoint::pendingBatch));
        } else {
            openNext(run, checkpoint);
        }
        run.show(exchange);
    }

    private static void openNext(Run run, Optional<Checkpoint> checkpoint) {
        Optional<TimeRange> range = run.stream().range();
        if (range.isPresent()) {
            openRange(run, checkpoint, range.get());
        } else {
            openWindow(run, checkpoint.orElse(null));
        }
    }

    /**
     * Opens the window that a run reads next, unless there is nothing to read yet: in memory, since it is written only once Duo
     * has answered.
     *
     * @param checkpoint how far the log has been collected, null on a first run
     */
    static void openWindow(Run run, @Nullable Checkpoint checkpoint) {
        Stream stream = run.stream();
        Optional<PollWindow.Next> next = checkpoint == null
                ? stream.firstRun().window(stream.pollWindow(), run.time().now())
                : stream.pollWindow().next(checkpoint, run.time().now());
        if (next.isEmpty()) {
            return;
        }
        next.get().gap().ifPresent(run::gapBefore);
        if (checkpoint == null) {
            Ticker ticker = stream.ticker();
            long opened = ticker.nanos();
            Instant mintime = next.get().window().mintime();
            stream.state()
                    .openWindow(
                            next.get().window(),
                            () -> mayBeWritten(stream, mintime, Duration.ofNanos(ticker.nanos() - opened)));
        } else {
            stream.state().openWindow(next.get().window());
        }
        run.read(next.get().window());
    }

    /** Whether no back-fill reads what a first window, opened so long ago, would read as well. */
    private static boolean mayBeWritten(Stream stream, Instant mintime, Duration opened) {
        return opened.compareTo(FIRST_ALONE) <= 0
                || (opened.compareTo(FIRST_MAX) <= 0
                        && stream.firstRun()
                                .backfilled()
                                .filter(mintime::isBefore)
                                .isEmpty());
    }

    private static Optional<Checkpoint> checkpoint(Run run) {
        Stream stream = run.stream();
        run.began(stream.times().open(stream.state()));
        Optional<Checkpoint> checkpoint = stream.state().current();
        if (checkpoint.isPresent() || stream.range().isPresent()) {
            return checkpoint;
        }
        Optional<String> doubt = stream.firstRun().doubt(stream.state().answer());
        if (doubt.isEmpty()) {
            return checkpoint;
        }
        // Another collector's first run may have written both just now.
        run.began(stream.times().open(stream.state()));
        Optional<Checkpoint> now = stream.state().current();
        if (now.isEmpty()) {
            throw RefusedException.operator(doubt.get());
        }
        return now;
    }

    private static void resume(Run run, Window open, Optional<Batch> pending) {
        CollectorState state = run.stream().state();
        boolean expired = !run.stream().pollWindow().oldest(run.time().now()).isBefore(open.maxtime());
        if (expired && !run.time().isProven()) {
            throw RefusedException.operator(unproven(open, run.time()));
        }
        if (expired && pending.isEmpty()) {
            run.listener().gap();
            LOG.warn("Duo no longer keeps anything of the open window {}: what was not read of it is lost.", open);
            state.closeWindow();
            openNext(run, Optional.of(state.checkpoint()));
            return;
        }
        run.read(open);
        pending.ifPresent(run::recover);
        if (expired) {
            // Its batch may still be in the bucket, and is asked for there; Duo cannot be asked any more.
            run.expired();
        }
    }

    /** Says why a window is not given up by this machine's clock alone. */
    static String unproven(Window open, RunTime time) {
        return "It is " + time.now()
                + " by this machine's clock, and then Duo no longer keeps anything of the open window "
                + open
                + ". S3's clock does not confirm that (s3.clock=ignore, or its answer has no Date), and nothing is"
                + " given up by one clock alone. Set the clock right; if it is right, run state set-through with a time that"
                + " Duo still keeps.";
    }

    /** A range is one window, and none follows it: what lies after is the collector's. */
    private static void openRange(Run run, Optional<Checkpoint> checkpoint, TimeRange range) {
        if (checkpoint.isPresent()) {
            run.rangeDone();
            return;
        }
        Window window = Window.unread(
                range.from(), range.to(), run.stream().pollWindow().limit());
        run.stream().state().openWindow(window);
        run.read(window);
    }
}
