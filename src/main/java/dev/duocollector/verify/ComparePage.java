// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.verify;

import dev.duocollector.run.DropSeen;
import dev.duocollector.run.Run;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.source.DuoPage;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.Cursor;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes a page, and leaves it compared: looks for its events in what the bucket holds. */
public final class ComparePage implements Processor {

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        DuoPage page = exchange.getMessage().getBody(DuoPage.class);
        List<DuoEvent> events = page.events();
        Comparison.of(exchange).page(events);
        events.forEach(event -> event.ts().map(Checkpoint::toMillis).ifPresent(run.reading()::reached));
        events.forEach(event -> event.ts().ifPresent(run.reading()::saw));
        Cursor next = DropSeen.next(page, run);
        run.pageRead(next, events.size() >= run.window().limit() || next.equals(run.cursor()), events.size());
        run.show(exchange);
    }
}
