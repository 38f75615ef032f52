// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.metrics;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.RunListener;
import dev.duocollector.run.RunReport;
import dev.duocollector.source.CallKind;
import dev.duocollector.source.RequestOutcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.jspecify.annotations.Nullable;

/**
 * Counts what runs do in the Camel context's {@link MeterRegistry}, under the names of {@link Metric}; without one, in a
 * private registry. The counters begin at 0 with the program, every series from the start, so that the first event shows as
 * an increase. A run counts what is confirmed; what a killed program had not confirmed is counted by the run that finds it.
 */
public final class RunMetrics implements RunListener, CamelContextAware {

    /** The name under which Camel's own Micrometer components look for their registry. */
    public static final String REGISTRY = "metricsRegistry";

    private final CollectorStatus status;
    private final Clock clock;

    /** What sums up these; null for those that have no others. */
    private final @Nullable RunMetrics sums;

    /** Those of each stream, by its labels, where there are several. */
    private final Map<Map<String, String>, RunMetrics> streams = new ConcurrentHashMap<>();

    /** What the last comparison found, and when; NaN before there was one. */
    private volatile double lacking = Double.NaN;

    private volatile double comparedAt = Double.NaN;

    private volatile int collecting = 1;
    private volatile int configured = 1;
    private volatile int problems;

    private Series series = Series.in(new SimpleMeterRegistry());
    private volatile Runnable afterEachRun = () -> {};
    private @Nullable CamelContext camelContext;

    public RunMetrics(Clock clock) {
        this(clock, null);
    }

    private RunMetrics(Clock clock, @Nullable RunMetrics sums) {
        this.status = new CollectorStatus(clock);
        this.clock = clock;
        this.sums = sums;
    }

    @Override
    public @Nullable CamelContext getCamelContext() {
        return camelContext;
    }

    /** Finds the registry and puts every metric into it. Called once, by Camel, when the bean is bound. */
    @Override
    public void setCamelContext(CamelContext context) {
        camelContext = context;
        MeterRegistry found = context.getRegistry().lookupByNameAndType(REGISTRY, MeterRegistry.class);
        if (found == null) {
            found = context.getRegistry().findSingleByType(MeterRegistry.class);
        }
        if (found != null) {
            series = Series.in(found);
        }
        register();
    }

    /** Returns those of one stream; these, if it is the only one and has no labels. */
    @Override
    public RunMetrics ofStream(Map<String, String> labels) {
        if (labels.isEmpty()) {
            return this;
        }
        RunMetrics before = streams.get(labels);
        if (before != null) {
            return before;
        }
        if (streams.isEmpty()) {
            // Series without the label, which no stream would have a part in.
            series.removeOfStream();
        }
        RunMetrics own = new RunMetrics(clock, this);
        own.series = series.of(labels);
        own.afterEachRun = () -> afterEachRun.run();
        if (status.lastDay().isPresent()) {
            own.status.keepLastDay();
        }
        own.registerOfStream();
        streams.put(Map.copyOf(labels), own);
        return own;
    }

    @Override
    public void removed() {
        series.removeOfStream();
        if (sums != null) {
            sums.streams.values().remove(this);
        }
    }

    @Override
    public void collecting(int streamsNow, int configuredNow, int problemsNow) {
        if (streamsNow == 0 && streams.isEmpty()) {
            // Else a node without a stream would show one that never succeeds.
            series.removeOfStream();
        }
        collecting = streamsNow;
        configured = configuredNow;
        problems = problemsNow;
    }

    /** Returns what has this series of a metric, by the labels of its stream; empty if no stream has it. */
    public Optional<RunMetrics> find(Metric metric, Map<String, String> labels) {
        return labels.isEmpty()
                ? Optional.of(this).filter(all -> streams.isEmpty() || !metric.isOfStream())
                : Optional.ofNullable(streams.get(labels)).filter(own -> metric.isOfStream());
    }

    /** Returns the status of a stream, by its labels; empty if it is no more. */
    Optional<CollectorStatus> status(Map<String, String> labels) {
        return labels.isEmpty()
                ? Optional.of(status)
                : Optional.ofNullable(streams.get(labels)).map(own -> own.status);
    }

    /** Keeps what is stored of each stream from now on, by the hour: some 300 bytes each, and nothing before this call. */
    public void keepLastDays() {
        status.keepLastDay();
        streams.values().forEach(own -> own.status.keepLastDay());
    }

    /** Has something done after each run, when its report is logged. */
    public void afterEachRun(Runnable action) {
        afterEachRun = action;
    }

    private void register() {
        for (RunOutcome outcome : RunOutcome.values()) {
            series.counter(Metric.RUNS, outcome(outcome));
        }
        for (RequestOutcome outcome : RequestOutcome.values()) {
            series.counter(Metric.REQUESTS, outcome(outcome));
        }
        for (CallKind kind : CallKind.values()) {
            series.counter(Metric.CALLS, kind(kind));
            series.counter(Metric.CREDITS, kind(kind));
        }
        for (Metric metric : Metric.values()) {
            if (metric.type() == Metric.Type.COUNTER && metric.labels().isEmpty()) {
                series.counter(metric, List.of());
            }
        }
        series.gauge(
                Metric.RUN_DURATION,
                List.of(),
                () -> status.last().map(last -> last.took().toMillis() / 1000.0).orElse(Double.NaN));
        series.gauge(Metric.STREAMS, List.of(), () -> collecting);
        series.gauge(Metric.STREAMS_CONFIGURED, List.of(), () -> configured);
        series.gauge(Metric.SETTINGS_PROBLEMS, List.of(), () -> problems);
        registerOfStream();
    }

    private void registerOfStream() {
        for (RunOutcome outcome : RunOutcome.values()) {
            series.gauge(Metric.LAST_RUN, outcome(outcome), () -> lastRunWas(outcome) ? 1 : 0);
        }
        for (Metric metric : Metric.values()) {
            if (metric.isOfStream() && metric.type() == Metric.Type.COUNTER) {
                series.beginCounter(metric);
            }
        }
        series.gauge(Metric.LAST_RUN_AT, List.of(), () -> seconds(status.last().map(CollectorStatus.Ended::at)));
        series.gauge(
                Metric.LAG, List.of(), () -> status.covered().map(this::age).orElse(Double.NaN));
        series.gauge(Metric.COVERED_THROUGH, List.of(), () -> seconds(status.covered()));
        series.gauge(
                Metric.LAST_SUCCESS_AGE, List.of(), () -> age(status.succeeded().orElse(status.started())));
        series.gauge(Metric.LAST_SUCCESS, List.of(), () -> seconds(status.succeeded()));
        series.gauge(Metric.VERIFY_MISSING, List.of(), () -> lacking);
        series.gauge(Metric.VERIFIED, List.of(), () -> comparedAt);
        series.gauge(Metric.STARTED, List.of(), () -> seconds(Optional.of(status.started())));
    }

    @Override
    public void answered(RequestOutcome outcome) {
        series.counter(Metric.REQUESTS, outcome(outcome)).increment();
    }

    @Override
    public void retried() {
        add(Metric.RETRIES, 1);
    }

    @Override
    public void pageRead(int events, int duplicates, long bytes) {
        add(Metric.PAGES, 1);
        add(Metric.BYTES_RECEIVED, bytes);
        add(Metric.EVENTS_RECEIVED, events);
        add(Metric.EVENTS_DUPLICATE, duplicates);
    }

    @Override
    public void delivered(Delivery delivery) {
        add(Metric.EVENTS_WRITTEN, delivery.events());
        add(Metric.EVENTS_DROPPED, delivery.dropped());
        add(Metric.OBJECTS_WRITTEN, delivery.objects());
        add(Metric.BYTES_WRITTEN, delivery.bytes());
        add(Metric.UDM_OBJECTS_WRITTEN, delivery.udmObjects());
        delivery.calls().forEach((kind, sum) -> {
            add(Metric.CALLS, kind(kind), sum.calls());
            add(Metric.CREDITS, kind(kind), sum.credits());
        });
        status.delivered(delivery);
    }

    @Override
    public void missing(int events) {
        add(Metric.EVENTS_MISSING, events);
    }

    @Override
    public void gap() {
        add(Metric.GAPS, 1);
    }

    @Override
    public void compared(long events) {
        lacking = events;
        comparedAt = seconds(Optional.of(clock.instant()));
    }

    @Override
    public void coveredThrough(Instant through) {
        status.coveredThrough(through);
    }

    @Override
    public void ended(RunReport report, Duration took) {
        series.counter(Metric.RUNS, outcome(report.outcome())).increment();
        status.ended(report, took);
        if (sums != null) {
            sums.status.ended(report, took);
        }
    }

    @Override
    public void reported() {
        afterEachRun.run();
    }

    /** Goes on from where an earlier process had this counter. */
    public void addBefore(Metric metric, List<Tag> labels, double value) {
        series.counter(metric, labels).increment(value);
    }

    /** Takes over when a run of an earlier process last succeeded, unless one has since. */
    public void succeededBefore(Instant earlier) {
        status.succeededBefore(earlier);
    }

    /** What time it is. */
    public Instant now() {
        return clock.instant();
    }

    private boolean lastRunWas(RunOutcome outcome) {
        return status.last().filter(last -> last.report().outcome() == outcome).isPresent();
    }

    private double age(Instant since) {
        return Duration.between(since, clock.instant()).toMillis() / 1000.0;
    }

    private static double seconds(Optional<Instant> instant) {
        return instant.map(time -> time.toEpochMilli() / 1000.0).orElse(Double.NaN);
    }

    private void add(Metric metric, long amount) {
        add(metric, List.of(), amount);
    }

    private void add(Metric metric, List<Tag> labels, long amount) {
        series.counter(metric, labels).increment((double) amount);
    }

    private static List<Tag> outcome(Enum<?> outcome) {
        return List.of(Tag.of(Metric.OUTCOME, outcome.name().toLowerCase(Locale.ROOT)));
    }

    private static List<Tag> kind(CallKind kind) {
        return List.of(Tag.of(Metric.CONTEXT, kind.context()), Tag.of(Metric.TYPE, kind.type()));
    }
}
