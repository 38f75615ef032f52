// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.duocollector.run.ClockSetBack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Route;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.support.RoutePolicySupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerKey;
import org.quartz.impl.matchers.GroupMatcher;

/** A clock that was ahead when the times of the schedule were computed, and is set right. */
class ClockSetBackTest {

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final World world = new World();
    private final Logs logs = Logs.capture();
    private final AtomicInteger restarted = new AtomicInteger();
    private TestCollector collector;
    private Scheduler scheduler;
    private ClockSetBack watch;

    @BeforeEach
    void start() throws Exception {
        world.set("duo.logs", "telephony,activity")
                .set("duo.schedule.auto-startup", "true")
                .set("duo.schedule-jitter", "0s")
                .set("duo.schedule", "0 0 * * * ?");
        collector = world.start();
        scheduler = collector
                .context()
                .getComponent("quartz", QuartzComponent.class)
                .getScheduler();
        watch = watch();
        await().until(() -> nextTimes().size() == 2);
        countStarts("accounts", "self-check");
        for (TriggerKey key : scheduler.getTriggerKeys(GroupMatcher.anyTriggerGroup())) {
            Trigger trigger = scheduler.getTrigger(key);
            Date tomorrow = Date.from(Instant.now().plus(DAY));
            scheduler.rescheduleJob(
                    key, trigger.getTriggerBuilder().startAt(tomorrow).build());
        }
        assertThat(nextTimes())
                .hasSize(2)
                .allMatch(next -> next.isAfter(Instant.now().plus(DAY.minus(HOUR))));
    }

    @AfterEach
    void close() {
        collector.close();
        logs.close();
        world.close();
    }

    private List<Instant> nextTimes() throws SchedulerException {
        List<Instant> times = new ArrayList<>();
        for (TriggerKey key : scheduler.getTriggerKeys(GroupMatcher.anyTriggerGroup())) {
            times.add(scheduler.getTrigger(key).getNextFireTime().toInstant());
        }
        return times;
    }

    @Test
    void everyTimeBeginsAnew() throws SchedulerException {
        world.advance(Duration.ofSeconds(10));
        world.clock.set(world.now().minus(DAY));

        watch.look();

        assertThat(nextTimes())
                .hasSize(2)
                .allMatch(next -> !next.isAfter(Instant.now().plus(HOUR)));
        assertThat(restarted).as("routes that a timer starts").hasValue(2);
        assertThat(logs.lines(Level.WARN))
                .contains("This machine's clock was set back by 86400 s. Runs begin by the schedule as it is now.");
        watch.look();
        assertThat(restarted).as("set back once").hasValue(2);
    }

    /** What ROUTES allows with one log. */
    @Test
    void timerInTheQuartzsPlace_isStartedAgain() throws Exception {
        collector.close();
        logs.clear();
        restarted.set(0);
        String schedule = Files.readString(Path.of("routes/schedule.camel.yaml"));
        int quartz = schedule.indexOf("      uri: quartz\n");
        String timed = schedule.substring(0, quartz)
                + "      uri: timer\n      parameters: { timerName: mine, period: 3600000, delay: 3600000 }\n"
                + schedule.substring(schedule.indexOf("      steps:\n", quartz));
        collector = TestCollector.start(
                world.set("duo.logs", "telephony").settings, world.clock, Map.of("schedule.camel.yaml", timed));
        watch = watch();
        countStarts("accounts", "self-check", "schedule");
        world.advance(Duration.ofSeconds(10));
        world.clock.set(world.now().minus(DAY));

        watch.look();

        assertThat(restarted).hasValue(3);
        assertThat(logs.lines(Level.ERROR)).isEmpty();
        assertThat(logs.lines(Level.WARN)).anyMatch(line -> line.contains("was set back by 86400 s"));
    }

    private ClockSetBack watch() {
        return await().until(() -> collector.context().hasService(ClockSetBack.class), Objects::nonNull);
    }

    private void countStarts(String... routes) {
        for (String timed : routes) {
            collector.context().getRoute(timed).getRoutePolicyList().add(new RoutePolicySupport() {
                @Override
                public void onStart(Route route) {
                    restarted.incrementAndGet();
                }
            });
        }
    }

    @Test
    void nothingHappens_whenTheClockGoesOnOrIsSetAheadOrBackByLittle() throws SchedulerException {
        for (Duration step : List.of(Duration.ZERO, HOUR, Duration.ofSeconds(-4))) {
            world.advance(Duration.ofSeconds(10));
            world.clock.set(world.now().plus(step));

            watch.look();
        }

        assertThat(nextTimes())
                .hasSize(2)
                .allMatch(next -> next.isAfter(Instant.now().plus(DAY.minus(HOUR))));
        assertThat(restarted).hasValue(0);
    }
}
