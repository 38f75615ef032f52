// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.sink.ObjectKey;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.source.DuoPage;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.PollWindow;
import dev.duocollector.state.Window;
import dev.duocollector.steps.DryEndpoints;
import dev.duocollector.text.Count;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;

/**
 * Reads the state and one page as the next run would, and writes nothing: no window is opened, and the page is asked for once,
 * without a retry. The operator's steps see the page's new events, and what they would deliver elsewhere is not delivered.
 */
public final class DryRun {

    private final CamelContext camel;
    private final Stream stream;
    private final DrySteps steps;

    private DryRun(Stream stream, CamelContext camel, DryEndpoints endpoints, boolean show) {
        this.camel = camel;
        this.steps = new DrySteps(camel, stream.source(), endpoints, show);
        this.stream = stream;
    }

    /**
     * What was found.
     *
     * @param outcome {@code DONE} if the page could be read or there is nothing to read
     * @param lines what to tell, without a secret or a phone number
     */
    public record Result(RunOutcome outcome, List<String> lines) {}

    /**
     * Looks, in a context that has the collector's beans and the routes duo-page and event-steps.
     *
     * @param endpoints as registered in the context before its routes were made
     * @param show whether lines may hold personal data
     */
    public static Result make(Stream stream, CamelContext camel, DryEndpoints endpoints, boolean show) {
        return new DryRun(stream, camel, endpoints, show).make();
    }

    private Result make() {
        List<String> lines = new ArrayList<>();
        try {
            RunTime time = stream.times().open(stream.state());
            Optional<Checkpoint> checkpoint = stream.state().current();
            if (checkpoint.isEmpty()) {
                stream.firstRun().doubt(stream.state().answer()).ifPresent(doubt -> {
                    throw RefusedException.operator(doubt);
                });
            }
            Optional<Window> window = window(checkpoint, time, lines);
            return window.isPresent() ? read(window.get(), lines) : new Result(RunOutcome.DONE, lines);
        } catch (RuntimeException e) {
            return failed(e, new DefaultExchange(camel));
        }
    }

    /** Returns what the next run would read, as {@link OpenRun} and {@link PageQuery} decide it. */
    private Optional<Window> window(Optional<Checkpoint> checkpoint, RunTime time, List<String> lines) {
        Instant now = time.now();
        PollWindow pollWindow = stream.pollWindow();
        Instant oldest = pollWindow.oldest(now);
        Optional<Window> open = checkpoint.flatMap(Checkpoint::openWindow);
        checkpoint
                .flatMap(Checkpoint::pendingBatch)
                .ifPresent(batch -> lines.add("First the next run looks for " + batch.objectKey()
                        + ", which an earlier run declared, and stores it if it is not there."));
        if (open.isPresent() && oldest.isBefore(open.get().maxtime())) {
            Window window = open.get();
            lines.add("Window " + window + ", open since an earlier run; its page " + window.page() + " is next.");
            return Optional.of(pollWindow.isTooOld(window.mintime(), now) ? window.startingAt(oldest) : window);
        }
        if (open.isPresent() && !time.isProven()) {
            throw RefusedException.operator(OpenRun.unproven(open.get(), time));
        }
        open.ifPresent(window -> lines.add(
                "Duo no longer keeps anything of the open window " + window + ": what was not read of it is lost."));
        Optional<PollWindow.Next> next = checkpoint.isEmpty()
                ? stream.firstRun().window(pollWindow, now)
                : pollWindow.next(open.isPresent() ? closed(checkpoint) : checkpoint.get(), now);
        if (next.isEmpty()) {
            lines.add("Nothing to read yet"
                    + checkpoint
                            .map(known -> ": collected through " + known.committedThrough())
                            .orElse("")
                    + ".");
            return Optional.empty();
        }
        next.get()
                .gap()
                .ifPresent(gap ->
                        lines.add("Duo no longer keeps " + gap + ": no event of that time can be collected any more."));
        lines.add("Window " + next.get().window() + ", "
                + (checkpoint.isPresent() ? "which follows the last one." : "the first one."));
        return Optional.of(next.get().window());
    }

    private static Checkpoint closed(Optional<Checkpoint> expired) {
        Checkpoint checkpoint = expired.orElseThrow();
        return (checkpoint.pendingBatch().isPresent() ? checkpoint.settled() : checkpoint).closed();
    }

    private Result read(Window window, List<String> lines) {
        if (window.finished()) {
            lines.add("All its pages are read; the next run commits it.");
            return new Result(RunOutcome.DONE, lines);
        }
        Exchange done = DuoProbe.send(stream, camel, window, window.cursor());
        if (done.getException() != null) {
            return failed(done.getException(), done);
        }
        DuoPage page = done.getMessage().getBody(DuoPage.class);
        List<DuoEvent> fresh = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        List<Instant> times = new ArrayList<>();
        for (DuoEvent event : page.events()) {
            if (!stream.state().contains(event.eventKey()) && keys.add(event.eventKey())) {
                fresh.add(event);
            }
            event.ts().ifPresent(times::add);
        }
        lines.add("One page of it: " + Count.of(page.events().size(), "event") + ", " + fresh.size() + " of them new"
                + (times.isEmpty()
                        ? ""
                        : ", the first of " + times.get(0) + ", the last of " + times.get(times.size() - 1))
                + ".");
        lines.add(page.nextOffset().isPresent() ? "More pages may follow." : "No page follows.");
        if (!fresh.isEmpty()) {
            try {
                lines.addAll(steps.lines(
                        fresh,
                        ObjectKey.of(
                                        stream.settings().log().prefix(),
                                        stream.settings().log().duoLog(),
                                        window.maxtime(),
                                        window.page(),
                                        keys,
                                        stream.settings().log().get(SettingTable.COMPRESSION))
                                .value()));
            } catch (Exception e) { // what a step throws
                return failed(e, done);
            }
        }
        return new Result(RunOutcome.DONE, lines);
    }

    private Result failed(Exception failure, Exchange exchange) {
        RunFailure explained = new RunFailure.Explainer(stream.settings()).explain(failure, exchange);
        return new Result(explained.outcome(), List.of(explained.withoutPromise()));
    }
}
