// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.sink.InBucket;
import dev.duocollector.source.DuoSource;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.PollWindow;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * One log of one Duo account: its settings, its state, and what its runs share. The steps of a run hold nothing of it; they
 * take it from the {@link Run}. One run at a time.
 */
public final class Stream {

    /** The exchange variable that names the stream of a run, where there are several. */
    public static final String VARIABLE = "stream";

    private final Settings settings;
    private final Clock clock;
    private final Ticker ticker;
    private final Pause pause;
    private final S3Client s3;
    private final RunListener listener;
    private final Workers workers;
    private final DuoSource source;
    private final CollectorState state;
    private final PollWindow pollWindow;
    private final ClockWatch clocks;
    private final RunTimes times;
    private final FirstRun firstRun;
    private final InBucket inBucket;
    private final AllDropped allDropped;
    private final RangeProgress progress;
    private final Turn turn;

    /** @param turn of the runs that there are: a stream whose settings have changed has that of before */
    Stream(Streams.Builder parts, Settings settings, Turn turn) {
        this.settings = settings;
        this.turn = turn;
        clock = Objects.requireNonNull(parts.clock, "clock");
        ticker = Objects.requireNonNull(parts.ticker, "ticker");
        pause = Objects.requireNonNull(parts.pause, "pause");
        s3 = Objects.requireNonNull(parts.s3Client, "s3Client");
        listener = Objects.requireNonNull(parts.listener, "listener").ofStream(settings.labels());
        workers = parts.workers;
        source = new DuoSource(settings, clock);
        state = CollectorState.of(s3, settings, clock);
        pollWindow = PollWindow.of(settings);
        clocks = parts.clocks;
        times = new RunTimes(settings, clock, ticker, clocks);
        firstRun = new FirstRun(s3, settings);
        inBucket = InBucket.of(s3, settings);
        allDropped = new AllDropped(System::nanoTime);
        progress = new RangeProgress(range().isPresent());
    }

    /** Names it among the others. */
    public String name() {
        return settings.streamName().toString();
    }

    /** Names it in log lines; empty if it is the only one. */
    public String label() {
        return settings.label();
    }

    public Settings settings() {
        return settings;
    }

    public Clock clock() {
        return clock;
    }

    public Ticker ticker() {
        return ticker;
    }

    public S3Client s3() {
        return s3;
    }

    /** The fixed time that is read, in place of what follows the last run. */
    public Optional<TimeRange> range() {
        return settings.log().range();
    }

    Pause pause() {
        return pause;
    }

    /**
     * Waits in the middle of a run, and lets others work meanwhile.
     *
     * @return false if the program is stopping and the wait was cut short
     */
    boolean await(Duration wait) {
        workers.end();
        try {
            return pause.await(wait);
        } finally {
            workers.begin();
        }
    }

    /** What its requests and its events are of, for the exchange variable {@value DuoSource#VARIABLE}. */
    DuoSource source() {
        return source;
    }

    /**
     * Begins a run, once no other of this stream is under way and there is room among the workers.
     *
     * @throws RefusedException if the program stops meanwhile
     */
    void beginTurn() {
        if (!turn.begin(pause)) {
            throw new RefusedException(RunOutcome.FAILED, "Stopped before an earlier run had ended.");
        }
        workers.begin();
    }

    /** Ends the run that has the turn. */
    void endTurn() {
        workers.end();
        turn.end();
    }

    /** Lets no second run of this stream begin. */
    Turn turn() {
        return turn;
    }

    /** Gets what the runs do. */
    RunListener listener() {
        return listener;
    }

    CollectorState state() {
        return state;
    }

    PollWindow pollWindow() {
        return pollWindow;
    }

    RunTimes times() {
        return times;
    }

    /** Compares this machine's clock with those of others, for all streams. */
    ClockWatch clocks() {
        return clocks;
    }

    FirstRun firstRun() {
        return firstRun;
    }

    InBucket inBucket() {
        return inBucket;
    }

    AllDropped allDropped() {
        return allDropped;
    }

    RangeProgress progress() {
        return progress;
    }

    @Override
    public String toString() {
        return "Stream[" + state + "]";
    }
}
