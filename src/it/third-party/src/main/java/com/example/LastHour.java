// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package com.example;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Asks for the last hour, up to the two minutes for which Duo shows nothing. */
public final class LastHour {

    public Map<String, String> query() {
        Instant now = Instant.now();
        return Map.of(
                "mintime",
                millis(now.minus(Duration.ofHours(1))),
                "maxtime",
                millis(now.minus(Duration.ofMinutes(2))),
                "limit",
                "1000",
                "sort",
                "ts:asc");
    }

    private static String millis(Instant instant) {
        return String.valueOf(instant.toEpochMilli());
    }
}
