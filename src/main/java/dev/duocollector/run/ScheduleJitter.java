// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Waits a random part of the jitter, so that collectors on one schedule do not all ask Duo in the same second. */
public final class ScheduleJitter implements Processor {

    private final Pause pause;
    private final Duration jitter;

    public ScheduleJitter(Pause pause, Settings settings) {
        this.pause = pause;
        this.jitter = settings.log().get(SettingTable.SCHEDULE_JITTER);
    }

    @Override
    public void process(Exchange exchange) {
        pause.await(Duration.ofMillis(ThreadLocalRandom.current().nextLong(jitter.toMillis() + 1)));
    }
}
