// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.Settings;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.sink.InBucket;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.PollWindow;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * One log of one Duo account: its settings, its state, and what its runs share. The steps of a run hold nothing of it; they
 * take it from the {@link Run}. One run at a time.
 */
public final class Stream {

    /** The bean that the routes run. */
    private static final String BEAN = "stream";

    private final Settings settings;
    private final Clock clock;
    private final Ticker ticker;
    private final Pause pause;
    private final S3Client s3;
    private final RunListener listener;
    private final CollectorState state;
    private final PollWindow pollWindow;
    private final RunTimes times;
    private final FirstRun firstRun;
    private final InBucket inBucket;
    private final AllDropped allDropped;
    private final RangeProgress progress;

    private Stream(Builder builder) {
        settings = Objects.requireNonNull(builder.settings, "settings");
        clock = Objects.requireNonNull(builder.clock, "clock");
        ticker = Objects.requireNonNull(builder.ticker, "ticker");
        pause = Objects.requireNonNull(builder.pause, "pause");
        s3 = Objects.requireNonNull(builder.s3Client, "s3Client");
        listener = Objects.requireNonNull(builder.listener, "listener");
        state = CollectorState.of(s3, settings, clock);
        pollWindow = PollWindow.of(settings);
        times = new RunTimes(settings, clock, ticker);
        firstRun = new FirstRun(s3, settings);
        inBucket = InBucket.of(s3, settings);
        allDropped = new AllDropped(System::nanoTime);
        progress = new RangeProgress(range().isPresent());
    }

    /** Returns the stream whose beans a context has. */
    public static Stream of(CamelContext camel) {
        Stream stream = camel.getRegistry().lookupByNameAndType(BEAN, Stream.class);
        if (stream == null) {
            throw new IllegalStateException("There is no bean " + BEAN
                    + ". Put routes/beans.camel.yaml back as it was shipped, or add the bean to it.");
        }
        return stream;
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

    /** Takes what a stream is made of by name, as Camel sets it; nothing may be left out. */
    public static final class Builder {

        private @Nullable Settings settings;
        private @Nullable Clock clock;
        private @Nullable Ticker ticker;
        private @Nullable Pause pause;
        private @Nullable S3Client s3Client;
        private @Nullable RunListener listener;

        public Builder settings(Settings value) {
            settings = value;
            return this;
        }

        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        public Builder ticker(Ticker value) {
            ticker = value;
            return this;
        }

        public Builder pause(Pause value) {
            pause = value;
            return this;
        }

        public Builder s3Client(S3Client value) {
            s3Client = value;
            return this;
        }

        public Builder listener(RunListener value) {
            listener = value;
            return this;
        }

        public Stream build() {
            return new Stream(this);
        }
    }
}
