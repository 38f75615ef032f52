// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.SettingTable;
import dev.duocollector.source.DuoFailure;
import dev.duocollector.source.DuoRequestException;
import dev.duocollector.source.HttpDate;
import dev.duocollector.text.Log;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/**
 * Says whether a failed request is made again, and waits before it is: the {@code retryWhile} of the error handling. Waits
 * {@code Retry-After} when Duo gives one; else after a 429 30 s, 60 s and so on to {@code duo.retry.delay-max}, after anything
 * else 1 s, 2 s and so on to a minute, each with jitter. Gives up as soon as a wait would end later than
 * {@code duo.retry.max-elapsed} after the request's first failure, and when the program stops.
 *
 * <p>It waits by itself, with Camel's redelivery delay at zero, because Camel's own waits hold up a shutdown.
 */
public final class DuoRetry implements Predicate {

    private static final Log LOG = Log.of(DuoRetry.class);

    private static final Duration RATE_LIMIT_DELAY = Duration.ofSeconds(30);
    private static final Duration FAILURE_DELAY = Duration.ofSeconds(1);
    private static final Duration FAILURE_DELAY_MAX = Duration.ofMinutes(1);
    private static final int DOUBLINGS_MAX = 20;
    private static final int TOO_MANY_REQUESTS = 429;

    private final LongSupplier nanoTime;

    public DuoRetry() {
        this(System::nanoTime);
    }

    /** @param nanoTime measures how long a request is being retried: the clock may be set meanwhile */
    DuoRetry(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public boolean matches(Exchange exchange) {
        DuoFailure failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, DuoRequestException.class)
                .failure();
        Run run = Run.of(exchange);
        failure.request().ifPresent(run.listener()::answered);
        if (!failure.again()) {
            return false;
        }
        long now = nanoTime.getAsLong();
        int retry = run.retries().next(now);
        Duration delay = delay(run.stream(), failure, retry);
        Duration left = run.stream()
                .settings()
                .account()
                .get(SettingTable.RETRY_ELAPSED_MAX)
                .minusNanos(run.retries().nanos(now));
        if (delay.compareTo(left) > 0) {
            return false;
        }
        LOG.warn(
                "{}. Asking again in {} s (retry {}, giving up in {} s).",
                failure.brief(),
                seconds(delay),
                retry,
                seconds(left));
        boolean again = run.stream().await(delay);
        if (again) {
            run.listener().retried();
        }
        return again;
    }

    /** Returns how long to wait before the given retry, counted from 1. */
    static Duration delay(Stream stream, DuoFailure failure, int retry) {
        Duration delayMax = stream.settings().account().get(SettingTable.RETRY_DELAY_MAX);
        Optional<Duration> retryAfter = retryAfter(stream.clock(), failure);
        if (retryAfter.isPresent()) {
            return retryAfter.get();
        }
        if (failure.status() == TOO_MANY_REQUESTS) {
            return withJitter(doubled(RATE_LIMIT_DELAY, retry, delayMax));
        }
        Duration max = delayMax.compareTo(FAILURE_DELAY_MAX) < 0 ? delayMax : FAILURE_DELAY_MAX;
        return withJitter(doubled(FAILURE_DELAY, retry, max));
    }

    private static Duration doubled(Duration first, int retry, Duration max) {
        Duration delay = first.multipliedBy(1L << Math.min(retry - 1, DOUBLINGS_MAX));
        return delay.compareTo(max) < 0 ? delay : max;
    }

    // A fifth less at most: two collectors that were refused together do not come back together.
    private static Duration withJitter(Duration delay) {
        long millis = delay.toMillis();
        return Duration.ofMillis(millis - ThreadLocalRandom.current().nextLong(millis / 5 + 1));
    }

    private static Optional<Duration> retryAfter(Clock clock, DuoFailure failure) {
        // One in the past is ignored: with 0, this would ask as fast as it can until max-elapsed.
        return failure.retryAfter()
                .flatMap(value -> parseRetryAfter(clock, value))
                .filter(wait -> !wait.isNegative() && !wait.isZero());
    }

    private static Optional<Duration> parseRetryAfter(Clock clock, String value) {
        if (value.matches("\\d{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        return HttpDate.parse(value).map(date -> Duration.between(clock.instant(), date));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
    }
}
