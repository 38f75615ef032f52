// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import dev.duocollector.run.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until a test moves it; shared by the collector and the simulator. Time that goes by is also the
 * ticker's; a clock that is set is not.
 */
public final class MovableClock extends Clock {

    private volatile Instant now;
    private final AtomicLong nanos = new AtomicLong();

    MovableClock(Instant now) {
        this.now = now;
    }

    /** Lets time go by. */
    void advance(Duration step) {
        now = now.plus(step);
        nanos.addAndGet(step.toNanos());
    }

    /** Sets the clock, as an operator or a time server does: no time goes by. */
    void set(Instant instant) {
        now = instant;
    }

    /** The time that goes by, whatever the clock is set to. */
    Ticker ticker() {
        return nanos::get;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("Nothing here asks for a zone");
    }

    @Override
    public Instant instant() {
        return now;
    }
}
