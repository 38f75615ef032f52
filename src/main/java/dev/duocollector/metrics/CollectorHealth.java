// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.metrics;

import dev.duocollector.run.OtherNodes;
import dev.duocollector.run.Streams;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        RunMetrics runs = Objects.requireNonNull(metrics, "metrics");
        Streams collected = Objects.requireNonNull(streams, "streams");
        List<StreamHealth> all = StreamHealth.ofEach(getCamelContext(), collected, runs);
        Instant now = runs.now();
        List<String> troubles = new ArrayList<>(collected.problems());
        all.forEach(each -> each.trouble(now).ifPresent(trouble -> troubles.add(named(each, trouble))));
        builder.state(troubles.isEmpty() ? State.UP : State.DOWN);
        if (all.size() == 1) {
            details(all.get(0), builder, now);
        } else {
            builder.detail("streams", all.size());
            builder.detail("streams.in.trouble", troubles.size());
        }
        List<String> told = troubles.isEmpty()
                ? all.stream()
                        .limit(TOLD_MAX)
                        .map(each -> named(each, each.well(now)))
                        .toList()
                : troubles;
        // Camel's own server, which an application may have, escapes a quotation mark twice.
        builder.message(
                told.stream().limit(TOLD_MAX).collect(Collectors.joining(" ")).replace('"', '\''));
    }

    private static void details(StreamHealth only, HealthCheckResultBuilder builder, Instant now) {
        CollectorStatus status = only.status();
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

    private static String named(StreamHealth each, String sentence) {
        String label = each.stream().label();
        return label.isEmpty() ? sentence : label + ": " + sentence;
    }
}
