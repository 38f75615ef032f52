// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.verify;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.run.Run;
import dev.duocollector.run.RunTime;
import dev.duocollector.run.Ticker;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.state.Window;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Begins a comparison: reads what the bucket holds of the range, and leaves the {@link Comparison} and a {@link Run} over the
 * same time in their exchange variables. The window belongs to no state, so nothing of this run is ever written.
 */
public final class OpenComparison implements Processor {

    private final S3Client s3;
    private final Settings settings;
    private final Clock clock;
    private final Ticker ticker;

    public OpenComparison(S3Client s3, Settings settings, Clock clock, Ticker ticker) {
        this.s3 = s3;
        this.settings = settings;
        this.clock = clock;
        this.ticker = ticker;
    }

    @Override
    public void process(Exchange exchange) {
        TimeRange range = settings.log()
                .range()
                .orElseThrow(() -> RefusedException.operator(
                        "The route verify compares a TimeRange, and no bean is one. Use the command verify."));
        Run run = new Run();
        exchange.setVariable(Run.VARIABLE, run);
        exchange.setVariable(Comparison.VARIABLE, Comparison.of(s3, settings));
        // RangeGuard has compared the clocks before.
        run.began(RunTime.local(clock, ticker));
        run.readWithoutState(
                Window.unread(range.from(), range.to(), settings.log().get(SettingTable.PAGE_SIZE)));
        run.show(exchange);
    }
}
