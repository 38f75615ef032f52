// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quartz.JobPersistenceException;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.SchedulerStateRecord;
import org.quartz.spi.OperableTrigger;

/**
 * Quartz' own store, but for what Quartz (2.5.2) does in a cluster:
 *
 * <ul>
 *   <li>A node that has taken one trigger of a stream while another node fires another gives its own back, and Quartz lets that
 *       fire at once, beside the run that is under way. Here it waits for that run's end.
 *   <li>The first node that reaches a database that was away for some seconds finds all others silent, and Quartz has their runs
 *       made again. Here a node takes others for dead only for being silent while it could have heard them itself.
 *   <li>A transaction that ends with its connection is an ERROR of Quartz' with a stack trace. Here the database is away, once.
 * </ul>
 */
@SuppressWarnings("unchecked") // JobStoreTX overrides generic methods by raw ones.
public final class ClusterJobStore extends JobStoreTX {

    /** Quartz asks the machine's clock as well. */
    private final Clock clock = Clock.systemUTC();

    /** Since when each look at the nodes' signs of life has succeeded; by one thread, that of the check-in. */
    private long hearsSince;

    private boolean hears;

    @Override
    protected void releaseAcquiredTrigger(Connection connection, OperableTrigger trigger)
            throws JobPersistenceException {
        super.releaseAcquiredTrigger(connection, trigger);
        if (checkBlockedState(connection, trigger.getJobKey(), STATE_WAITING).equals(STATE_BLOCKED)) {
            try {
                getDelegate()
                        .updateTriggerStateFromOtherState(connection, trigger.getKey(), STATE_BLOCKED, STATE_WAITING);
            } catch (SQLException e) {
                throw new JobPersistenceException("A trigger could not be held back: " + e.getMessage(), e);
            }
        }
    }

    /** Says nothing of a connection that is gone: the database itself rolls back, and that it is away is said once, elsewhere. */
    @Override
    protected void rollbackConnection(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.rollback();
            }
        } catch (SQLException e) {
            getLog().debug("A transaction could not be rolled back", e);
        }
    }

    @Override
    protected boolean doCheckin() throws JobPersistenceException {
        boolean done = false;
        try {
            boolean recovered = super.doCheckin();
            done = true;
            return recovered;
        } finally {
            hears = done;
        }
    }

    @Override
    protected List<SchedulerStateRecord> findFailedInstances(Connection connection) throws JobPersistenceException {
        if (!hears) {
            hears = true;
            hearsSince = clock.millis();
        }
        return super.findFailedInstances(connection);
    }

    /** Returns until when a node need not have given its next sign of life; in milliseconds since 1970. */
    @Override
    protected long calcFailedIfAfter(SchedulerStateRecord node) {
        return super.calcFailedIfAfter(node) + Math.max(0, hearsSince - node.getCheckinTimestamp());
    }
}
