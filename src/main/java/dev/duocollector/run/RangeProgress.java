// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.text.Count;
import dev.duocollector.text.Log;
import dev.duocollector.text.Terminal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reports how far a window is read: after each page on a terminal; in the log once a minute for a fixed range, where there is
 * no terminal, and every ten minutes for a run. The time left is what the rest takes at the pace, in time of the window,
 * since the first page. One window at a time.
 */
final class RangeProgress {

    private static final Log LOG = Log.of(RangeProgress.class);

    static final Duration EVERY = Duration.ofMinutes(1);

    /** How often a run that takes long says how far it is; an ordinary one is over before. */
    static final Duration RUN_EVERY = Duration.ofMinutes(10);

    private final boolean fixed;
    private final Terminal terminal = new Terminal();
    private @Nullable Run run;
    private @Nullable Instant firstReached;
    private long firstNanos;
    private int firstEvents;
    private long lineNanos;

    /** @param fixed whether a fixed range is read, which somebody waits for, instead of what follows the last run */
    RangeProgress(boolean fixed) {
        this.fixed = fixed;
    }

    /** Reports a run after a page. */
    void report(Run run, long nowNanos) {
        Instant reached = run.reached();
        if (!run.isMore()) {
            terminal.clear();
        }
        if (reached == null || !run.isMore()) {
            return;
        }
        if (this.run != run) {
            this.run = run;
            firstReached = reached;
            firstNanos = nowNanos;
            firstEvents = events(run);
            lineNanos = nowNanos;
        }
        boolean due = nowNanos - lineNanos >= (fixed ? EVERY : RUN_EVERY).toNanos();
        if (due) {
            lineNanos = nowNanos;
        }
        if (due && !fixed) {
            LOG.info("Still reading, now at {}; window {}.", reached, CloseRun.done(run));
        }
        if (terminal.isWatched()) {
            terminal.show(line(run, reached, nowNanos));
        } else if (due && fixed) {
            LOG.info("{}.", line(run, reached, nowNanos));
        }
    }

    /** Such as {@code 62% read, at 2026-11-03T04:05:06Z, 12,000 events, 1,990 a minute, 80 min left}. */
    String line(Run run, Instant reached, long nowNanos) {
        Duration whole = Duration.between(run.window().mintime(), run.window().maxtime());
        Duration read = Duration.between(run.window().mintime(), reached);
        Duration taken = Duration.ofNanos(nowNanos - firstNanos);
        Duration readSince = Duration.between(firstReached, reached);
        String pace = "";
        if (taken.toMillis() > 0 && readSince.toMillis() > 0) {
            double rest = Duration.between(reached, run.window().maxtime()).toMillis();
            double left = taken.toMillis() / 1000.0 * (rest / readSince.toMillis());
            pace = String.format(
                    Locale.ROOT,
                    ", %,d a minute, %s left",
                    (events(run) - firstEvents) * 60_000L / taken.toMillis(),
                    time((long) left));
        }
        return String.format(
                Locale.ROOT,
                "%d%% read, at %s, %s%s",
                Math.max(0, 100 * read.toMillis() / whole.toMillis()),
                reached.truncatedTo(ChronoUnit.SECONDS),
                Count.grouped(events(run), "event"),
                pace);
    }

    private static int events(Run run) {
        return run.tally().settled() + run.tally().duplicates();
    }

    private static String time(long seconds) {
        if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7200 ? seconds / 60 + " min" : String.format(Locale.ROOT, "%.1f h", seconds / 3600.0);
    }
}
