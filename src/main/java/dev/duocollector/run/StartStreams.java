// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.SettingTable;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.apache.camel.component.quartz.QuartzHelper;
import org.apache.camel.component.quartz.StatefulCamelJob;
import org.quartz.CronScheduleBuilder;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;

/**
 * Takes the start of the program, and leaves a list of the streams' names. Gives each stream but the first, which has the
 * route's own, a Quartz trigger by its own schedule. All of them fire into the endpoint of the route {@value #ROUTE}; the
 * trigger's name is the stream's.
 */
public final class StartStreams implements Processor {

    private static final String ROUTE = "schedule";

    /** The group of the triggers; the route's own is in another. */
    private static final String GROUP = "duo-streams";

    @Override
    public void process(Exchange exchange) throws SchedulerException {
        List<Stream> all = Stream.allOf(exchange.getContext());
        boolean isOwn = all.get(0).settings().log().hasOwn(SettingTable.SCHEDULE);
        if (isOwn) {
            reschedule(all.get(0), quartz(exchange.getContext()));
        }
        if (all.size() > 1) {
            QuartzEndpoint endpoint = quartz(exchange.getContext());
            for (Stream stream : all.subList(1, all.size())) {
                schedule(stream, endpoint);
            }
        }
        exchange.getMessage().setBody(all.stream().map(Stream::name).toList());
    }

    private static QuartzEndpoint quartz(CamelContext camel) {
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
        return CronScheduleBuilder.cronSchedule(stream.settings().log().get(SettingTable.SCHEDULE))
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
        // In place of the one there, where the route is started again.
        scheduler.scheduleJob(job, Set.of(trigger), true);
    }

    /** Returns the stream that a firing is for: the first one's, if it is the route's own. */
    static Stream fired(Exchange firing) {
        List<Stream> all = Stream.allOf(firing.getContext());
        String name = GROUP.equals(firing.getMessage().getHeader("triggerGroup"))
                ? firing.getMessage().getHeader("triggerName", String.class)
                : all.get(0).name();
        return all.stream()
                .filter(stream -> stream.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("There is no stream " + name));
    }
}
