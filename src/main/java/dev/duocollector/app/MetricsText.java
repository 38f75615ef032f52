// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import dev.duocollector.metrics.Metric;
import dev.duocollector.metrics.RunMetrics;
import dev.duocollector.settings.StreamName;
import io.micrometer.core.instrument.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The collector's metrics as text in Prometheus' format, for a reader that comes later than the run. Left out are values
 * that are only good at the moment of a scrape ({@link Metric#isAge}), and metrics without a value: a push gateway would
 * keep the last one.
 */
final class MetricsText {

    private static final Pattern NAME = Pattern.compile("(?:# (?:HELP|TYPE) )?([a-z_]+).*");
    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"\\\\]*)\"");

    private static final Set<String> OF_STREAM = Set.of(StreamName.ACCOUNT, StreamName.LOG);
    private static final Map<String, Metric> METRICS = new HashMap<>();

    static {
        for (Metric metric : Metric.values()) {
            METRICS.put(metric.prometheusName(), metric);
        }
    }

    private MetricsText() {}

    /** Returns what of a scrape is the collector's and lasts. */
    static String lasting(String scrape) {
        return scrape.lines()
                .filter(line -> !line.endsWith(" NaN"))
                .filter(MetricsText::isLasting)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static boolean isLasting(String line) {
        Matcher name = NAME.matcher(line);
        return name.matches()
                && METRICS.containsKey(name.group(1))
                && !METRICS.get(name.group(1)).isAge();
    }

    /**
     * Continues from what an earlier process wrote: its counters are added to these, so that a new {@code once} does not
     * begin at 0 and {@code increase()} sees its events. Lines of other programs are skipped.
     */
    static void resume(List<String> lines, RunMetrics metrics) {
        for (String line : lines) {
            Matcher sample = SAMPLE.matcher(line);
            Metric metric = sample.matches() ? METRICS.get(sample.group(1)) : null;
            if (metric != null) {
                resume(metric, labels(sample.group(2)), number(sample.group(3)), metrics);
            }
        }
    }

    private static void resume(Metric metric, List<Tag> labels, double value, RunMetrics metrics) {
        List<Tag> own = labels.stream()
                .filter(label -> !OF_STREAM.contains(label.getKey()))
                .toList();
        boolean fits = own.stream().map(Tag::getKey).toList().equals(metric.labels());
        if (!fits || !(value >= 0) || Double.isInfinite(value)) {
            return;
        }
        Map<String, String> stream = labels.stream()
                .filter(label -> OF_STREAM.contains(label.getKey()))
                .collect(Collectors.toMap(Tag::getKey, Tag::getValue, (first, again) -> first));
        metrics.find(metric, stream).ifPresent(found -> {
            if (metric.type() == Metric.Type.COUNTER) {
                found.addBefore(metric, own, value);
            } else if (metric == Metric.LAST_SUCCESS) {
                found.succeededBefore(Instant.ofEpochMilli(Math.round(value * 1000)));
            }
        });
    }

    private static List<Tag> labels(String text) {
        List<Tag> labels = new ArrayList<>();
        Matcher label = LABEL.matcher(text == null ? "" : text);
        while (label.find()) {
            labels.add(Tag.of(label.group(1), label.group(2)));
        }
        return labels;
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
