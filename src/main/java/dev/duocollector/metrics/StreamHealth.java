// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.metrics;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.OtherNodes;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import dev.duocollector.settings.LogSettings;
import dev.duocollector.settings.Schedule;
import dev.duocollector.settings.SettingTable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/**
 * How one stream is doing, by what this node knows, in sentences that do not name it.
 *
 * @param stream which one
 * @param status what its runs on this node did
 * @param elsewhere when another node last ran it; empty if none has, as far as is known
 */
public record StreamHealth(Stream stream, CollectorStatus status, Optional<Instant> elsewhere) {

    /** How many times of the schedule may pass without success. */
    private static final int TIMES_MAX = 3;

    /** Returns that of each stream that is collected, in the order of the settings. */
    public static List<StreamHealth> ofEach(@Nullable CamelContext camel, Streams streams, RunMetrics metrics) {
        OtherNodes others = Optional.ofNullable(camel)
                .map(context -> context.getRegistry().findSingleByType(OtherNodes.class))
                .orElse(OtherNodes.NONE);
        // One that has ended meanwhile has no status any more.
        return streams.all().stream()
                .flatMap(stream -> metrics.status(stream.settings().labels()).stream()
                        .map(status -> new StreamHealth(stream, status, others.lastRun(stream.name()))))
                .toList();
    }

    /** When another node ran it, if that was after this one's last run. */
    public Optional<Instant> newestElsewhere() {
        return elsewhere.filter(time -> newest().isEmpty());
    }

    /** The last run, if no other node has made one since. */
    public Optional<CollectorStatus.Ended> newest() {
        return status.last()
                .filter(ended -> elsewhere.filter(ended.at()::isBefore).isEmpty());
    }

    /** Whether its runs begin by the schedule. */
    public boolean isScheduled() {
        return settings().get(SettingTable.AUTO_STARTUP);
    }

    private LogSettings settings() {
        return stream.settings().log();
    }

    /** Says how far it is collected. */
    String well(Instant now) {
        Optional<Instant> theirs = newestElsewhere();
        if (theirs.isPresent()) {
            return "Run by another node at " + theirs.get() + ".";
        }
        return status.covered()
                .map(time -> "Collected through " + time + ", "
                        + Duration.between(time, now).toSeconds() + " s ago.")
                .orElse("No run has come as far as reading the state yet.");
    }

    /** Says why it is in trouble; empty if it is not. */
    public Optional<String> trouble(Instant now) {
        Optional<CollectorStatus.Ended> last = newest();
        if (last.isPresent() && last.get().report().outcome() == RunOutcome.OPERATOR) {
            return Optional.of("Needs an operator. " + last.get().report().line());
        }
        Instant since =
                List.of(Optional.of(status.started()), status.succeeded(), status.progressed(), elsewhere).stream()
                        .flatMap(Optional::stream)
                        .max(Instant::compareTo)
                        .orElseThrow();
        if (deadline(since).filter(now::isAfter).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of("No run has succeeded since " + since + ". "
                + last.map(ended -> "The last one ended at " + ended.at() + ": "
                                + ended.report().line())
                        .orElse(
                                elsewhere.isPresent()
                                        ? "Another node began one then: see its log."
                                        : "None has ended since the start: see the log for what it waits for."));
    }

    /** Returns until when a run must have succeeded, given when one last did; empty if there are no such times. */
    private Optional<Instant> deadline(Instant since) {
        Optional<Schedule> schedule = isScheduled() ? Schedule.parse(settings().schedule()) : Optional.empty();
        if (schedule.isEmpty()) {
            return Optional.empty();
        }
        Optional<Instant> time = Optional.of(since);
        for (int i = 0; i < TIMES_MAX; i++) {
            time = time.flatMap(schedule.get()::next);
        }
        return time.map(third -> third.plus(settings().get(SettingTable.SCHEDULE_JITTER)));
    }
}
