// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.Settings;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the pace between two pages: Duo allows about two log requests a minute
 * (<a href="https://github.com/duosecurity/duo_client_python/issues/101">Duo's staff on the limits</a>, read 2026-11-23). A
 * page shorter than the limit is the last one but for an empty one, which is asked for at once. A program that stops reads no
 * further page, unless it is in the middle of finding a batch in doubt: half of that would be stored as the whole. At that
 * pace a first run over months takes hours, so it says now and then how far it is.
 */
public final class PagePause implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(PagePause.class);

    /** How often a run that takes long says how far it is; an ordinary one is over before. */
    static final Duration PROGRESS_EVERY = Duration.ofMinutes(10);

    private final Pause pause;
    private final Duration duration;
    private final Optional<RangeProgress> rangeProgress;

    public PagePause(Pause pause, Settings settings) {
        this.pause = pause;
        this.duration = settings.pagePause();
        this.rangeProgress = settings.range().map(range -> new RangeProgress());
    }

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        if (rangeProgress.isPresent()) {
            rangeProgress.get().tell(run, System.nanoTime());
        } else if (run.isMore() && run.progressDue(System.nanoTime(), PROGRESS_EVERY)) {
            LOG.info("Still reading, now at {}; window {}.", run.reached(), CloseRun.done(run));
        }
        if (run.isMore() && run.pageFull()) {
            pause.await(duration);
        }
        if (pause.isStopping() && !run.isRecovering()) {
            run.enough();
        }
        run.show(exchange);
    }
}
