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
    RUNS("runs", "runs", "Runs that ended, by how.", Metric.OUTCOME),
    REQUESTS("requests", "requests", "Requests to Duo, by how they ended.", Metric.OUTCOME),
    RETRIES("retries", "requests", "Requests that were made again after a failure."),
    PAGES("pages", "pages", "Pages read from Duo, also those read again by a recovery."),
    BYTES_RECEIVED("bytes.received", "bytes", "Length of these pages."),
    EVENTS_RECEIVED("events.received", "events", "Events in these pages."),
    EVENTS_DUPLICATE("events.duplicate", "events", "Of these, events that were delivered before."),
    EVENTS_WRITTEN("events.written", "events", "Events that are in the bucket, confirmed."),
    EVENTS_DROPPED("events.dropped", "events", "New events that a step in event-steps left out."),
    EVENTS_MISSING("events.missing", "events", "Events that Duo showed or counted once and then no longer."),
    OBJECTS_WRITTEN("objects.written", "objects", "Objects that are in the bucket, confirmed."),
    BYTES_WRITTEN("bytes.written", "bytes", "Length of their lines, before compression."),
    UDM_OBJECTS_WRITTEN("udm.objects.written", "objects", "The same, of UDM events."),
    CALLS("calls", "events", "Calls and messages: new events, by purpose.", Metric.CONTEXT, Metric.TYPE),
    CREDITS("credits", "credits", "Credits that Duo took for them.", Metric.CONTEXT, Metric.TYPE),
    GAPS("gaps", "gaps", "Times that were not collected before Duo dropped their events."),
    LAG(Type.GAUGE, "lag", Metric.SECONDS, "Now minus the time covered, at the scrape."),
    COVERED_THROUGH(
            Type.GAUGE, "covered.through.timestamp", Metric.SECONDS, "Collected up to here; seconds since 1970."),
    LAST_SUCCESS_AGE(
            Type.GAUGE, "last.success.age", Metric.SECONDS, "Time since a run last succeeded, or since the start."),
    LAST_SUCCESS(
            Type.GAUGE, "last.success.timestamp", Metric.SECONDS, "When a run last succeeded; seconds since 1970."),
    STARTED(Type.GAUGE, "started.timestamp", Metric.SECONDS, "When the program started; seconds since 1970."),
    RUN_DURATION(Type.GAUGE, "run.duration", Metric.SECONDS, "How long the last run took."),
    STREAMS(Type.GAUGE, "streams", "streams", "Logs of accounts that are collected."),
    STREAMS_CONFIGURED(
            Type.GAUGE,
            "streams.configured",
            "streams",
            "Logs of accounts that are configured, in all shards together."),
    SETTINGS_PROBLEMS(
            Type.GAUGE,
            "settings.problems",
            "lines",
            "What is wrong with accounts' settings, which the rest is collected beside."),
    VERIFY_MISSING(
            Type.GAUGE,
            "verify.missing",
            "events",
            "Events of the day that was compared last (verify.schedule) that Duo shows and the bucket lacks."),
    VERIFIED(
            Type.GAUGE,
            "verify.timestamp",
            Metric.SECONDS,
            "When a day was last compared with the bucket; seconds since 1970."),
    LAST_RUN(Type.GAUGE, "last.run", "0 or 1", "1 at how the last run ended, else 0.", Metric.OUTCOME),
    LAST_RUN_AT(Type.GAUGE, "last.run.timestamp", Metric.SECONDS, "When the last run ended; seconds since 1970.");

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

    Metric(String suffix, String unit, String meaning, String... labels) {
        this(Type.COUNTER, suffix, unit, meaning, labels);
    }

    Metric(Type type, String suffix, String unit, String meaning, String... labels) {
        this.type = type;
        this.suffix = suffix;
        this.unit = unit;
        this.labels = List.of(labels);
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

    public String unit() {
        return unit;
    }

    public List<String> labels() {
        return labels;
    }

    public String meaning() {
        return meaning;
    }

    /** Whether each stream has its own, where there are several; the others are sums. */
    public boolean isOfStream() {
        return switch (this) {
            case EVENTS_WRITTEN,
                    EVENTS_MISSING,
                    GAPS,
                    LAG,
                    COVERED_THROUGH,
                    LAST_SUCCESS_AGE,
                    LAST_SUCCESS,
                    STARTED,
                    VERIFY_MISSING,
                    VERIFIED,
                    LAST_RUN,
                    LAST_RUN_AT -> true;
            default -> false;
        };
    }

    /** Whether its value is only good at the moment when it is asked for, and so has no place in a file. */
    public boolean isAge() {
        return this == LAG || this == LAST_SUCCESS_AGE;
    }

    boolean isInSeconds() {
        return unit.equals(SECONDS);
    }
}
