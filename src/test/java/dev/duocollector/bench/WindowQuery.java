// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.source.DuoRequestSigner;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * The parameters of the next page for those that have no state: the same window with every page, and the exchange variable
 * {@code offset} where there is one.
 */
public final class WindowQuery implements Processor {

    private final Map<String, String> window;

    public WindowQuery(Settings settings, Clock clock) {
        Instant now = clock.instant();
        window = Map.of(
                "mintime", Long.toString(now.minus(settings.log().lookback()).toEpochMilli()),
                "maxtime",
                        Long.toString(
                                now.minus(settings.log().get(SettingTable.LAG)).toEpochMilli()),
                "limit", Integer.toString(settings.log().get(SettingTable.PAGE_SIZE)),
                "sort", "ts:asc");
    }

    @Override
    public void process(Exchange exchange) {
        Map<String, String> query = new TreeMap<>(window);
        String offset = exchange.getVariable("offset", String.class);
        if (offset != null) {
            query.put("next_offset", offset);
        }
        exchange.setVariable(DuoRequestSigner.QUERY, query);
    }
}
