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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/**
 * How one stream is doing, by what this node knows, in sentences that do not name it.
 *
 * @param stream which one
 * @param status what its runs on this node did
 * @param schedule when its runs begin; empty while nothing is scheduled
 * @param elsewhere when another node last ran it; empty if none has, as far as is known
 */
public record StreamHealth(
        Stream stream, CollectorStatus status, Optional<Schedule> schedule, Optional<Instant> elsewhere) {

    /** How many times of the schedule may pass without success. */
    private static final int TIMES_MAX = 3;

    /** Returns that of each stream that is collected, in the order of the settings. */
    public static List<StreamHealth> ofEach(@Nullable CamelContext camel, Streams streams, RunMetrics metrics) {
        OtherNodes others = Optional.ofNullable(camel)
                .map(context -> context.getRegistry().findSingleByType(OtherNodes.class))
                .orElse(OtherNodes.NONE);
        // To read one takes as long as all else here, and many streams have the same.
        Map<String, Optional<Schedule>> schedules = new HashMap<>();
        // One that has ended meanwhile has no status any more.
        return streams.all().stream()
                .flatMap(stream -> metrics.status(stream.settings().labels()).stream()
                        .map(status -> new StreamHealth(
                                stream, status, schedule(stream, schedules), others.lastRun(stream.name()))))
                .toList();
    }

    private static Optional<Schedule> schedule(Stream stream, Map<String, Optional<Schedule>> known) {
        LogSettings settings = stream.settings().log();
        return settings.get(SettingTable.AUTO_STARTUP)
                ? known.computeIfAbsent(settings.schedule(), Schedule::parse)
                : Optional.empty();
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
        if (!isOverdue(since, now)) {
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

    /** Whether a run must have succeeded by now, given when one last did. */
    private boolean isOverdue(Instant since, Instant now) {
        if (schedule.isEmpty()) {
            return false;
        }
        Instant time = since;
        for (int i = 0; i < TIMES_MAX; i++) {
            Optional<Instant> next = schedule.get().next(time);
            // Most are well, and there may be a thousand: a time that is still to come settles it.
            if (next.isEmpty() || next.get().isAfter(now)) {
                return false;
            }
            time = next.get();
        }
        return now.isAfter(time.plus(stream.settings().log().get(SettingTable.SCHEDULE_JITTER)));
    }
}
