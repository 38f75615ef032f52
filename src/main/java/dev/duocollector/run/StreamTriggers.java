// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.SettingTable;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.apache.camel.component.quartz.QuartzHelper;
import org.apache.camel.component.quartz.StatefulCamelJob;
import org.quartz.CronScheduleBuilder;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;

/**
 * A Quartz trigger for each stream, by its own schedule. All of them fire into the endpoint of the route {@value #ROUTE}; the
 * trigger's name is the stream's. The route's own trigger is that of the first log of application.properties.
 */
final class StreamTriggers implements RunTriggers {

    private static final String ROUTE = "schedule";

    /** The group of the triggers; the route's own is in another. */
    private static final String GROUP = "duo-streams";

    private final Streams streams;
    private final CamelContext camel;

    StreamTriggers(CamelContext camel) {
        this.camel = camel;
        streams = Streams.of(camel);
    }

    @Override
    public void set(Stream stream) throws SchedulerException {
        if (!isRoutesOwn(stream)) {
            schedule(stream, endpoint());
        } else if (stream.settings().log().hasOwn(SettingTable.SCHEDULE)) {
            reschedule(stream, endpoint());
        }
    }

    @Override
    public void remove(Stream stream) throws SchedulerException {
        if (!isRoutesOwn(stream)) {
            endpoint().getComponent().getScheduler().deleteJob(new JobKey(stream.name(), GROUP));
        }
    }

    /** Of whichever schedule a trigger has. Where the operator has put something else into the quartz's place, there is none. */
    @Override
    public void recompute() throws SchedulerException {
        Route route = camel.getRoute(ROUTE);
        if (route == null || !(route.getEndpoint() instanceof QuartzEndpoint)) {
            return;
        }
        Scheduler scheduler = endpoint().getComponent().getScheduler();
        Set<TriggerKey> keys = new HashSet<>(scheduler.getTriggerKeys(GroupMatcher.triggerGroupEquals(GROUP)));
        keys.add(endpoint().getTriggerKey());
        for (TriggerKey key : keys) {
            Trigger trigger = scheduler.getTrigger(key);
            if (trigger != null) {
                scheduler.rescheduleJob(
                        key, trigger.getTriggerBuilder().startNow().build());
            }
        }
    }

    @Override
    public boolean areShared() {
        return false;
    }

    /** Returns the stream that a firing is for; empty if the route's own trigger has none, or it is no more. */
    Optional<Stream> fired(Exchange firing) {
        return GROUP.equals(firing.getMessage().getHeader("triggerGroup"))
                ? streams.find(firing.getMessage().getHeader("triggerName", String.class))
                : streams.all().stream().filter(this::isRoutesOwn).findFirst();
    }

    private boolean isRoutesOwn(Stream stream) {
        return stream.settings().name().isEmpty() && stream.settings().isFirst();
    }

    private QuartzEndpoint endpoint() {
        Route route = camel.getRoute(ROUTE);
        if (route != null && route.getEndpoint() instanceof QuartzEndpoint quartz) {
            return quartz;
        }
        throw RefusedException.operator(
                "There is no route " + ROUTE + " that begins with quartz:, which each log has its own"
                        + " times in. No log is read. Put routes/schedule.camel.yaml back as it was shipped.");
    }

    /** Gives the route's own trigger the times of the first stream, which are not those that the route names. */
    private static void reschedule(Stream first, QuartzEndpoint endpoint) throws SchedulerException {
        Scheduler scheduler = endpoint.getComponent().getScheduler();
        Trigger own = scheduler.getTrigger(endpoint.getTriggerKey());
        scheduler.rescheduleJob(
                own.getKey(),
                TriggerBuilder.newTrigger()
                        .withIdentity(own.getKey())
                        .forJob(own.getJobKey())
                        .usingJobData(own.getJobDataMap())
                        .withSchedule(times(first))
                        .build());
    }

    private static CronScheduleBuilder times(Stream stream) {
        return CronScheduleBuilder.cronSchedule(stream.settings().log().schedule())
                .inTimeZone(TimeZone.getTimeZone("UTC"));
    }

    private static void schedule(Stream stream, QuartzEndpoint endpoint) throws SchedulerException {
        Scheduler scheduler = endpoint.getComponent().getScheduler();
        JobDetail job = JobBuilder.newJob(StatefulCamelJob.class)
                .withIdentity(stream.name(), GROUP)
                .build();
        QuartzHelper.updateJobDataMap(endpoint.getCamelContext(), job, endpoint.getEndpointUri());
        Trigger trigger = TriggerBuilder.newTrigger()
                .withIdentity(stream.name(), GROUP)
                .withSchedule(times(stream))
                .build();
        // In place of the one there, where the route is started again, or the stream has another schedule now.
        scheduler.scheduleJob(job, Set.of(trigger), true);
    }
}
