// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.LogSettings;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.sink.ObjectKey;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.source.DuoPage;
import dev.duocollector.source.RequestOutcome;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.Window;
import dev.duocollector.text.Count;
import dev.duocollector.text.Log;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes a {@link DuoPage}, and leaves a list of the events that no run has delivered yet. What they amount to as a batch
 * is noted in the {@link Run}, before any operator's step, so that a dropped or changed event counts as seen.
 */
public final class DropSeen implements Processor {

    private static final Log LOG = Log.of(DropSeen.class);

    /** Goes into the digest of a batch that is written again, since its old object may have everything else in common with it. */
    private static final String AGAIN = "again";

    /** No offset of Duo's has been seen with more than 50; the state holds it, and is read within bounds. */
    private static final int OFFSET_CHARS_MAX = 4096;

    /** A million events of one millisecond at Duo's largest page; a first run may take days, so time is no bound. */
    private static final int PAGES_WITHOUT_PROGRESS_MAX = 1000;

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        DuoPage page = exchange.getMessage().getBody(DuoPage.class);
        run.listener().answered(RequestOutcome.SUCCESS);
        Stream stream = run.stream();
        CollectorState state = stream.state();
        Window window = state.checkpoint().openWindow().orElseThrow();
        Cursor next = next(page, run);
        if (next.position() == Cursor.Position.END) {
            tellWithheld(run);
        }
        Map<String, Instant> keys = new HashMap<>();
        List<DuoEvent> fresh = new ArrayList<>(page.events().size());
        Set<String> there = stream.inBucket().among(page.events());
        for (DuoEvent event : page.events()) {
            Instant ts = time(event, window, run);
            boolean seen = state.meet(event.eventKey(), ts) || there.contains(event.eventKey());
            if (!seen && keys.putIfAbsent(event.eventKey(), ts) == null) {
                fresh.add(event);
            }
        }
        run.listener().pageRead(page.events().size(), page.events().size() - fresh.size(), page.bytes());
        run.startBatch(batch(stream, window, keys, next));
        run.current().counts(fresh);
        // What is asked for once more is asked for after the pause.
        boolean full = page.events().size() >= window.limit() || next.equals(run.cursor());
        run.pageRead(next, full, page.events().size() - fresh.size());
        exchange.getMessage().setBody(fresh);
        run.show(exchange);
    }

    /** Returns what a page's new events amount to; a page without any has no object. */
    private static Batch batch(Stream stream, Window window, Map<String, Instant> keys, Cursor next) {
        if (keys.isEmpty()) {
            return new Batch("", keys, next);
        }
        Set<String> named = keys.keySet();
        if (stream.range().filter(range -> !range.skipExisting()).isPresent()) {
            named = new HashSet<>(named);
            named.add(AGAIN);
        }
        LogSettings settings = stream.settings().log();
        ObjectKey key = ObjectKey.of(
                settings.prefix(),
                settings.duoLog(),
                window.maxtime(),
                window.page(),
                named,
                settings.get(SettingTable.COMPRESSION));
        String udmKey =
                settings.udmPrefix().map(key::under).map(ObjectKey::value).orElse("");
        return new Batch(key.value(), udmKey, keys, next);
    }

    /** Counts a page, and returns where reading continues: with itself, if it is the last and Duo gave less than it said. */
    public static Cursor next(DuoPage page, Run run) {
        Cursor next = cursorAfter(page, run);
        run.reading().tally().given(run.cursor(), page);
        if (next.position() != Cursor.Position.END || !run.reading().tally().asksAgain()) {
            return next;
        }
        LOG.info(
                "Duo said that the window {} holds {} more than it gave; its last page is asked for once more.",
                run.window(),
                Count.of(run.reading().withheld(), "event"));
        return run.cursor();
    }

    private static void tellWithheld(Run run) {
        long withheld = run.reading().withheld();
        if (withheld > 0) {
            run.listener().missing((int) Math.min(withheld, Integer.MAX_VALUE));
            LOG.warn(
                    "Duo said that the window {} holds {} more than it gave, also when its last page was asked for once"
                            + " more. Compare the time with verify once it is past.",
                    run.window(),
                    Count.of(withheld, "event"));
        }
    }

    /** Returns where reading continues after a page, the same for a first reading and for a recovery. */
    public static Cursor cursorAfter(DuoPage page, Run run) {
        if (page.nextOffset().isEmpty()) {
            return Cursor.END;
        }
        String offset = page.nextOffset().get();
        if (offset.length() > OFFSET_CHARS_MAX) {
            throw RefusedException.operator(
                    "Duo gave a next_offset of " + offset.length() + " characters in the window "
                            + run.window() + "; at most " + OFFSET_CHARS_MAX
                            + " are taken. Nothing of this page was stored; the next"
                            + " run asks again. If it stays so, report it to Duo with this line.");
        }
        if (run.reading().pagesWithoutProgress() >= PAGES_WITHOUT_PROGRESS_MAX) {
            throw RefusedException.operator(
                    "Duo gave " + run.reading().pagesWithoutProgress() + " pages in a row in the window "
                            + run.window()
                            + " without an event later than before, which would be read for ever. What came before is"
                            + " stored, and the window is not committed; the next run asks again. If it stays so, report it to Duo"
                            + " with this line.");
        }
        if (run.reading().hasSent(offset)) {
            throw RefusedException.operator(
                    "Duo gave the next_offset " + offset + " twice in the window " + run.window()
                            + ", which would be read for ever. Nothing of this page was stored; the next run asks again."
                            + " If it stays so, report it to Duo with this line.");
        }
        return Cursor.after(offset);
    }

    private static Instant time(DuoEvent event, Window window, Run run) {
        if (event.ts().isEmpty()) {
            return window.maxtime();
        }
        Instant ts = Checkpoint.toMillis(event.ts().get());
        run.reading().saw(ts);
        Instant keysFrom = run.stream().state().checkpoint().keysFrom();
        if (event.latestTs().orElseThrow().isBefore(keysFrom)) {
            throw RefusedException.operator("Duo gave an event of " + ts + ", and in the window " + window
                    + ", oldest first, only events from " + keysFrom
                    + " on can still come. Whether it was collected before"
                    + " is not known any more, so nothing of this page was stored; the next run asks again. If it stays so,"
                    + " see OPERATIONS, \"Duo's pages do not fit\", for how to recover, and report it to Duo with this"
                    + " line.");
        }
        Instant last = window.maxtime().plus(laterBy(run.stream()));
        if (ts.isAfter(last)) {
            throw RefusedException.operator("Duo gave an event of " + ts + ", and in the window " + window
                    + " was asked for none after " + window.maxtime()
                    + ". Whether a later window has it would not be known, so nothing of this page was stored; the next run"
                    + " asks again. If it stays so, see OPERATIONS, \"Duo's pages do not fit\", for how to recover, and report"
                    + " it to Duo with this line.");
        }
        run.reading().reached(ts);
        // A key that is dated earlier than its event would be forgotten too early, and one after maxtime is from the
        // future.
        return event.isToTheSecond() || ts.isAfter(window.maxtime()) ? window.maxtime() : ts;
    }

    /**
     * How far after its maxtime a window may show an event. Its key, dated maxtime, is kept until an overlap later is read, and
     * so until the event shows again. What a back-fill reads has an end, behind which others collect.
     */
    private static Duration laterBy(Stream stream) {
        return stream.range().isPresent()
                ? Duration.ZERO
                : stream.settings().log().get(SettingTable.OVERLAP);
    }
}
