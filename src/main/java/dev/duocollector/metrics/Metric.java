// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.metrics;

import java.util.List;

/**
 * Every metric of the collector: the one table that the code registers them from, and that tests hold OPERATIONS.md, the
 * dashboard, the alerts and a live scrape against. Names are Micrometer's; {@link #prometheusName} is what Prometheus sees. No
 * label has a value from an event, other than those of {@link dev.duocollector.source.CallKind}.
 */
public enum Metric {
    RUNS(Type.COUNTER, "runs", "runs", List.of(Metric.OUTCOME), "Runs that ended, by how."),
    REQUESTS(Type.COUNTER, "requests", "requests", List.of(Metric.OUTCOME), "Requests to Duo, by how they ended."),
    RETRIES(Type.COUNTER, "retries", "requests", List.of(), "Requests that were made again after a failure."),
    PAGES(Type.COUNTER, "pages", "pages", List.of(), "Pages read from Duo, also those read again by a recovery."),
    BYTES_RECEIVED(Type.COUNTER, "bytes.received", "bytes", List.of(), "Length of these pages."),
    EVENTS_RECEIVED(Type.COUNTER, "events.received", "events", List.of(), "Events in these pages."),
    EVENTS_DUPLICATE(
            Type.COUNTER, "events.duplicate", "events", List.of(), "Of these, events that were delivered before."),
    EVENTS_WRITTEN(Type.COUNTER, "events.written", "events", List.of(), "Events that are in the bucket, confirmed."),
    EVENTS_DROPPED(
            Type.COUNTER, "events.dropped", "events", List.of(), "New events that a step in event-steps left out."),
    EVENTS_MISSING(
            Type.COUNTER,
            "events.missing",
            "events",
            List.of(),
            "Events that Duo showed or counted once and then no longer."),
    OBJECTS_WRITTEN(
            Type.COUNTER, "objects.written", "objects", List.of(), "Objects that are in the bucket, confirmed."),
    BYTES_WRITTEN(Type.COUNTER, "bytes.written", "bytes", List.of(), "Length of their lines, before compression."),
    UDM_OBJECTS_WRITTEN(Type.COUNTER, "udm.objects.written", "objects", List.of(), "The same, of UDM events."),
    CALLS(
            Type.COUNTER,
            "calls",
            "events",
            List.of(Metric.CONTEXT, Metric.TYPE),
            "Calls and messages: new events, by what for."),
    CREDITS(
            Type.COUNTER,
            "credits",
            "credits",
            List.of(Metric.CONTEXT, Metric.TYPE),
            "Credits that Duo took for them."),
    GAPS(Type.COUNTER, "gaps", "gaps", List.of(), "Times of which Duo no longer kept what was not collected."),
    LAG(Type.GAUGE, "lag", Metric.SECONDS, List.of(), "Now minus the time covered, at the scrape."),
    COVERED_THROUGH(
            Type.GAUGE,
            "covered.through.timestamp",
            Metric.SECONDS,
            List.of(),
            "Collected up to here; seconds since 1970."),
    LAST_SUCCESS_AGE(
            Type.GAUGE,
            "last.success.age",
            Metric.SECONDS,
            List.of(),
            "Time since a run last succeeded, or since the start."),
    LAST_SUCCESS(
            Type.GAUGE,
            "last.success.timestamp",
            Metric.SECONDS,
            List.of(),
            "When a run last succeeded; seconds since 1970."),
    STARTED(
            Type.GAUGE,
            "started.timestamp",
            Metric.SECONDS,
            List.of(),
            "When the program started; seconds since 1970."),
    RUN_DURATION(Type.GAUGE, "run.duration", Metric.SECONDS, List.of(), "How long the last run took."),
    LAST_RUN(Type.GAUGE, "last.run", "0 or 1", List.of(Metric.OUTCOME), "1 at how the last run ended, else 0.");

    static final String OUTCOME = "outcome";
    static final String CONTEXT = "context";
    static final String TYPE = "type";

    private static final String SECONDS = "seconds";

    /** What Prometheus may do with it. */
    public enum Type {
        COUNTER,
        GAUGE
    }

    private final Type type;
    private final String suffix;
    private final String unit;

    @SuppressWarnings("ImmutableEnumChecker") // Each is made by List.of.
    private final List<String> labels;

    private final String meaning;

    Metric(Type type, String suffix, String unit, List<String> labels, String meaning) {
        this.type = type;
        this.suffix = suffix;
        this.unit = unit;
        this.labels = labels;
        this.meaning = meaning;
    }

    /** Micrometer's name, such as {@code duo.telephony.events.written}. */
    public String meterName() {
        return "duo.telephony." + suffix;
    }

    /** The name in Prometheus' text, such as {@code duo_telephony_events_written_total}. */
    public String prometheusName() {
        return meterName().replace('.', '_')
                + (unit.equals(SECONDS) ? "_seconds" : "")
                + (type == Type.COUNTER ? "_total" : "");
    }

    public Type type() {
        return type;
    }

    /** What one of it is. */
    public String unit() {
        return unit;
    }

    public List<String> labels() {
        return labels;
    }

    public String meaning() {
        return meaning;
    }

    /** Whether its value is only good at the moment when it is asked for, and so has no place in a file. */
    public boolean isAge() {
        return this == LAG || this == LAST_SUCCESS_AGE;
    }

    boolean isInSeconds() {
        return unit.equals(SECONDS);
    }
}
