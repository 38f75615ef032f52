// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.sink.InBucket;
import dev.duocollector.source.DuoSource;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.PollWindow;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * One log of one Duo account: its settings, its state, and what its runs share. The steps of a run hold nothing of it; they
 * take it from the {@link Run}. One run at a time.
 */
public final class Stream {

    /** The exchange variable that names the stream of a run, where there are several. */
    public static final String VARIABLE = "stream";

    /** The bean that the routes run. */
    private static final String BEAN = "stream";

    private final Settings settings;
    private final List<Stream> all;
    private final Clock clock;
    private final Ticker ticker;
    private final Pause pause;
    private final S3Client s3;
    private final RunListener listener;
    private final Workers workers;
    private final DuoSource source;
    private final CollectorState state;
    private final PollWindow pollWindow;
    private final RunTimes times;
    private final FirstRun firstRun;
    private final InBucket inBucket;
    private final AllDropped allDropped;
    private final RangeProgress progress;
    private final Turn turn = new Turn();

    private Stream(Builder builder, Settings settings, List<Stream> all) {
        this.settings = settings;
        this.all = all;
        clock = Objects.requireNonNull(builder.clock, "clock");
        ticker = Objects.requireNonNull(builder.ticker, "ticker");
        pause = Objects.requireNonNull(builder.pause, "pause");
        s3 = Objects.requireNonNull(builder.s3Client, "s3Client");
        listener = Objects.requireNonNull(builder.listener, "listener").ofStream(label());
        workers = builder.workers;
        source = new DuoSource(settings, clock);
        state = CollectorState.of(s3, settings, clock);
        pollWindow = PollWindow.of(settings);
        times = new RunTimes(settings, clock, ticker);
        firstRun = new FirstRun(s3, settings);
        inBucket = InBucket.of(s3, settings);
        allDropped = new AllDropped(System::nanoTime);
        progress = new RangeProgress(range().isPresent());
    }

    /** Returns every stream whose beans a context has, in the order of their settings. */
    public static List<Stream> allOf(CamelContext camel) {
        return of(camel).all();
    }

    /**
     * Returns the stream that an exchange is to read.
     *
     * @throws RefusedException if there are several and it names none of them
     */
    static Stream named(Exchange exchange) {
        List<Stream> all = allOf(exchange.getContext());
        String name = exchange.getVariable(VARIABLE, String.class);
        if (name == null && all.size() == 1) {
            return all.get(0);
        }
        return all.stream()
                .filter(stream -> stream.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> RefusedException.operator("Nothing was read: the exchange variable " + VARIABLE + " is "
                                + (name == null ? "not set" : "'" + name + "'") + ", and must name what to read: "
                                + all.stream().map(Stream::name).collect(Collectors.joining(" or ")) + "."));
    }

    /** Returns the only stream of a context, or the first one. */
    public static Stream of(CamelContext camel) {
        Stream stream = camel.getRegistry().lookupByNameAndType(BEAN, Stream.class);
        if (stream == null) {
            throw new IllegalStateException("There is no bean " + BEAN
                    + ". Put routes/beans.camel.yaml back as it was shipped, or add the bean to it.");
        }
        return stream;
    }

    /** Returns it and those beside it, in the order of their settings. */
    public List<Stream> all() {
        return Collections.unmodifiableList(all);
    }

    /** Names it among the others. */
    public String name() {
        return settings.log().duoLog().toString();
    }

    /** Names it in log lines and metrics; empty if it is the only one. */
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

    /** Those who make the runs of all streams. */
    Workers workers() {
        return workers;
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
        private final Workers workers = new Workers();

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

        /** Returns the first stream, which knows the others. */
        public Stream build() {
            List<Stream> all = new ArrayList<>();
            for (Settings each : Objects.requireNonNull(settings, "settings").ofEachLog()) {
                all.add(new Stream(this, each, all));
            }
            return all.get(0);
        }
    }
}
