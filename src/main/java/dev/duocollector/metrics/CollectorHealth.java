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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.jspecify.annotations.Nullable;

/**
 * The readiness check {@value #ID}: DOWN, with the reason, when the last run needs an operator, or when neither a run has
 * succeeded nor a page been finished by the third scheduled time after the last success. UP again with the next run that
 * succeeds. It has no part in liveness: a restart fixes nothing of this.
 *
 * <p>With {@link OtherNodes}, a stream that another node has run since is theirs: this one's last run says nothing any more,
 * and the times are counted from that run on. So a node is DOWN for what it has run last, and all are for what nobody runs.
 *
 * <p>The times are those of the cron expression, so a schedule that rests at night is not DOWN in the morning. While nothing
 * is scheduled, time does not count. Camel finds it as a bean of its type.
 */
public final class CollectorHealth extends AbstractHealthCheck {

    public static final String ID = "duo-telephony";

    /** How many times of the schedule may pass without success. */
    private static final int TIMES_MAX = 3;

    /** How many streams in trouble are told of; the metrics have all of them. */
    private static final int TOLD_MAX = 5;

    private @Nullable RunMetrics metrics;
    private @Nullable Streams streams;

    public CollectorHealth() {
        super("duo", ID);
    }

    /** Gets what the runs do. */
    public void setMetrics(RunMetrics value) {
        metrics = value;
    }

    /** Whose runs they are. */
    public void setStreams(Streams value) {
        streams = value;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        OtherNodes others = Optional.ofNullable(getCamelContext())
                .map(camel -> camel.getRegistry().findSingleByType(OtherNodes.class))
                .orElse(OtherNodes.NONE);
        List<OfStream> all = Objects.requireNonNull(streams, "streams").all().stream()
                .map(each -> of(each, others.lastRun(each.name())))
                .toList();
        Instant now = Objects.requireNonNull(metrics, "metrics").now();
        List<String> troubles = new ArrayList<>(streams.problems());
        all.forEach(each -> each.trouble(now).ifPresent(troubles::add));
        builder.state(troubles.isEmpty() ? State.UP : State.DOWN);
        if (all.size() == 1) {
            all.get(0).details(builder, now);
        } else {
            builder.detail("streams", all.size());
            builder.detail("streams.in.trouble", troubles.size());
        }
        List<String> told = troubles.isEmpty()
                ? all.stream().limit(TOLD_MAX).map(each -> each.well(now)).toList()
                : troubles;
        // Camel's server escapes a quotation mark twice, and would show it with a backslash.
        builder.message(
                told.stream().limit(TOLD_MAX).collect(Collectors.joining(" ")).replace('"', '\''));
    }

    private OfStream of(Stream each, Optional<Instant> elsewhere) {
        LogSettings settings = each.settings().log();
        return new OfStream(
                each.label(),
                Objects.requireNonNull(metrics, "metrics")
                        .status(each.settings().labels()),
                settings.get(SettingTable.AUTO_STARTUP) ? Schedule.parse(settings.schedule()) : Optional.empty(),
                settings.get(SettingTable.SCHEDULE_JITTER),
                elsewhere);
    }

    /** One stream, its schedule empty while nothing is scheduled, and when another node last ran it. */
    private record OfStream(
            String label,
            CollectorStatus status,
            Optional<Schedule> schedule,
            Duration jitter,
            Optional<Instant> elsewhere) {

        void details(HealthCheckResultBuilder builder, Instant now) {
            status.succeeded().ifPresent(time -> builder.detail("last.success", time.toString()));
            status.covered().ifPresent(time -> {
                builder.detail("covered.through", time.toString());
                builder.detail("lag.seconds", Duration.between(time, now).toSeconds());
            });
            status.last().ifPresent(last -> {
                builder.detail("last.run", last.report().outcome().name());
                builder.detail("last.run.ended", last.at().toString());
            });
        }

        String well(Instant now) {
            Optional<Instant> theirs = elsewhere.filter(
                    time -> status.last().filter(this::isNewest).isEmpty());
            if (theirs.isPresent()) {
                return named("Run by another node at " + theirs.get() + ".");
            }
            return named(status.covered()
                    .map(time -> "Collected through " + time + ", "
                            + Duration.between(time, now).toSeconds() + " s ago.")
                    .orElse("No run has come as far as reading the state yet."));
        }

        Optional<String> trouble(Instant now) {
            Optional<CollectorStatus.Ended> last = status.last().filter(this::isNewest);
            if (last.isPresent() && last.get().report().outcome() == RunOutcome.OPERATOR) {
                return Optional.of(
                        named("Needs an operator. " + last.get().report().line()));
            }
            Instant since =
                    List.of(Optional.of(status.started()), status.succeeded(), status.progressed(), elsewhere).stream()
                            .flatMap(Optional::stream)
                            .max(Instant::compareTo)
                            .orElseThrow();
            if (deadline(since).filter(now::isAfter).isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(named("No run has succeeded since " + since + ". "
                    + last.map(ended -> "The last one ended at " + ended.at() + ": "
                                    + ended.report().line())
                            .orElse(
                                    elsewhere.isPresent()
                                            ? "Another node began one then: see its log."
                                            : "None has ended since the start: see the log for what it waits for.")));
        }

        private boolean isNewest(CollectorStatus.Ended ended) {
            return elsewhere.filter(ended.at()::isBefore).isEmpty();
        }

        /** Returns until when a run must have succeeded, given when one last did; empty if there are no such times. */
        private Optional<Instant> deadline(Instant since) {
            if (schedule.isEmpty()) {
                return Optional.empty();
            }
            Optional<Instant> time = Optional.of(since);
            for (int i = 0; i < TIMES_MAX; i++) {
                time = time.flatMap(schedule.get()::next);
            }
            return time.map(third -> third.plus(jitter));
        }

        private String named(String sentence) {
            return label.isEmpty() ? sentence : label + ": " + sentence;
        }
    }
}
