// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.verify;

import dev.duocollector.run.Run;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.StreamName;
import dev.duocollector.text.Count;
import dev.duocollector.text.Log;
import dev.duocollector.verify.Comparison.Kind;
import dev.duocollector.verify.Comparison.Result;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes what a comparison found, and tells it to operators: a line, and how many events are missing. */
public final class TellComparison implements Processor {

    private static final Log LOG = Log.of(TellComparison.class);

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        Result result = exchange.getMessage().getBody(Result.class);
        if (result == null) {
            // The program stops; there is a report of that.
            return;
        }
        long missing = result.counts().getOrDefault(Kind.MISSING, 0L);
        run.compared(missing);
        String line = line(result, run.stream().settings());
        if (missing + result.withheld() > 0) {
            LOG.warn(line);
        } else {
            LOG.info(line);
        }
    }

    static String line(Result result, Settings settings) {
        LocalDate day = LocalDate.ofInstant(result.range().to(), ZoneOffset.UTC);
        List<String> kinds = new ArrayList<>();
        for (Map.Entry<Kind, Long> count : result.counts().entrySet()) {
            if (count.getValue() > 0) {
                kinds.add(count.getValue() + " " + count.getKey().name().toLowerCase(Locale.ROOT));
            }
        }
        String compared = "Compared " + day + " with the bucket: Duo shows "
                + Count.of(result.duoEvents(), "different event") + "; ";
        if (result.withheld() > 0) {
            kinds.add(result.withheld() + " said to be there and not shown");
        }
        if (kinds.isEmpty()) {
            return compared + "each is there once.";
        }
        String differences = compared + String.join(", ", kinds) + " (OPERATIONS, \"Verify\").";
        return result.counts().getOrDefault(Kind.MISSING, 0L) == 0
                ? differences
                : differences + " To store what is missing: backfill" + StreamName.options(settings) + " --from " + day
                        + " --to " + day + ".";
    }
}
