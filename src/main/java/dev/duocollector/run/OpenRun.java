// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.Settings;
import dev.duocollector.TimeRange;
import dev.duocollector.source.PollWindow;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.S3IdempotentRepository;
import dev.duocollector.state.Window;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins a run: reads the state, and takes up the window that is open or opens the next one, whose bounds are in the state
 * before its first page is asked for. Leaves the {@link Run} in its exchange variable.
 */
public final class OpenRun implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(OpenRun.class);

    private final S3IdempotentRepository repository;
    private final PollWindow pollWindow;
    private final Optional<TimeRange> range;
    private final InBucket inBucket;
    private final RunTimes times;
    private final RunListener listener;

    /** @param listener is told what the runs do */
    public OpenRun(
            S3IdempotentRepository repository,
            Settings settings,
            InBucket inBucket,
            Clock clock,
            Ticker ticker,
            RunListener listener) {
        this.repository = repository;
        this.pollWindow = PollWindow.of(settings);
        this.range = settings.range();
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
        Optional<Checkpoint> checkpoint = times.open(repository, run::began);
        Instant now = run.time().now();
        checkpoint.map(Checkpoint::committedThrough).ifPresent(run::coveredThrough);
        Optional<Window> open = checkpoint.flatMap(Checkpoint::openWindow);
        if (open.isPresent() || checkpoint.isEmpty()) {
            inBucket.read();
        }
        if (open.isPresent()) {
            takeUp(run, open.get(), checkpoint.flatMap(Checkpoint::pendingBatch), now);
        } else {
            openNext(run, checkpoint, now);
        }
        run.show(exchange);
    }

    private void takeUp(Run run, Window open, Optional<Batch> pending, Instant now) {
        boolean outlived = !pollWindow.oldest(now).isBefore(open.maxtime());
        if (outlived && pending.isEmpty()) {
            run.gap();
            LOG.warn("Duo no longer keeps anything of the open window {}: what was not read of it is lost.", open);
            repository.closeWindow();
            openNext(run, Optional.of(repository.checkpoint()), now);
            return;
        }
        run.read(open);
        pending.ifPresent(run::recover);
        if (outlived) {
            // Its batch may still be in the bucket, and is asked for there; Duo cannot be asked any more.
            run.outlived();
        }
    }

    private void openNext(Run run, Optional<Checkpoint> checkpoint, Instant now) {
        if (range.isPresent()) {
            openRange(run, checkpoint, range.get());
            return;
        }
        Optional<PollWindow.Next> next = pollWindow.next(checkpoint.orElse(null), now);
        if (next.isEmpty()) {
            return;
        }
        next.get().gap().ifPresent(gap -> {
            run.gap();
            LOG.warn("Duo no longer keeps {}: no event of that time can be collected any more.", gap);
        });
        repository.openWindow(next.get().window());
        run.coveredThrough(repository.checkpoint().committedThrough());
        run.read(next.get().window());
    }

    /** A range is one window, and none follows it: what lies after is the collector's. */
    private void openRange(Run run, Optional<Checkpoint> checkpoint, TimeRange range) {
        if (checkpoint.isPresent()) {
            run.rangeDone();
            return;
        }
        Window window = Window.unread(range.from(), range.to(), pollWindow.limit());
        repository.openWindow(window);
        run.read(window);
    }
}
