// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.verify;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.run.Run;
import dev.duocollector.run.RunTime;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.state.Window;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes anything, and leaves in their exchange variables the {@link Comparison}, for which it reads what the bucket holds of
 * the range, and a {@link Run} over the same time. The range is a bean, or in the exchange variable
 * {@value Comparison#RANGE}. The window belongs to no state, so nothing of this run is ever written.
 */
public final class OpenComparison implements Processor {

    @Override
    public void process(Exchange exchange) {
        Stream stream = Streams.named(exchange);
        TimeRange range = Optional.ofNullable(exchange.getVariable(Comparison.RANGE, TimeRange.class))
                .or(stream::range)
                .orElseThrow(() -> RefusedException.operator(
                        "The route verify compares a TimeRange, and no bean is one. Use the command verify."));
        Run run = Run.withoutState(stream, exchange);
        run.takeTurn();
        exchange.setVariable(Comparison.VARIABLE, Comparison.of(stream.s3(), stream.settings(), range));
        // RangeGuard has compared the clocks before.
        run.began(RunTime.local(stream.clock(), stream.ticker()));
        run.read(Window.unread(range.from(), range.to(), stream.settings().log().get(SettingTable.PAGE_SIZE)));
        run.show(exchange);
    }
}
