// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.LogSettings;
import dev.duocollector.settings.SettingTable;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes a run that is asked for, and leaves it a random part of the jitter later if it is the schedule's, so that collectors on
 * one schedule do not all ask Duo in the same second. Not a stream that has a second of its own in the hour.
 */
public final class ScheduleJitter implements Processor {

    @Override
    public void process(Exchange exchange) {
        if (!exchange.getVariable(AskForRun.DUE, false, Boolean.class)) {
            return;
        }
        Stream stream = Streams.named(exchange);
        LogSettings settings = stream.settings().log();
        if (settings.isSpread()) {
            return;
        }
        long most = settings.get(SettingTable.SCHEDULE_JITTER).toMillis();
        if (!stream.pause().await(Duration.ofMillis(ThreadLocalRandom.current().nextLong(most + 1)))) {
            // The program stops.
            exchange.setRouteStop(true);
        }
    }
}
