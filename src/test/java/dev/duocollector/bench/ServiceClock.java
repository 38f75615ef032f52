// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The clock of a {@link Service}, which its route file names: it stands still until the next run is asked for. */
public final class ServiceClock extends Clock {

    private static final ServiceClock INSTANCE = new ServiceClock();

    private volatile Instant now = Instant.EPOCH;

    private ServiceClock() {}

    /** The one of this JVM, for the bean {@code clock}. */
    public static Clock instance() {
        return INSTANCE;
    }

    static void set(Instant now) {
        INSTANCE.now = now;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("Nothing here asks for a zone");
    }
}
