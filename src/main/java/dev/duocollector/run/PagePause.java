// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Keeps the pace between two pages: Duo allows about two log requests a minute
 * (<a href="https://github.com/duosecurity/duo_client_python/issues/101">Duo's staff on the limits</a>, read 2026-11-23). A
 * page shorter than the limit is the last one but for an empty one, which is asked for at once. A program that stops reads no
 * further page, unless it is in the middle of finding a batch in doubt: half of that would be stored as the whole. At that
 * pace a first run over months takes hours, so it says now and then how far it is.
 */
public final class PagePause implements Processor {

    private final Pause pause;
    private final Duration duration;
    private final RangeProgress progress;

    public PagePause(Pause pause, Settings settings) {
        this.pause = pause;
        this.duration = settings.log().get(SettingTable.PAGE_PAUSE);
        this.progress = new RangeProgress(settings.log().range().isPresent());
    }

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        progress.tell(run, System.nanoTime());
        if (run.isMore() && run.pageFull()) {
            pause.await(duration);
        }
        if (pause.isStopping() && !run.isRecovering()) {
            run.enough();
        }
        run.show(exchange);
    }
}
