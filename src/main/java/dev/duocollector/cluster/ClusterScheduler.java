// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/**
 * Quartz' own scheduler on the cluster's database, beside the one that camel-quartz has for the routes: that one needs no
 * database, and so a node starts, and shows its health, while the database is away.
 */
final class ClusterScheduler {

    /** How often a scheduler looks for triggers, and how far ahead. */
    static final Duration LOOK_AHEAD = Duration.ofSeconds(5);

    /** A thread needs a connection for the moments before and after its run only. */
    private static final int CONNECTIONS_MAX = 8;

    /** Of a node's name, which with two numbers makes the 95 characters that Quartz has for what a node runs. */
    private static final int HOST_CHARS_MAX = 60;

    private ClusterScheduler() {}

    /** Makes one, which does not need the database yet, and is not started. */
    static Scheduler create(String cluster, ClusterDatabase database) throws SchedulerException {
        Properties properties = new Properties();
        properties.put("org.quartz.scheduler.instanceName", cluster);
        properties.put("org.quartz.scheduler.instanceId", newInstance());
        properties.put("org.quartz.scheduler.idleWaitTime", Long.toString(LOOK_AHEAD.toMillis()));
        // One at a time is what spreads the runs evenly over the nodes.
        properties.put("org.quartz.scheduler.batchTriggerAcquisitionMaxCount", "1");
        properties.put("org.quartz.scheduler.makeSchedulerThreadDaemon", "true");
        properties.put("org.quartz.threadPool.class", RunThreads.class.getName());
        properties.put("org.quartz.jobStore.class", ClusterJobStore.class.getName());
        properties.put("org.quartz.jobStore.driverDelegateClass", "org.quartz.impl.jdbcjobstore.PostgreSQLDelegate");
        properties.put("org.quartz.jobStore.dataSource", cluster);
        properties.put("org.quartz.jobStore.tablePrefix", ClusterDatabase.TABLE_PREFIX);
        properties.put("org.quartz.jobStore.useProperties", "true");
        properties.put("org.quartz.jobStore.isClustered", "true");
        properties.put("org.quartz.jobStore.clusterCheckinInterval", Long.toString(ClusterDatabase.CHECKIN.toMillis()));
        properties.put("org.quartz.jobStore.dbRetryInterval", Long.toString(LOOK_AHEAD.toMillis()));
        properties.put("org.quartz.jobStore.acquireTriggersWithinLock", "true");
        Pool pool = new Pool(database);
        DBConnectionManager.getInstance().addConnectionProvider(cluster, pool);
        try {
            return new StdSchedulerFactory(properties).getScheduler();
        } catch (SchedulerException | RuntimeException e) {
            pool.shutdown();
            throw e;
        }
    }

    /** Returns a name that no node has had before: Quartz' own way to make one refuses where the machine's name has no address. */
    private static String newInstance() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "node";
        }
        String start = host.substring(0, Math.min(host.length(), HOST_CHARS_MAX));
        return start + "-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    }

    /** What Quartz takes connections from, and closes when its scheduler ends. */
    private static final class Pool implements ConnectionProvider {

        private final HikariDataSource pool;

        Pool(ClusterDatabase database) {
            HikariConfig config = new HikariConfig();
            config.setPoolName("cluster");
            config.setDataSource(database);
            config.setConnectionInitSql(ClusterDatabase.SESSION);
            config.setMaximumPoolSize(CONNECTIONS_MAX);
            config.setMinimumIdle(2);
            config.setInitializationFailTimeout(-1);
            pool = new HikariDataSource(config);
        }

        @Override
        public void initialize() {
            // It is made ready to use.
        }

        @Override
        public Connection getConnection() throws SQLException {
            return pool.getConnection();
        }

        @Override
        public void shutdown() {
            pool.close();
        }
    }
}
