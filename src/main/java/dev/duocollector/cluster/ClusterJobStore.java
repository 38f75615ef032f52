// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import java.sql.Connection;
import java.sql.SQLException;
import org.quartz.JobPersistenceException;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.spi.OperableTrigger;

/**
 * Quartz' own store, but one run of a stream at a time also where two of its triggers come at once. A node that has taken the one
 * while another node fires the other gives its own back; Quartz (2.5.2) lets that fire at once, beside the run that is under way.
 * Here it waits for that run's end.
 */
@SuppressWarnings("unchecked") // JobStoreTX overrides a generic method by a raw one.
public final class ClusterJobStore extends JobStoreTX {

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
}
