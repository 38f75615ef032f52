// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.testing;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that has moved on by a second each time somebody looks at it. */
public final class TickingClock extends Clock {
    private final AtomicReference<Instant> next;

    /** Makes a clock whose first instant is the given one. */
    public TickingClock(Instant first) {
        this.next = new AtomicReference<>(first);
    }

    @Override
    public Instant instant() {
        return next.getAndUpdate(now -> now.plusSeconds(1));
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("Nothing here depends on a clock's zone.");
    }
}
