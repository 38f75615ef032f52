// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.CollectorState;
import dev.duocollector.text.Log;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a state together with the time at which it is read: the way in which every run begins, and whatever looks like one. */
public final class RunTimes {

    private static final Log LOG = Log.of(RunTimes.class);

    private final boolean s3ClockIgnored;
    private final Clock clock;
    private final Ticker ticker;
    private final ClockWatch watch;

    /** @param watch is told what time S3's answers have */
    public RunTimes(Settings settings, Clock clock, Ticker ticker, ClockWatch watch) {
        this.watch = watch;
        this.s3ClockIgnored = settings.account().get(SettingTable.S3_CLOCK);
        this.clock = clock;
        this.ticker = ticker;
    }

    /**
     * Reads the state afresh; {@link CollectorState#current} is then what was read.
     *
     * @return the time that the state was judged by
     * @throws RefusedException if its open window ends after that time; or if the local clock and S3's are too far apart, and
     *     then the state was not looked at
     */
    public RunTime open(CollectorState state) {
        List<RunTime> times = new ArrayList<>(1);
        Instant asked = clock.instant();
        Optional<Checkpoint> checkpoint = state.open(answer -> {
            if (!s3ClockIgnored && answer.answeredAt().isEmpty()) {
                LOG.warn(
                        "S3 does not say what time it is (its answer has no Date): this run goes by this machine's clock alone,"
                                + " and gives up no batch that cannot be found.");
            }
            RunTime time = RunTime.begin(s3ClockIgnored ? Optional.empty() : answer.answeredAt(), clock, ticker);
            if (!s3ClockIgnored) {
                watch.compare("S3's", "", answer.answeredAt(), asked, clock.instant());
            }
            times.add(time);
            return time.now();
        });
        RunTime now = times.get(0);
        checkpoint
                .flatMap(Checkpoint::openWindow)
                .filter(open -> now.isToCome(open.maxtime()))
                .ifPresent(open -> {
                    throw RefusedException.operator(
                            "The state holds an open window that ends at " + open.maxtime() + ", and it is " + now.now()
                                    + ": it was opened while a clock was ahead, and events of that time may come yet. Nothing"
                                    + " was read or written. Run state set-through "
                                    + checkpoint.get().committedThrough()
                                    + ", which gives the window up and keeps what is collected.");
                });
        return now;
    }
}
