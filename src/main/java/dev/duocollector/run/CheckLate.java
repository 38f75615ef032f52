// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.LogSettings;
import dev.duocollector.settings.Schedule;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.state.StateObject;
import dev.duocollector.text.Log;
import java.time.Instant;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes a stream at the start of the program, and leaves in the exchange variable {@value #LATE} whether it is to run now. An
 * account of the folder is late if it has missed a time of its schedule, or never ran, so that a restart does not have a
 * thousand of them ask Duo at once. The account of application.properties always runs.
 */
public final class CheckLate implements Processor {

    /** The exchange variable with the answer. */
    static final String LATE = "late";

    private static final Log LOG = Log.of(CheckLate.class);

    @Override
    public void process(Exchange exchange) {
        Stream stream = Streams.named(exchange);
        exchange.setVariable(LATE, isLate(stream));
    }

    /** Tells whether a stream is to run when it is new to this program, or to the nodes of a cluster. */
    public static boolean isLate(Stream stream) {
        return stream.settings().name().isEmpty() || hasMissed(stream);
    }

    private static boolean hasMissed(Stream stream) {
        try {
            Optional<Instant> through = StateObject.of(stream.s3(), stream.settings(), stream.clock())
                    .look()
                    .checkpoint()
                    .map(checkpoint -> checkpoint.committedThrough());
            through.ifPresent(stream.listener()::coveredThrough);
            return through.isEmpty() || missed(stream, through.get());
        } catch (RuntimeException e) {
            // Its run says what is wrong.
            LOG.debug("The state of {} could not be looked at", stream, e);
            return true;
        }
    }

    /** Tells whether a time of the schedule has passed since the run that collected through the given one. */
    private static boolean missed(Stream stream, Instant through) {
        LogSettings settings = stream.settings().log();
        Instant ran = through.plus(settings.get(SettingTable.LAG)).plus(LogSettings.WINDOW_MARGIN);
        return Schedule.parse(settings.schedule())
                .flatMap(schedule -> schedule.next(ran))
                .filter(next -> next.isAfter(stream.clock().instant()))
                .isEmpty();
    }
}
