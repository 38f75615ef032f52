// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import java.util.Optional;
import org.apache.camel.CamelContext;
import org.quartz.SchedulerException;

/** Has runs begin at the times of the streams' schedules. */
public interface RunTriggers {

    /** Has a stream's runs begin by its schedule as it is now. */
    void set(Stream stream) throws SchedulerException;

    /** Has no more runs of a stream begin. */
    void remove(Stream stream) throws SchedulerException;

    /** Has all next times computed anew from now: the clock has been set back since they were. */
    void recompute() throws SchedulerException;

    /** Whether another node may make the runs, so that neither a start nor this program's own timers ask for any. */
    boolean areShared();

    /** Returns those of a context: a cluster's, or else those of this program alone. */
    static RunTriggers of(CamelContext camel) {
        return Optional.ofNullable(camel.getRegistry().findSingleByType(RunTriggers.class))
                .orElseGet(() -> new StreamTriggers(camel));
    }
}
