// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.verify;

import dev.duocollector.run.Run;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.sink.BucketEvents;
import dev.duocollector.state.StateObject;
import dev.duocollector.text.Log;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes the name of a stream in the exchange variable {@value Stream#VARIABLE}, and leaves yesterday, in UTC, in
 * {@value Comparison#RANGE}, and in {@value #DUE} whether it can be compared: not before it is collected to its end, and no
 * window reaches back into it any more, for which a long duo.overlap makes it the day before. What lies before the first
 * object may be before the first window, and is left out.
 */
public final class ChooseDay implements Processor {

    /** The exchange variable with the answer. */
    static final String DUE = "due";

    private static final Log LOG = Log.of(ChooseDay.class);

    @Override
    public void process(Exchange exchange) {
        Streams streams = Streams.of(exchange.getContext());
        // The queue may be long, and the program is not to wait for it.
        Optional<TimeRange> day = streams.pause().isStopping() || !streams.has(exchange)
                ? Optional.empty()
                : comparable(Streams.named(exchange), exchange);
        exchange.setVariable(DUE, day.isPresent());
        day.ifPresent(range -> exchange.setVariable(Comparison.RANGE, range));
    }

    private static Optional<TimeRange> comparable(Stream stream, Exchange exchange) {
        Run.withoutState(stream, exchange);
        Duration overlap = stream.settings().log().get(SettingTable.OVERLAP);
        LocalDate day = LocalDate.ofInstant(stream.clock().instant().minus(overlap), ZoneOffset.UTC)
                .minusDays(1);
        Instant from = day.atStartOfDay(ZoneOffset.UTC).toInstant();
        Instant to = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().minusMillis(1);
        Optional<Instant> through = StateObject.of(stream.s3(), stream.settings(), stream.clock())
                .look()
                .checkpoint()
                .map(checkpoint -> checkpoint.committedThrough().minus(overlap));
        Optional<Instant> first =
                BucketEvents.of(stream.s3(), stream.settings()).firstWindow();
        if (through.filter(to::isBefore).isEmpty() || first.filter(to::isAfter).isEmpty()) {
            LOG.info(
                    "{} is not compared with the bucket: {}.",
                    day,
                    through.filter(to::isBefore).isEmpty()
                            ? "it is not collected to its end yet"
                            : "nothing was stored before its end");
            return Optional.empty();
        }
        Instant begin = first.filter(from::isBefore).orElse(from);
        return Optional.of(new TimeRange(begin, to, true));
    }
}
