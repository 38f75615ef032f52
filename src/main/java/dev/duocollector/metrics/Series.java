// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;

/** The series of one stream, or of the collector as a whole, in a registry that the series of others are in as well. */
final class Series {

    private final MeterRegistry registry;
    private final Tags stream;

    /** Those that go with the stream: to search the registry for them takes as long as there are streams. */
    private final List<Meter> ofStream = new CopyOnWriteArrayList<>();

    private Series(MeterRegistry registry, Tags stream) {
        this.registry = registry;
        this.stream = stream;
    }

    /** Returns those of the collector, and takes those of streams that an earlier bean had, before the routes were reloaded, away. */
    static Series in(MeterRegistry registry) {
        for (Metric metric : Metric.values()) {
            if (metric.isOfStream()) {
                registry.find(metric.meterName()).meters().forEach(registry::remove);
            }
        }
        return new Series(registry, Tags.empty());
    }

    /** Returns those of a stream in the same registry. */
    Series of(Map<String, String> labels) {
        return new Series(
                registry,
                Tags.of(labels.entrySet().stream()
                        .map(label -> Tag.of(label.getKey(), label.getValue()))
                        .toList()));
    }

    /** Returns a counter, which begins at 0 when it is asked for first. */
    Counter counter(Metric metric, List<Tag> labels) {
        return Counter.builder(metric.meterName())
                .description(metric.meaning())
                .tags(tags(metric, labels))
                .register(registry);
    }

    /** Begins a counter of a stream. */
    void beginCounter(Metric metric) {
        ofStream.add(counter(metric, List.of()));
    }

    void gauge(Metric metric, List<Tag> labels, DoubleSupplier value) {
        // One that an earlier bean registered, before the routes were reloaded, would stay and never change.
        Tags tags = tags(metric, labels);
        registry.removeByPreFilterId(new Meter.Id(metric.meterName(), tags, null, null, Meter.Type.GAUGE));
        Gauge gauge = Gauge.builder(metric.meterName(), value::getAsDouble)
                .description(metric.meaning())
                .baseUnit(metric.isInSeconds() ? metric.unit() : null)
                .tags(tags)
                .register(registry);
        if (metric.isOfStream()) {
            ofStream.add(gauge);
        }
    }

    /** Takes those that go with the stream away. */
    void removeOfStream() {
        ofStream.forEach(registry::remove);
        ofStream.clear();
    }

    private Tags tags(Metric metric, List<Tag> labels) {
        return metric.isOfStream() ? stream.and(labels) : Tags.of(labels);
    }
}
