// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.testing;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that has moved on by a second each time somebody looks at it. */
public final class TickingClock {

    private TickingClock() {}

    /** Returns one whose first instant is the given one. */
    public static Clock from(Instant first) {
        AtomicReference<Instant> next = new AtomicReference<>(first);
        InstantSource ticking = () -> next.getAndUpdate(now -> now.plusSeconds(1));
        return ticking.withZone(ZoneOffset.UTC);
    }
}
