// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.CheckLate;
import dev.duocollector.run.RunReport;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import dev.duocollector.text.Log;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;

/**
 * Makes the runs that fall to this node, by the route {@code node}. What it cannot make, since it does not have the stream or
 * stops, it gives back to the cluster a little later. Thread-safe.
 */
final class Firings {

    /** Under which name a scheduler's jobs find it. */
    static final String NODE = "node";

    /** The exchange variable that says what is to be made; in a trigger's data as well. */
    static final String FIRING = "firing";

    /** Since when a stream was found on no node, in milliseconds since 1970, in a trigger's data. */
    private static final String SINCE = "since";

    /** Longer than a scheduler looks ahead, so that any node may get it. */
    private static final Duration GIVEN_BACK = ClusterScheduler.LOOK_AHEAD.multipliedBy(2);

    /** After which a stream that is found on no node has no more times. A node that has it puts them back. */
    private static final Duration GIVEN_UP = Duration.ofMinutes(10);

    /** A node that starts has Duo list what is below parents first. */
    private static final Duration TOLD_AFTER = Duration.ofMinutes(1);

    /** When a first run that failed is made again. */
    private static final Duration FIRST_AGAIN = Duration.ofMinutes(1);

    private static final Duration RETRY = Duration.ofSeconds(5);

    private static final Log LOG = Log.of(Firings.class);

    private final CamelContext camel;
    private final Clock clock;
    private final ProducerTemplate template;

    /** What this node has been asked for and does not have. */
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    Firings(CamelContext camel, Clock clock) {
        this.camel = camel;
        this.clock = clock;
        template = camel.createProducerTemplate();
    }

    /** Makes what a trigger asks for, and returns when that has ended. */
    void make(JobExecutionContext firing) {
        Optional<Stream> stream =
                Streams.of(camel).find(firing.getJobDetail().getKey().getName());
        stream.map(Stream::name).ifPresent(told::remove);
        Optional<Duration> again = stream.isPresent() ? made(stream.get(), what(firing)) : Optional.of(GIVEN_BACK);
        // Not made, and the next time may be hours away.
        while (again.isPresent() && !isGivenBack(firing, stream.isPresent(), again.get())) {
            if (hasLeft(firing) || !Streams.of(camel).pause().await(RETRY)) {
                return;
            }
        }
    }

    /** Makes it, and returns after how long it is to be made again; empty if it is done. */
    private Optional<Duration> made(Stream stream, String what) {
        boolean isFirst = what.equals(ClusterTriggers.FIRST);
        if (isFirst && !CheckLate.isLate(stream)) {
            return Optional.empty();
        }
        Exchange done = template.send("direct:node", exchange -> {
            exchange.setVariable(Stream.VARIABLE, stream.name());
            exchange.setVariable(FIRING, what);
        });
        if (done.getException() != null) {
            return Optional.of(GIVEN_BACK);
        }
        RunReport report = done.getMessage().getBody(RunReport.class);
        if (report != null && report.outcome() == RunOutcome.STOPPED) {
            return Optional.of(GIVEN_BACK);
        }
        // What a first run needs may be missing still; whoever waits for it in here would hold up others.
        return isFirst && report != null && report.triedAgainAtStart() ? Optional.of(FIRST_AGAIN) : Optional.empty();
    }

    /** Whether this node takes no part any more: then others make again what has not returned. */
    private static boolean hasLeft(JobExecutionContext firing) {
        try {
            return firing.getScheduler().isShutdown();
        } catch (SchedulerException e) {
            return true;
        }
    }

    /** Says what a trigger asks for; one that makes again what a dead node had in hand has that one's data. */
    private static String what(JobExecutionContext firing) {
        return Objects.requireNonNullElse(firing.getMergedJobDataMap().getString(FIRING), ClusterTriggers.SCHEDULED);
    }

    private boolean isGivenBack(JobExecutionContext firing, boolean isHere, Duration wait) {
        JobKey job = firing.getJobDetail().getKey();
        JobDataMap given = firing.getMergedJobDataMap();
        Instant now = clock.instant();
        Instant since = given.containsKey(SINCE) ? Instant.ofEpochMilli(Long.parseLong(given.getString(SINCE))) : now;
        try {
            if (!isHere && since.plus(GIVEN_UP).isBefore(now)) {
                firing.getScheduler().deleteJob(job);
                LOG.warn(
                        "{} was found on no node for {} minutes: it has no more times in the cluster, until a node has it.",
                        job.getName(),
                        GIVEN_UP.toMinutes());
                return true;
            }
            if (!isHere && since.plus(TOLD_AFTER).isBefore(now) && told.add(job.getName())) {
                LOG.info("{} is not among what this node collects: its runs are left to others.", job.getName());
            }
            TriggerBuilder<Trigger> again = TriggerBuilder.newTrigger()
                    .withIdentity(job.getName() + " " + what(firing), ClusterTriggers.AGAIN)
                    .forJob(job)
                    .usingJobData(FIRING, what(firing))
                    .startAt(Date.from(now.plus(wait)));
            if (!isHere) {
                again.usingJobData(SINCE, Long.toString(since.toEpochMilli()));
            }
            put(firing, again.build());
            return true;
        } catch (SchedulerException e) {
            LOG.debug("{} could not be given back", job.getName(), e);
            return false;
        }
    }

    /** In place of the trigger that fires now, or beside another that waits already. */
    private static void put(JobExecutionContext firing, Trigger again) throws SchedulerException {
        if (firing.getTrigger().getKey().equals(again.getKey())) {
            if (firing.getScheduler().rescheduleJob(again.getKey(), again) != null) {
                return;
            }
        }
        try {
            firing.getScheduler().scheduleJob(again);
        } catch (ObjectAlreadyExistsException e) {
            LOG.debug("{} waits already", again.getKey());
        }
    }
}
