// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** At most so many requests in any minute; a refused one does not count. */
final class RateLimit {
    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final int requestsMax;
    private final boolean retryAfter;
    private final Deque<Instant> admitted = new ArrayDeque<>();

    /** @param retryAfter whether a refusal says how many seconds to wait, which Duo's does not */
    RateLimit(int requestsMax, boolean retryAfter) {
        if (requestsMax < 1) {
            throw new IllegalArgumentException("requestsMax must be at least 1: was " + requestsMax);
        }
        this.requestsMax = requestsMax;
        this.retryAfter = retryAfter;
    }

    synchronized Optional<Answer> refuse(Instant now) {
        while (!admitted.isEmpty() && !admitted.getFirst().isAfter(now.minus(PERIOD))) {
            admitted.removeFirst();
        }
        if (admitted.size() < requestsMax) {
            admitted.addLast(now);
            return Optional.empty();
        }
        Answer refused = Refusal.tooManyRequests("at most " + requestsMax + " requests a minute")
                .answer();
        Duration wait = Duration.between(now, admitted.getFirst().plus(PERIOD));
        // Rounded up: a client that waits as long as it is told must be admitted.
        String seconds = String.valueOf(wait.plusSeconds(1).minusNanos(1).toSeconds());
        return Optional.of(retryAfter ? refused.withHeader("Retry-After", seconds) : refused);
    }
}
