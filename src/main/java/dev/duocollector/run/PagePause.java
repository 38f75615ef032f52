// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.SettingTable;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes a run between two pages, and leaves it after the pause that Duo's pace asks for: Duo allows about two log requests a
 * minute (<a href="https://github.com/duosecurity/duo_client_python/issues/101">Duo's staff on the limits</a>, read
 * 2026-11-23). A page shorter than the limit is the last one but for an empty one, which is asked for at once. A program that
 * stops reads no further page, unless it is in the middle of finding a batch in doubt: half of that would be stored as the
 * whole. At that pace a first run over months takes hours, so it says now and then how far it is.
 */
public final class PagePause implements Processor {

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        Pause pause = run.stream().pause();
        run.stream().progress().report(run, System.nanoTime());
        if (run.isMore() && run.pageFull()) {
            run.stream().await(run.stream().settings().log().get(SettingTable.PAGE_PAUSE));
        }
        if (pause.isStopping() && !run.isRecovering()) {
            run.enough();
        }
        run.show(exchange);
    }
}
