// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.SchedulerException;

/**
 * What a cluster's scheduler does at a stream's time, on one of its nodes: one run of it, as long as that takes. If the node
 * dies meanwhile, another does it again. Its name is in the database, so it is the same in every release.
 */
@DisallowConcurrentExecution
public final class StreamJob implements Job {

    @Override
    public void execute(JobExecutionContext firing) throws JobExecutionException {
        try {
            Object node = firing.getScheduler().getContext().get(Firings.NODE);
            if (node instanceof Firings firings) {
                firings.make(firing);
            }
        } catch (SchedulerException e) {
            throw new JobExecutionException(e);
        }
    }
}
