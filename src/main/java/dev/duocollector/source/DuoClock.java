// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** How this machine's clock compares with Duo's. */
public final class DuoClock {

    /** How far this machine's clock may be from Duo's before it is blamed for a refused signature. */
    private static final Duration SKEW_TOLD = Duration.ofSeconds(60);

    private DuoClock() {}

    /** Returns how far this machine's clock is ahead of Duo's, to the second; empty if Duo's answer has no readable date. */
    public static Optional<Duration> ahead(Optional<String> duoDate, Clock clock) {
        return duoDate.flatMap(HttpDate::parse).map(date -> Duration.between(date, clock.instant()));
    }

    /** Returns whether a clock is off by so much that it must be set right. */
    public static boolean isSkewed(Duration ahead) {
        return ahead.abs().compareTo(SKEW_TOLD) > 0;
    }

    /** Says how far this machine's clock is off: {@code 90 s ahead of}, and Duo's is to follow. */
    public static String skew(Duration ahead) {
        return ahead.abs().toSeconds() + " s " + (ahead.isNegative() ? "behind" : "ahead of");
    }
}
