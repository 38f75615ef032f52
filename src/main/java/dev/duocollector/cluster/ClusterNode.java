// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import dev.duocollector.run.RunTriggers;
import dev.duocollector.settings.ClusterSettings;
import dev.duocollector.settings.Settings;
import dev.duocollector.text.Log;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerKey;
import org.quartz.listeners.SchedulerListenerSupport;

/**
 * This program as a node of a cluster. It looks at the database every few seconds: takes part as soon as it can, puts the times of
 * its streams there, and says once when that cannot be, and once when it can again.
 */
public final class ClusterNode {

    private static final Duration LOOK = Duration.ofSeconds(5);

    /** After so many looks, what the cluster has is compared with what it should have: after a minute. */
    private static final int COMPARE_EVERY = 12;

    private static final Duration END_MAX = Duration.ofSeconds(10);
    private static final Duration SHUTDOWN_MAX = Duration.ofSeconds(3);

    private static final Log LOG = Log.of(ClusterNode.class);

    private final CamelContext camel;
    private final ClusterSettings settings;
    private final ClusterDatabase database;
    private final ClusterTriggers triggers = new ClusterTriggers();
    private final Firings firings;

    /** Quartz asks the machine's clock as well. */
    private final Clock clock = Clock.systemUTC();

    private @Nullable Future<?> looks;

    private volatile @Nullable Connection session;
    private SignOfLife life = new SignOfLife(System.nanoTime());
    private volatile boolean isStandingBy;
    private int compared;
    private boolean clockTold;

    private volatile @Nullable Scheduler scheduler;
    private volatile Trouble trouble = new Trouble("It has not been looked at yet.", false, false);
    private Instant since = Instant.MIN;

    /**
     * What keeps this node from taking part.
     *
     * @param isThere whether anything does
     */
    private record Trouble(String what, boolean isOperators, boolean isThere) {}

    public ClusterNode(CamelContext camel, Settings settings) {
        this.camel = camel;
        this.settings = settings.process().cluster().orElseThrow();
        database = new ClusterDatabase(this.settings);
        firings = new Firings(camel, clock);
    }

    /** What the routes set the streams' times by. */
    public RunTriggers triggers() {
        return triggers;
    }

    /** Begins to take part, as soon as the database lets it. */
    public void start() {
        looks = camel.getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(this, "cluster")
                .scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Takes no more runs. */
    public void standBy() {
        isStandingBy = true;
        if (looks != null) {
            looks.cancel(true);
        }
        Scheduler now = scheduler;
        if (now != null) {
            try {
                now.standby();
            } catch (SchedulerException e) {
                LOG.debug("The scheduler of the cluster could not stand by", e);
            }
        }
    }

    /** Ends, once the runs have: those that the routes were stopped in are left to other nodes. */
    public void stop() {
        close();
        Scheduler now = scheduler;
        if (now == null) {
            return;
        }
        try {
            long end = System.nanoTime() + END_MAX.toNanos();
            while (!now.getCurrentlyExecutingJobs().isEmpty() && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            shutDown(now);
        } catch (SchedulerException e) {
            LOG.debug("The scheduler of the cluster could not be stopped", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** In a thread of its own, which ends with the program: Quartz waits for a database that hangs. */
    private static void shutDown(Scheduler scheduler) throws InterruptedException {
        Thread end = new Thread(
                () -> {
                    try {
                        scheduler.shutdown(false);
                    } catch (SchedulerException e) {
                        LOG.debug("The scheduler of the cluster could not be stopped", e);
                    }
                },
                "cluster-end");
        end.setDaemon(true);
        end.start();
        end.join(SHUTDOWN_MAX.toMillis());
    }

    /** Says what keeps this node from taking part; empty if nothing does. */
    Optional<String> trouble() {
        Trouble now = trouble;
        return scheduler == null || now.isThere() ? Optional.of(now.what()) : Optional.empty();
    }

    /** Returns the connection that looks go by, as long as it lasts: the other nodes see by it what this one's clock says. */
    private Connection session() throws SQLException {
        Connection now = session;
        if (now == null) {
            now = database.getConnection();
            session = now;
        }
        return now;
    }

    private void close() {
        Connection now = session;
        session = null;
        if (now != null) {
            try {
                now.close();
            } catch (SQLException e) {
                LOG.debug("A connection could not be closed", e);
            }
        }
    }

    private void look() {
        try {
            Connection connection = session();
            Instant before = clock.instant();
            Instant answer = ClusterDatabase.now(connection);
            NodeClock mine = NodeClock.of(before, answer, clock.instant());
            ClusterDatabase.tellClock(connection, camel.getName(), mine.off());
            if (mine.isContradicted(ClusterDatabase.otherClocks(connection, camel.getName()))) {
                leave();
                trouble("This node's clock is " + mine.words()
                        + ", and another node's is right by that. Set it right, and keep it so with NTP: a node whose clock is"
                        + " off would take others for dead.");
                return;
            }
            tellClock(mine);
            Scheduler now = join();
            Optional<Instant> sign = Optional.ofNullable(
                    ClusterDatabase.nodes(connection, camel.getName()).get(now.getSchedulerInstanceId()));
            if (life.standsStill(sign, System.nanoTime())) {
                trouble("The cluster's database " + settings.place() + " has taken no sign of life of this node for "
                        + SignOfLife.STILL_MAX.toSeconds()
                        + " s, though it answers. It must be one that is written to (no standby, not full), and nobody else may"
                        + " lock the tables.");
                return;
            }
            if (triggers.haveChanged() || compared % COMPARE_EVERY == 0) {
                mend(now, connection);
                triggers.put(now, ClusterDatabase.schedules(connection, camel.getName()));
            }
            compared++;
            allIsWell(now);
        } catch (SQLException | SchedulerException | RuntimeException e) {
            LOG.debug("The cluster's database could not be used", e);
            close();
            if (isStandingBy) {
                // It was interrupted in this look.
                return;
            }
            ClusterFailure failure = ClusterFailure.of(e, settings);
            trouble(new Trouble(failure.what(), failure.isOperators(), true));
        }
    }

    /** Puts right what would never fire again. */
    private void mend(Scheduler now, Connection connection) throws SQLException, SchedulerException {
        for (TriggerKey broken : ClusterDatabase.broken(connection, camel.getName())) {
            now.resetTriggerFromErrorState(broken);
        }
        for (TriggerKey half : ClusterDatabase.halves(connection, camel.getName())) {
            LOG.warn(
                    "Somebody has deleted the schedule of {} in the cluster's database: it is put back.",
                    half.getName());
            now.unscheduleJob(half);
        }
    }

    private void tellClock(NodeClock mine) {
        if (mine.isOff() && !clockTold) {
            LOG.warn(
                    "This node's clock is {}. Set the one right that is wrong, and keep both so with NTP: other nodes will"
                            + " take no part in the cluster.",
                    mine.words());
        }
        clockTold = mine.isOff();
    }

    private Scheduler join() throws SchedulerException {
        Scheduler now = scheduler;
        if (now == null) {
            now = ClusterScheduler.create(camel.getName(), database);
            try {
                begin(now);
            } catch (SchedulerException | RuntimeException e) {
                now.shutdown(false);
                throw e;
            }
            life = new SignOfLife(System.nanoTime());
            scheduler = now;
            if (isStandingBy) {
                now.standby();
            }
            LOG.info(
                    "This node, {}, takes part in the cluster {} of {}.",
                    now.getSchedulerInstanceId(),
                    camel.getName(),
                    settings.place());
        }
        return now;
    }

    private void begin(Scheduler now) throws SchedulerException {
        now.getContext().put(Firings.NODE, firings);
        now.getListenerManager().addSchedulerListener(new SchedulerListenerSupport() {
            @Override
            public void schedulerError(String message, SchedulerException cause) {
                // Each look at the database says what is wrong, once.
                LOG.debug("{}", message, cause);
            }
        });
        now.start();
    }

    private void leave() throws SchedulerException {
        Scheduler now = scheduler;
        if (now != null) {
            scheduler = null;
            now.shutdown(false);
        }
    }

    private void trouble(String what) {
        trouble(new Trouble(what, false, true));
    }

    private void trouble(Trouble now) {
        Trouble before = trouble;
        trouble = now;
        if (before.isThere() && before.isOperators() == now.isOperators()) {
            return;
        }
        since = clock.instant();
        String until = " Until that has passed, no run begins on this node; it looks every " + LOOK.toSeconds() + " s.";
        if (now.isOperators()) {
            LOG.error("{}{}", now.what(), until);
        } else {
            LOG.warn("{}{}", now.what(), until);
        }
    }

    private void allIsWell(Scheduler now) throws SchedulerException {
        if (trouble.isThere()) {
            LOG.info(
                    "This node, {}, takes part in the cluster again, after {} s.",
                    now.getSchedulerInstanceId(),
                    Duration.between(since, clock.instant()).toSeconds());
        }
        trouble = new Trouble("", false, false);
    }
}
