// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import dev.duocollector.cluster.ClusterDatabase.Scheduled;
import dev.duocollector.run.OtherNodes;
import dev.duocollector.run.RunTriggers;
import dev.duocollector.run.Stream;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.text.Log;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.quartz.CronScheduleBuilder;
import org.quartz.CronTrigger;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;

/**
 * The times of this node's streams as the cluster has them. What routes set is put there later, and again after the database was
 * away: a job for each stream, and triggers for its first run, its schedule and its comparisons. Thread-safe.
 */
final class ClusterTriggers implements RunTriggers, OtherNodes {

    /** The groups of the triggers, and what they ask for. */
    static final String FIRST = "first";

    static final String SCHEDULED = "scheduled";
    private static final String COMPARISON = "comparison";

    /** What a node could not make. */
    static final String AGAIN = "again";

    private static final String JOBS = "streams";

    /** What the tables hold of a cron expression. */
    private static final int CRON_CHARS_MAX = 120;

    private static final Log LOG = Log.of(ClusterTriggers.class);

    private final Map<String, Stream> wanted = new ConcurrentHashMap<>();

    /** Streams that are new on this node, or whose settings have changed. */
    private final Set<String> changed = ConcurrentHashMap.newKeySet();

    private final Set<String> removed = ConcurrentHashMap.newKeySet();

    /** What the cluster had when it was compared last: after a minute at most. */
    private volatile Map<TriggerKey, Scheduled> compared = Map.of();

    @Override
    public void set(Stream stream) {
        List<String> schedules = List.of(
                stream.settings().log().schedule(), stream.settings().account().get(SettingTable.VERIFY_SCHEDULE));
        if (schedules.stream().anyMatch(schedule -> schedule.length() > CRON_CHARS_MAX)) {
            LOG.error(
                    "{} is not collected in a cluster: duo.schedule or verify.schedule has more than {} characters. Shorten it.",
                    stream.name(),
                    CRON_CHARS_MAX);
            return;
        }
        removed.remove(stream.name());
        wanted.put(stream.name(), stream);
        changed.add(stream.name());
    }

    @Override
    public void remove(Stream stream) {
        wanted.remove(stream.name());
        removed.add(stream.name());
    }

    /** The cluster's times are those of its nodes whose clocks are right; one whose clock is not takes no part. */
    @Override
    public void recompute() {}

    @Override
    public boolean areShared() {
        return true;
    }

    /** When a stream's time last came, on whichever node. */
    @Override
    public Optional<Instant> lastRun(String stream) {
        return Optional.ofNullable(compared.get(new TriggerKey(stream, SCHEDULED)))
                .flatMap(Scheduled::fired);
    }

    /** Whether there is something to put, whatever the cluster has. */
    boolean haveChanged() {
        return !changed.isEmpty() || !removed.isEmpty();
    }

    /**
     * Puts what is wanted. Where another node has another schedule for a stream, the one counts that has started or changed
     * last.
     *
     * @param there what the cluster has
     */
    void put(Scheduler scheduler, Map<TriggerKey, Scheduled> there) throws SchedulerException {
        compared = there;
        for (String name : Set.copyOf(removed)) {
            scheduler.deleteJob(new JobKey(name, JOBS));
            removed.remove(name);
        }
        int added = 0;
        for (Stream stream : wanted.values()) {
            boolean isChanged = changed.remove(stream.name());
            try {
                Times times = new Times(stream, scheduler, there);
                if (!comesAgain(times.scheduled())) {
                    continue;
                }
                if (!there.containsKey(times.key(SCHEDULED))) {
                    times.add();
                    added++;
                } else {
                    times.change(SCHEDULED, Optional.of(times.scheduled()), isChanged);
                    times.change(COMPARISON, times.comparison(), isChanged);
                }
            } catch (SchedulerException e) {
                if (isChanged) {
                    changed.add(stream.name());
                }
                throw e;
            }
        }
        if (added > 0) {
            LOG.info("{} of {} logs are new in the cluster.", added, wanted.size());
        }
    }

    /** Quartz refuses a schedule whose last time was, which would keep those of all other streams away. */
    private static boolean comesAgain(CronTrigger schedule) {
        return schedule.getFireTimeAfter(null) != null;
    }

    @Override
    public String toString() {
        return "ClusterTriggers[" + wanted.size() + "]";
    }

    /** One stream's. */
    private record Times(Stream stream, Scheduler scheduler, Map<TriggerKey, Scheduled> there) {

        TriggerKey key(String group) {
            return new TriggerKey(stream.name(), group);
        }

        private JobKey job() {
            return new JobKey(stream.name(), JOBS);
        }

        CronTrigger scheduled() {
            return cron(SCHEDULED, stream.settings().log().schedule());
        }

        Optional<CronTrigger> comparison() {
            String schedule = stream.settings().account().get(SettingTable.VERIFY_SCHEDULE);
            return schedule.isEmpty()
                    ? Optional.empty()
                    : Optional.of(cron(COMPARISON, schedule)).filter(ClusterTriggers::comesAgain);
        }

        private CronTrigger cron(String group, String schedule) {
            return TriggerBuilder.newTrigger()
                    .withIdentity(key(group))
                    .forJob(job())
                    .usingJobData(Firings.FIRING, group)
                    .withSchedule(CronScheduleBuilder.cronSchedule(schedule).inTimeZone(TimeZone.getTimeZone("UTC")))
                    .build();
        }

        /** Has the stream's first run made, and then those of its times. */
        void add() throws SchedulerException {
            JobDetail detail = JobBuilder.newJob(StreamJob.class)
                    .withIdentity(job())
                    .storeDurably()
                    .requestRecovery()
                    .build();
            Trigger first = TriggerBuilder.newTrigger()
                    .withIdentity(key(FIRST))
                    .forJob(job())
                    .usingJobData(Firings.FIRING, FIRST)
                    .build();
            Set<Trigger> all = new LinkedHashSet<>(Set.of(first, scheduled()));
            comparison().ifPresent(all::add);
            try {
                scheduler.scheduleJob(detail, all, false);
            } catch (ObjectAlreadyExistsException e) {
                // Another node has added it just now, or it has lost its times.
                change(SCHEDULED, Optional.of(scheduled()), false);
            }
        }

        /** @param isChanged whether what the cluster has may be another node's, from before */
        void change(String group, Optional<CronTrigger> wanted, boolean isChanged) throws SchedulerException {
            @Nullable Scheduled now = there.get(key(group));
            if (wanted.isEmpty()) {
                if (now != null && isChanged) {
                    scheduler.unscheduleJob(key(group));
                }
            } else if (now == null) {
                try {
                    scheduler.scheduleJob(wanted.get());
                } catch (ObjectAlreadyExistsException e) {
                    LOG.debug("{} is there already", key(group));
                }
            } else if (isChanged && !now.cron().equals(wanted.get().getCronExpression())) {
                // Only then: a trigger that is replaced while it fires would fire twice.
                scheduler.rescheduleJob(key(group), wanted.get());
            }
        }
    }
}
