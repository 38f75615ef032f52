// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.source.DuoEvent;
import dev.duocollector.source.DuoPage;
import dev.duocollector.source.RequestOutcome;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.Window;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes a page of a recovery, and leaves the events of the pending batch that were found so far. Events that Duo showed late
 * may have joined and pushed some to a later page, so it reads on until every event key is found, or the pages are past the
 * last one's time.
 */
public final class CollectPending implements Processor {

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        Batch pending = run.batch();
        DuoPage page = exchange.getMessage().getBody(DuoPage.class);
        run.listener().answered(RequestOutcome.SUCCESS);
        Cursor next = DropSeen.cursorAfter(page, run);
        for (DuoEvent event : page.events()) {
            event.ts().ifPresent(run.reading()::saw);
            if (pending.eventKeys().containsKey(event.eventKey())) {
                run.current().givenAgain(event);
            }
        }
        run.listener().pageRead(page.events().size(), 0, page.bytes());
        run.pageRead(next, page.events().size() >= run.window().limit(), 0);
        if (run.current().missing() == 0 || isPast(page.events(), latestReadable(pending, run.window()))) {
            run.enough();
        }
        List<DuoEvent> found = run.current().givenAgain();
        run.current().counts(found);
        exchange.getMessage().setBody(found);
        run.show(exchange);
    }

    /** An event without a readable time is dated its window's end, which says nothing of where it comes. */
    private static Optional<Instant> latestReadable(Batch pending, Window window) {
        return pending.eventKeys().values().stream()
                .filter(ts -> ts.isBefore(window.maxtime()))
                .max(Instant::compareTo);
    }

    private static boolean isPast(List<DuoEvent> events, Optional<Instant> last) {
        return last.isPresent()
                && !events.isEmpty()
                && events.get(events.size() - 1)
                        .ts()
                        .filter(ts -> Checkpoint.toMillis(ts).isAfter(last.get()))
                        .isPresent();
    }
}
