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
import software.amazon.awssdk.core.SdkGlobalTime;

/**
 * A clock that stands still until a test moves it; shared by the collector and the simulator. Time that goes by is also the
 * ticker's; a clock that is set is not.
 */
public final class MovableClock extends Clock {

    private volatile Instant now;
    private final AtomicLong nanos = new AtomicLong();
    private final RequestsUnderWay requests = new RequestsUnderWay();

    MovableClock(Instant now) {
        set(now);
    }

    /** Lets time go by, also in the middle of a request to Duo: for a test that makes the requests itself, or means that. */
    void advance(Duration step) {
        set(now.plus(step));
        nanos.addAndGet(step.toNanos());
    }

    /** Sets the clock, as an operator or a time server does: no time goes by. */
    void set(Instant instant) {
        now = instant;
        // What the AWS SDK signs is dated by this clock, too, in each client that is made from now on.
        SdkGlobalTime.setGlobalTimeOffset(
                (int) Duration.between(instant, Instant.now()).toSeconds());
    }

    /** Has the AWS SDK sign by the system's clock again. */
    static void release() {
        SdkGlobalTime.setGlobalTimeOffset(0);
    }

    /** The requests to Duo that are signed by this clock. */
    RequestsUnderWay requests() {
        return requests;
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
