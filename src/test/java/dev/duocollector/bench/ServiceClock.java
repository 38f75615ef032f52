// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;

/** The clock of a {@link Service}, which its route file names: it stands still until the next run is asked for. */
public final class ServiceClock {

    private static volatile Instant now = Instant.EPOCH;

    private ServiceClock() {}

    /** The one of this JVM, for the bean {@code clock}. */
    public static Clock instance() {
        return ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    }

    static void set(Instant instant) {
        now = instant;
    }
}
