// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.LogSettings;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.StreamName;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.sink.S3Listing;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.PollWindow;
import dev.duocollector.state.S3StateStore;
import dev.duocollector.state.StateRefusedException;
import dev.duocollector.state.Window;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Tells whether a range may be read now. What a back-fill must keep away from is whatever another run may write at the same
 * time, since neither would see the other's events: the time that the collector still reads, and that of a back-fill which was
 * begun and not finished. Reads states, and writes nothing.
 */
public final class RangeGuard {

    /**
     * How much earlier than duo.lookback before now a collector's first window can begin while its state is not written yet:
     * it may have been opened 5 minutes ago, by clocks 5 minutes apart, and its write, tried again, may still be under way.
     */
    private static final Duration FIRST_WINDOW = Duration.ofMinutes(20);

    private final S3Client s3;
    private final Settings settings;
    private final RunTimes times;
    private final Clock clock;
    private @Nullable RunTime time;

    public RangeGuard(S3Client s3, Settings settings, Clock clock, Ticker ticker) {
        this.s3 = s3;
        this.settings = settings;
        this.times = new RunTimes(settings, clock, ticker, new ClockWatch(line -> {}));
        this.clock = clock;
    }

    /** Returns the guard of the range that the settings of a stream have. */
    public static RangeGuard of(Stream stream) {
        return new RangeGuard(stream.s3(), stream.settings(), stream.clock(), stream.ticker());
    }

    /**
     * Returns how far a back-fill of the range has come: empty if it has not begun.
     *
     * @throws RefusedException if it may neither begin nor continue, or S3 cannot be asked
     */
    public Optional<Checkpoint> backfill() {
        Optional<Checkpoint> own = checkpoint(settings.log().stateKey());
        refuseUnshown();
        Optional<Window> open = own.flatMap(Checkpoint::openWindow);
        if (own.isPresent() && open.isEmpty()) {
            return own;
        }
        refuseExpired(open.isEmpty() ? range().from() : range().to(), open.isEmpty() ? "--from" : "--to");
        if (own.isEmpty() || isUnread(own.get())) {
            // One that is being read kept away from these, and they move away from it.
            refuseTheCollectors();
            refuseOthers();
        }
        return own;
    }

    /** Of two that were begun at the same time, neither has read anything yet. */
    private static boolean isUnread(Checkpoint own) {
        return own.pendingBatch().isEmpty()
                && own.openWindow()
                        .filter(open -> open.cursor().equals(Cursor.START) && open.page() == 1)
                        .isPresent();
    }

    /**
     * Looks once more, when the back-fill's state has just been written: what began at the same time has either been seen
     * before, or is seen now. Of two that meet, both stop.
     *
     * @throws RefusedException if there is something to keep away from, or S3 cannot be asked
     */
    public void begun() {
        try {
            refuseTheCollectors();
            refuseOthers();
        } catch (RefusedException e) {
            throw new RefusedException(
                    e.outcome(),
                    e.getMessage()
                            + " Nothing was stored yet; if this back-fill is not to be finished, delete its state, s3://"
                            + settings.account().bucket() + "/" + settings.log().stateKey() + ".");
        }
    }

    /**
     * Looks whether Duo and the bucket can be compared over the range.
     *
     * @throws RefusedException if not, or if S3 cannot be asked
     */
    public void verify() {
        Optional<Checkpoint> collector = checkpoint(settings.log().collectorStateKey());
        refuseUnshown();
        refuseExpired(range().from(), "--from");
        if (collector.isPresent() && range().to().isAfter(collector.get().committedThrough())) {
            throw RefusedException.operator("--to is " + range().to() + ", and the collector has collected through "
                    + collector.get().committedThrough()
                    + ": what lies after is not in the bucket yet. Set --to to that time or earlier.");
        }
    }

    private void refuseUnshown() {
        Instant shown = PollWindow.of(settings).shownThrough(now());
        if (range().to().isAfter(shown)) {
            throw RefusedException.operator("--to is " + range().to() + ", and Duo shows events up to " + shown
                    + " (now minus duo.lag) only. Set --to to that time or earlier.");
        }
    }

    private void refuseExpired(Instant time, String option) {
        Instant oldest = PollWindow.of(settings).oldest(now());
        if (time.isBefore(oldest)) {
            throw RefusedException.operator(option + " is " + time
                    + ", and Duo keeps its log for 180 days (here 179 days and 23 hours): since " + oldest + ". Set "
                    + option + " to that time or later; what lies before cannot be read any more.");
        }
    }

    private void refuseTheCollectors() {
        Optional<Checkpoint> collector = checkpoint(settings.log().collectorStateKey());
        Instant from = collector
                .map(RangeGuard::collectsFrom)
                .orElse(now().minus(settings.log().lookback())
                        .minus(FIRST_WINDOW)
                        .truncatedTo(ChronoUnit.MILLIS));
        if (range().to().isBefore(from)) {
            return;
        }
        String last = "Set --to to " + from.minusMillis(1) + " or earlier";
        throw RefusedException.operator(
                collector.isPresent()
                        ? "--to is " + range().to() + ", and the collector itself still reads what lies after " + from
                                + " (its last window less duo.overlap): both would write the same events. " + last
                                + ", or wait until the collector has come further."
                        : "--to is " + range().to() + ", and a collector that starts now may begin at " + from
                                + " (duo.lookback and " + FIRST_WINDOW.toMinutes()
                                + " minutes ago; there is no state at s3://"
                                + settings.account().bucket() + "/"
                                + settings.log().collectorStateKey() + "): both would write the same events. " + last
                                + ", or let the collector make its first run before. Where none will ever run,"
                                + " a shorter duo.lookback helps.");
    }

    /** Returns the first instant that the collector may still read, with whatever duo.overlap: as far as it has keys. */
    private static Instant collectsFrom(Checkpoint collector) {
        return collector
                .openWindow()
                .map(Window::mintime)
                .filter(collector.keysFrom()::isAfter)
                .orElse(collector.keysFrom());
    }

    private void refuseOthers() {
        Optional<Unfinished> other = unfinished(range()::overlaps);
        if (other.isPresent()) {
            throw RefusedException.operator(other.get().refusal("has times in common with this one"));
        }
    }

    /**
     * Refuses a checkpoint with which the collector would read a time that a back-fill is still to write.
     *
     * @throws RefusedException if there is such a back-fill, or S3 cannot be asked
     */
    public void refuseUnfinishedBeside(Checkpoint collector) {
        Instant from = collectsFrom(collector);
        Optional<Unfinished> other = unfinished(begun -> !begun.to().isBefore(from));
        if (other.isPresent()) {
            throw RefusedException.operator(other.get().refusal("the collector would read from " + from + " on"));
        }
    }

    /**
     * Returns the states of all back-fills of the log by their keys, each with its ETag: {@link #begunSince} tells by them what
     * has happened meanwhile.
     *
     * @throws RefusedException if S3 cannot be asked
     */
    public Map<String, String> backfills() {
        LogSettings log = settings.log();
        Map<String, String> states = new TreeMap<>();
        return S3Listing.under(s3, settings.account().bucket(), log.rangeStates(), found -> {
            found.filter(object -> log.rangeOfState(object.key()).isPresent())
                    .forEach(object -> states.put(object.key(), object.eTag()));
            return states;
        });
    }

    /**
     * Returns the state of a back-fill that has written since, of a time that the collector would read again by a checkpoint.
     * Whoever writes the checkpoint looks before and after: a back-fill that begins looks at it after writing its own.
     *
     * @param before what {@link #backfills} returned before the bucket was read
     * @throws RefusedException if S3 cannot be asked
     */
    public Optional<String> begunSince(Map<String, String> before, Checkpoint collector) {
        Instant from = collectsFrom(collector);
        return backfills().entrySet().stream()
                .filter(state -> !state.getValue().equals(before.get(state.getKey())))
                .map(Map.Entry::getKey)
                .filter(key -> !rangeOf(key).to().isBefore(from))
                .map(this::place)
                .findFirst();
    }

    /** Returns the first back-fill of such a time that was begun and is not done. */
    private Optional<Unfinished> unfinished(Predicate<TimeRange> meeting) {
        return backfills().keySet().stream()
                .filter(key -> !key.equals(settings.log().stateKey()))
                .filter(key -> meeting.test(rangeOf(key)))
                .filter(key -> checkpoint(key).flatMap(Checkpoint::openWindow).isPresent())
                .map(key -> new Unfinished(rangeOf(key), place(key), StreamName.options(settings)))
                .findFirst();
    }

    private TimeRange rangeOf(String state) {
        return settings.log().rangeOfState(state).orElseThrow();
    }

    private String place(String key) {
        return "s3://" + settings.account().bucket() + "/" + key;
    }

    /** A back-fill that was begun and is not done, where its state lies, and the options that name its stream. */
    private record Unfinished(TimeRange range, String state, String options) {

        /** @param conflict what it has in common with what was asked for */
        String refusal(String conflict) {
            return "A back-fill of " + range + " was begun and is not done, and " + conflict
                    + ": both would write the same events. Finish it with backfill" + options + " --from "
                    + range.from() + " --to "
                    + range.to() + (range.skipExisting() ? "" : " --no-skip-existing")
                    + ", or give it up by deleting its state, " + state + ".";
        }
    }

    private Instant now() {
        if (time == null) {
            throw new IllegalStateException("The time comes with a state, which has not been asked for");
        }
        return time.now();
    }

    private TimeRange range() {
        return settings.log().range().orElseThrow();
    }

    private Optional<Checkpoint> checkpoint(String key) {
        S3StateStore store = new S3StateStore(s3, settings.account().bucket(), key);
        CollectorState state =
                new CollectorState(store, settings.owner(), settings.log().get(SettingTable.OVERLAP), clock);
        try {
            time = times.open(state);
            return state.current();
        } catch (StateRefusedException e) {
            if (settings.log().rangeOfState(key).isEmpty()) {
                throw e;
            }
            throw new RefusedException(
                    e.outcome(),
                    e.getMessage()
                            + " It is a back-fill's: what that has stored stays. Delete it, and begin that back-fill again.",
                    e);
        }
    }
}
