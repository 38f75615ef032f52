// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

import dev.duocollector.cluster.ClusterHealth;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.metrics.CollectorStatus;
import dev.duocollector.metrics.LastDay;
import dev.duocollector.metrics.RunMetrics;
import dev.duocollector.metrics.StreamHealth;
import dev.duocollector.run.Streams;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.Shard;
import dev.duocollector.text.Count;
import dev.duocollector.text.Log;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheck;

/** Looks at the collector of a Camel context: at what is in memory, without waiting for a run and without a request to anybody. */
final class CollectorView implements Supplier<View> {

    private final CamelContext camel;
    private final RunMetrics metrics;

    CollectorView(CamelContext camel, RunMetrics metrics) {
        this.camel = camel;
        this.metrics = metrics;
    }

    @Override
    public View get() {
        Streams streams = Streams.of(camel);
        Instant now = metrics.now();
        List<StreamHealth> all = StreamHealth.ofEach(camel, streams, metrics);
        return new View(
                now,
                all.stream()
                        .flatMap(each -> each.status().lastDay().stream())
                        .map(LastDay::since)
                        .min(Instant::compareTo)
                        .orElse(now),
                all.stream().map(each -> row(each, now)).toList(),
                scope(streams, all.size()),
                node(),
                streams.problems().stream().map(Log::line).toList());
    }

    private Optional<String> scope(Streams streams, int shown) {
        Optional<Shard> shard = streams.shard();
        if (shard.isPresent()) {
            return Optional.of("This node is shard " + shard.get() + " and shows its own "
                    + Count.grouped(shown, "log") + " of the " + streams.configured()
                    + " configured. The nodes of the other shards show the rest.");
        }
        return streams.settings()
                .process()
                .cluster()
                .map(cluster ->
                        "This node is one of a cluster, which takes turns with all logs. It lists each of them, and"
                                + " shows the runs, the events and the credits that were its own.");
    }

    private Optional<String> node() {
        HealthCheck cluster = camel.getRegistry().lookupByNameAndType(ClusterHealth.ID, HealthCheck.class);
        return Optional.ofNullable(cluster)
                .map(HealthCheck::callReadiness)
                .filter(result -> result.getState() == HealthCheck.State.DOWN)
                .flatMap(HealthCheck.Result::getMessage)
                .map(message -> "This node takes no part in its cluster. " + Log.line(message));
    }

    private static StreamRow row(StreamHealth health, Instant now) {
        Optional<String> trouble = health.trouble(now);
        StreamState state = StreamState.of(health, trouble.isPresent());
        Settings settings = health.stream().settings();
        CollectorStatus status = health.status();
        Hours none = Hours.of(new long[LastDay.HOURS]);
        return new StreamRow(
                settings.name().isEmpty() ? settings.account().apiHost() : settings.name(),
                settings.log().duoLog().toString(),
                state,
                words(health, state, trouble),
                status.covered(),
                status.last()
                        .map(last -> new StreamRow.LastRun(
                                last.at(), outcome(last.report().outcome()), last.took())),
                status.lastDay().map(day -> Hours.of(day.events(now))).orElse(none),
                settings.log().duoLog().countsCalls()
                        ? Optional.of(status.lastDay()
                                .map(day -> Hours.of(day.credits(now)))
                                .orElse(none))
                        : Optional.empty());
    }

    private static String outcome(RunOutcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private static String words(StreamHealth health, StreamState state, Optional<String> trouble) {
        String report = health.newest().map(last -> last.report().line()).orElse("");
        return switch (state) {
            case OPERATOR, HELD_UP -> report;
            case OVERDUE -> trouble.orElse("");
            case RECOVERING -> StreamState.reads(health) ? reading(health) + " The one before: " + report : report;
            case CATCHING_UP ->
                "The last run reached its bound of pages (max.iterations), and the next one continues."
                        + (StreamState.reads(health) ? " " + reading(health) : "");
            case NO_RUN ->
                "No run has ended since " + Words.minute(health.status().started()) + " UTC."
                        + (health.schedule().isPresent() ? "" : " Nothing is scheduled, by duo.schedule.auto-startup.");
            case READING -> reading(health);
            case ELSEWHERE ->
                "Another node ran it at "
                        + health.newestElsewhere().map(Words::minute).orElse("") + " UTC.";
            case WELL -> "";
        };
    }

    private static String reading(StreamHealth health) {
        return "A run is under way, and finished a page at "
                + health.status().progressed().map(Words::minute).orElse("") + " UTC.";
    }
}
