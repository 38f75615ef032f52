// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.SettingTable;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes a time of the schedule, and leaves it a random part of the jitter later, so that collectors on one schedule do not all ask Duo in the same second. */
public final class ScheduleJitter implements Processor {

    @Override
    public void process(Exchange exchange) {
        Stream stream = Stream.named(exchange);
        Duration jitter = stream.settings().log().get(SettingTable.SCHEDULE_JITTER);
        stream.pause().await(Duration.ofMillis(ThreadLocalRandom.current().nextLong(jitter.toMillis() + 1)));
    }
}
