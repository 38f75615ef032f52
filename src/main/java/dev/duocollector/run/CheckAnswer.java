// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.LogSettings;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.source.DuoPage;
import dev.duocollector.source.RequestOutcome;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.Window;
import dev.duocollector.text.Log;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes a page, and leaves in the exchange variable {@value #USABLE} whether it is to be used. The first answer to a window
 * that is not written yet is compared with Duo's own time, which its {@code Date} gives. A window
 * that ends later than Duo shows events is asked for once more, with the end that Duo's time allows: what came is not used,
 * and counts as no page. The window of a range is never shortened; it is written here, and then it is asked once more whether
 * another one has been written meanwhile.
 */
public final class CheckAnswer implements Processor {

    /** The exchange variable that tells whether a page is to be used. */
    static final String USABLE = "usable";

    private static final Log LOG = Log.of(CheckAnswer.class);

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        DuoPage page = exchange.getMessage().getBody(DuoPage.class);
        boolean usable = true;
        Stream stream = run.stream();
        PageQuery.compareClocks(exchange, stream, page.answeredAt());
        if (run.reading().isFirstAnswer() && !stream.state().isWindowWritten()) {
            Duration lag = stream.settings().log().get(SettingTable.LAG);
            Optional<Instant> shown = page.answeredAt().map(at -> at.minus(lag).truncatedTo(ChronoUnit.MILLIS));
            usable = stream.range().isPresent() ? begins(stream, stream.range().get(), shown) : isWithin(run, shown);
        }
        if (usable) {
            run.reading().answered();
        } else {
            run.listener().answered(RequestOutcome.SUCCESS);
        }
        exchange.setVariable(USABLE, usable);
        run.show(exchange);
    }

    private static boolean isWithin(Run run, Optional<Instant> shown) {
        CollectorState state = run.stream().state();
        if (!state.isWindowInTime()) {
            LOG.info(
                    "The first answer to the window {} took more than {} minutes, or a back-fill was begun meanwhile; it is opened"
                            + " again.",
                    run.window(),
                    OpenRun.FIRST_MAX.toMinutes());
            run.noWindow();
            state.dropWindow();
            OpenRun.openWindow(run, null);
            run.askAgain();
            return false;
        }
        Window window = run.window();
        if (shown.isEmpty() || !window.maxtime().isAfter(shown.get())) {
            run.takeGap().ifPresent(gap -> {
                run.listener().gap();
                LOG.warn("Duo no longer keeps {}: no event of that time can be collected any more.", gap);
            });
            return true;
        }
        Instant end = shown.get();
        Instant committed = state.checkpoint().committedThrough();
        Instant from = committed.isAfter(window.mintime()) ? committed : window.mintime();
        if (end.isBefore(from.plus(LogSettings.WINDOW_MIN))) {
            run.noWindow();
            state.dropWindow();
            return false;
        }
        if (!run.shortened()) {
            throw RefusedException.operator(
                    "Duo's clock goes back: the window " + window
                            + " had been made to end in time, and now Duo shows events up to " + end
                            + " only. Nothing was stored; the next run asks again. If it stays so, report it to Duo with this line.");
        }
        LOG.debug("The window {} ends at {}, the last time of which Duo shows events.", window, end);
        state.endWindowAt(end);
        run.read(state.checkpoint().openWindow().orElseThrow());
        run.askAgain();
        return false;
    }

    private static boolean begins(Stream stream, TimeRange asked, Optional<Instant> shown) {
        if (shown.isPresent() && asked.to().isAfter(shown.get())) {
            throw RefusedException.operator("--to is " + asked.to() + ", and Duo, by its own clock, shows events up to "
                    + shown.get() + " (less duo.lag) only. Nothing was written. Set --to to that time or earlier.");
        }
        stream.state().writeWindow();
        RangeGuard.of(stream).begun();
        return true;
    }
}
