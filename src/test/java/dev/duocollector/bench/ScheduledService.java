// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.app.CamelApplication;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.RefreshStreams;
import dev.duocollector.run.RunReport;
import dev.duocollector.run.StartStreams;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.EventNotifierSupport;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;

/**
 * A JVM that runs the schedule's routes, all of whose streams are due when it is told to: its arguments are settings as
 * {@code name=value}; each line of standard input is a time, at which each stream makes one run, or {@value #HEAP} or
 * {@value #COST}. The first round is that of the start; for each further one every stream's own Quartz trigger is set to fire
 * at once, since Quartz goes by the machine's clock. Ends with its input.
 */
public final class ScheduledService {

    static final String HEAP = "heap";
    static final String COST = "cost";

    private static final String GROUP = "duo-streams";

    private final CamelApplication application;
    private final AtomicInteger done = new AtomicInteger();
    private final Phaser runs = new Phaser(1);
    private boolean started;

    private ScheduledService(Map<String, String> settings) throws Exception {
        application = CamelApplication.withSchedule(settings);
        application.start();
        application.context().getManagementStrategy().addEventNotifier(new Ended());
    }

    public static void main(String[] args) throws Exception {
        Map<String, String> settings = Arrays.stream(args)
                .map(setting -> setting.split("=", 2))
                .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1]));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        ScheduledService service = null;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals(HEAP)) {
                System.out.println(Heap.now().line());
                continue;
            }
            ServiceClock.set(line.equals(COST) ? Instant.now() : Instant.parse(line));
            service = service == null ? new ScheduledService(settings) : service;
            System.out.println(line.equals(COST) ? service.cost() : service.round());
        }
        if (service != null) {
            service.application.stop();
        }
    }

    /** Counts the runs that have ended. */
    private final class Ended extends EventNotifierSupport {

        @Override
        public boolean isEnabled(CamelEvent event) {
            return event instanceof CamelEvent.ExchangeCompletedEvent;
        }

        @Override
        public void notify(CamelEvent event) {
            var exchange = ((CamelEvent.ExchangeCompletedEvent) event).getExchange();
            if ("runs".equals(exchange.getFromRouteId())) {
                RunReport report = exchange.getMessage().getBody(RunReport.class);
                if (report == null) {
                    // The operator's steps, which have an exchange of their own.
                    return;
                }
                if (report.outcome() == RunOutcome.DONE) {
                    done.incrementAndGet();
                } else {
                    System.err.println(report.line());
                }
                runs.arriveAndDeregister();
            }
        }
    }

    /** Has each stream make one run, and returns {@link Round#line}. */
    private String round() throws Exception {
        List<Stream> streams = Streams.of(context()).all();
        done.set(0);
        ManagementFactory.getThreadMXBean().resetPeakThreadCount();
        runs.bulkRegister(streams.size());
        long cpu = cpuNanos();
        long began = System.nanoTime();
        if (started) {
            for (Stream stream : streams) {
                fire(stream);
            }
        } else {
            started = true;
            start("runs", "start-stream", "schedule", "start");
        }
        runs.arriveAndAwaitAdvance();
        return new Round(
                        done.get(),
                        System.nanoTime() - began,
                        cpuNanos() - cpu,
                        ManagementFactory.getThreadMXBean().getPeakThreadCount())
                .line();
    }

    /** Measures what the look at the folder each minute costs, and the triggers of all streams. */
    private String cost() throws Exception {
        start("schedule");
        long refresh = Math.min(nanos(new RefreshStreams()), nanos(new RefreshStreams()));
        long before = Heap.now().bytes();
        long triggers = nanos(new StartStreams());
        return new Cost(
                        Streams.of(context()).all().size(),
                        refresh,
                        triggers,
                        Heap.now().bytes() - before)
                .line();
    }

    private long nanos(Processor step) throws Exception {
        long began = System.nanoTime();
        step.process(new DefaultExchange(context()));
        return System.nanoTime() - began;
    }

    private void fire(Stream stream) throws SchedulerException {
        Scheduler scheduler =
                context().getComponent("quartz", QuartzComponent.class).getScheduler();
        TriggerKey key = new TriggerKey(stream.name(), GROUP);
        scheduler.rescheduleJob(
                key,
                TriggerBuilder.newTrigger()
                        .withIdentity(key)
                        .forJob(new JobKey(stream.name(), GROUP))
                        .startNow()
                        // One that fires no more would take its job with it.
                        .withSchedule(SimpleScheduleBuilder.repeatHourlyForever(
                                (int) Duration.ofDays(365).toHours()))
                        .build());
    }

    private void start(String... routes) throws Exception {
        for (String route : routes) {
            context().getRouteController().startRoute(route);
        }
    }

    private CamelContext context() {
        return application.context();
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /**
     * One run of each stream.
     *
     * @param done how many of the runs ended well
     * @param threads the most at a time
     */
    record Round(int done, long nanos, long cpuNanos, int threads) {

        String line() {
            return done + " " + nanos + " " + cpuNanos + " " + threads;
        }

        static Round parse(String line) {
            long[] parts = numbers(line);
            return new Round((int) parts[0], parts[1], parts[2], (int) parts[3]);
        }
    }

    /** What many streams cost that do nothing. */
    record Cost(int streams, long refreshNanos, long triggersNanos, long triggersBytes) {

        String line() {
            return streams + " " + refreshNanos + " " + triggersNanos + " " + triggersBytes;
        }

        static Cost parse(String line) {
            long[] parts = numbers(line);
            return new Cost((int) parts[0], parts[1], parts[2], parts[3]);
        }
    }

    private static long[] numbers(String line) {
        return Arrays.stream(line.split(" ", -1)).mapToLong(Long::parseLong).toArray();
    }
}
