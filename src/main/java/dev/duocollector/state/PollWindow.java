// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.settings.LogSettings;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The rule that says which time is read next.
 *
 * @param lag how far a window's end stays behind now, beside the {@link LogSettings#WINDOW_MARGIN}: Duo shows events two minutes late, and an earlier question is answered
 *     with nothing (<a href="https://duo.com/docs/adminapi#telephony-logs">Admin API</a>, read 2026-11-23)
 * @param overlap how long before the end of one window the next begins, for events that Duo shows later still
 * @param lookback how far back the first window reaches
 * @param retention how far back Duo can be asked at all
 * @param limit events per page
 */
public record PollWindow(Duration lag, Duration overlap, Duration lookback, Duration retention, int limit) {

    /** How far a mintime may fall below the retention before it is raised; the retention stays an hour clear of Duo's bound. */
    private static final Duration GRACE = Duration.ofMinutes(30);

    public static PollWindow of(Settings settings) {
        return new PollWindow(
                settings.log().get(SettingTable.LAG),
                settings.log().get(SettingTable.OVERLAP),
                settings.log().lookback(),
                LogSettings.RETENTION,
                settings.log().get(SettingTable.PAGE_SIZE));
    }

    /** Time that can no longer be read: Duo dropped it before it was collected. */
    public record Gap(Instant from, Instant to) {
        @Override
        public String toString() {
            return from + ".." + to;
        }
    }

    /** What to read, with the gap before it if there is one. */
    public record Next(Window window, Optional<Gap> gap) {}

    /**
     * Returns the next window, or empty when its end would not be at least a second after what is committed: then there is
     * nothing to read yet, and what is committed never steps back, whatever the clock or the lag do.
     *
     * @param checkpoint how far the log is collected
     */
    public Optional<Next> next(Checkpoint checkpoint, Instant now) {
        Instant maxtime = end(now);
        Instant oldest = oldest(now);
        Instant committed = checkpoint.committedThrough();
        if (maxtime.isBefore(committed.plus(LogSettings.WINDOW_MIN))) {
            return Optional.empty();
        }
        Instant mintime = later(later(committed.minus(overlap), checkpoint.keysFrom()), oldest);
        Optional<Gap> gap = mintime.isAfter(committed) ? Optional.of(new Gap(committed, mintime)) : Optional.empty();
        return Optional.of(new Next(Window.unread(mintime, maxtime, limit), gap));
    }

    /**
     * Returns the first window, or empty when there is nothing to read yet.
     *
     * @param notBefore the earliest beginning, if there is one
     */
    public Optional<Next> first(Instant now, Optional<Instant> notBefore) {
        Instant oldest = oldest(now);
        Instant mintime = later(later(Checkpoint.toMillis(now.minus(lookback)), oldest), notBefore.orElse(oldest));
        Instant maxtime = end(now);
        return maxtime.isBefore(mintime.plus(LogSettings.WINDOW_MIN))
                ? Optional.empty()
                : Optional.of(new Next(Window.unread(mintime, maxtime, limit), Optional.empty()));
    }

    private Instant end(Instant now) {
        return shownThrough(now).minus(LogSettings.WINDOW_MARGIN);
    }

    /** Returns the time up to which Duo shows all events now. */
    public Instant shownThrough(Instant now) {
        return Checkpoint.toMillis(now.minus(lag));
    }

    /** Returns the oldest mintime that Duo accepts now. */
    public Instant oldest(Instant now) {
        // Rounded up: a fraction cut off would be before the bound.
        return Checkpoint.toMillis(now.minus(retention)).plusMillis(1);
    }

    /**
     * Returns whether Duo is about to refuse a mintime. This happens to a window that takes hours to read or is resumed
     * after days; it then begins at {@link #oldest}, which is good for a while.
     */
    public boolean isTooOld(Instant mintime, Instant now) {
        return mintime.isBefore(oldest(now).minus(GRACE));
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
