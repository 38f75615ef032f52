// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.cluster.ClusterJobStore;
import dev.duocollector.cluster.ClusterTables;
import dev.duocollector.cluster.StreamJob;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerBuilder;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.simpl.CascadingClassLoadHelper;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.SchedulerSignaler;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/** The turns of two nodes, step by step, in an order that two schedulers come to by chance only. */
class ClusterJobStoreIT {

    private static final String DATABASE = "turns";

    /** Far less than the 7.5 s that Quartz gives a node beyond it. */
    private static final Duration SIGN_EACH = Duration.ofMillis(200);

    private static final String SIGNS = "qrtz_scheduler_state";

    @TempDir
    private static Path data;

    @AutoClose
    private static PostgresServer postgres;

    /** Whether the database lets nobody in, and how often a check-in was refused. */
    private final AtomicBoolean isAway = new AtomicBoolean();

    private final AtomicInteger refused = new AtomicInteger();

    @BeforeAll
    static void startPostgres() {
        postgres = new PostgresServer(data);
        postgres.createDatabase(DATABASE, ClusterTables.ddl(PostgresServer.NODES));
    }

    @Test
    void aNodeTakesNobodyForDead_whomItCouldNotHear() throws Exception {
        ClusterJobStore node = jobStore("node");
        node.setClusterCheckinInterval(SIGN_EACH.toMillis());
        node.setDbRetryInterval(SIGN_EACH.toMillis());
        silentForAMinute();
        try {
            node.schedulerStarted();
            isHeardTwice();
            assertThat(nodes()).as("right after a start").contains("silent");
            patiently().until(() -> !nodes().contains("silent"));

            isAway.set(true);
            patiently().until(() -> refused.get() > 0);
            silentForAMinute();
            isAway.set(false);
            isHeardTwice();
            assertThat(nodes()).as("right after the database was away").contains("silent");
            patiently().until(() -> !nodes().contains("silent"));
        } finally {
            node.shutdown();
        }
    }

    private static void silentForAMinute() {
        postgres.execute(
                DATABASE,
                PostgresServer.NODES,
                "INSERT INTO " + SIGNS
                        + " (sched_name, instance_name, last_checkin_time, checkin_interval) VALUES ('cluster',"
                        + " 'silent', " + Instant.now().minusSeconds(60).toEpochMilli() + ", " + SIGN_EACH.toMillis()
                        + ")");
    }

    /** Waits until the node has looked at the others' signs, and given its own, twice. */
    private static void isHeardTwice() {
        for (int i = 0; i < 2; i++) {
            List<String> before = ownSign();
            patiently().until(() -> !ownSign().isEmpty() && !ownSign().equals(before));
        }
    }

    private static List<String> ownSign() {
        return postgres.query(DATABASE, "SELECT last_checkin_time FROM " + SIGNS + " WHERE instance_name = 'node'");
    }

    private static List<String> nodes() {
        return postgres.query(DATABASE, "SELECT instance_name FROM " + SIGNS);
    }

    private static ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }

    @Test
    void whatANodeGivesBack_waitsForTheRunThatIsUnderWay() throws Exception {
        ClusterJobStore one = jobStore("one");
        ClusterJobStore other = jobStore("other");
        JobDetail stream = JobBuilder.newJob(StreamJob.class)
                .withIdentity("a1/telephony")
                .storeDurably()
                .build();
        one.storeJob(stream, false);
        for (String name : List.of("first", "scheduled")) {
            OperableTrigger trigger = (OperableTrigger) TriggerBuilder.newTrigger()
                    .withIdentity(name)
                    .forJob(stream)
                    .startNow()
                    .build();
            trigger.computeFirstFireTime(null);
            one.storeTrigger(trigger, false);
        }

        List<OperableTrigger> taken = acquire(one);
        List<OperableTrigger> givenBack = acquire(other);
        assertThat(taken).hasSize(1);
        assertThat(givenBack).hasSize(1).doesNotContainAnyElementsOf(taken);
        assertThat(one.triggersFired(taken).get(0).getTriggerFiredBundle())
                .as("a run")
                .isNotNull();
        assertThat(other.triggersFired(givenBack).get(0).getTriggerFiredBundle())
                .as("a run beside it")
                .isNull();
        other.releaseAcquiredTrigger(givenBack.get(0));

        assertThat(acquire(other)).as("while the run is under way").isEmpty();
        one.triggeredJobComplete(taken.get(0), stream, CompletedExecutionInstruction.DELETE_TRIGGER);
        List<OperableTrigger> next = acquire(other);
        assertThat(next).as("once it has ended").isEqualTo(givenBack);

        other.releaseAcquiredTrigger(next.get(0));
        assertThat(acquire(one)).as("given back with no run under way").isEqualTo(givenBack);
    }

    private static List<OperableTrigger> acquire(ClusterJobStore store) throws JobPersistenceException {
        return store.acquireNextTriggers(Instant.now().plusSeconds(5).toEpochMilli(), 1, 0);
    }

    /** What {@code ClusterScheduler} has, without its thread. */
    private ClusterJobStore jobStore(String node) throws Exception {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(postgres.url(DATABASE));
        source.setUser(PostgresServer.NODES);
        source.setPassword(PostgresServer.PASSWORD);
        DBConnectionManager.getInstance().addConnectionProvider(DATABASE, new ConnectionProvider() {
            @Override
            public Connection getConnection() throws SQLException {
                if (isAway.get()) {
                    if (Thread.currentThread().getName().endsWith("_ClusterManager")) {
                        refused.incrementAndGet();
                    }
                    throw new SQLException("away");
                }
                return source.getConnection();
            }

            @Override
            public void initialize() {
                // Nothing to do.
            }

            @Override
            public void shutdown() {
                // Who takes a connection closes it.
            }
        });
        ClusterJobStore store = new ClusterJobStore();
        store.setInstanceName("cluster");
        store.setInstanceId(node);
        store.setDataSource(DATABASE);
        store.setDriverDelegateClass(PostgreSQLDelegate.class.getName());
        store.setUseProperties("true");
        store.setIsClustered(true);
        store.setAcquireTriggersWithinLock(true);
        CascadingClassLoadHelper classes = new CascadingClassLoadHelper();
        classes.initialize();
        store.initialize(classes, new NoScheduler());
        return store;
    }

    /** Has nobody to tell. */
    private static final class NoScheduler implements SchedulerSignaler {

        @Override
        public void notifyTriggerListenersMisfired(Trigger trigger) {}

        @Override
        public void notifySchedulerListenersFinalized(Trigger trigger) {}

        @Override
        public void notifySchedulerListenersJobDeleted(JobKey job) {}

        @Override
        public void signalSchedulingChange(long next) {}

        @Override
        public void notifySchedulerListenersError(String message, SchedulerException failure) {
            throw new AssertionError(message, failure);
        }
    }
}
