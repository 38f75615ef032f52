// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.text.Log;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.timer.TimerEndpoint;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/**
 * Notices that this machine's clock has been set back, as after a start with a wrong one, and has all times begin anew. Quartz
 * and Java's timers compute the next time from the clock and wait until it shows that: a clock that was a day ahead would cost
 * a day of runs, without a word.
 */
public final class ClockSetBack extends ServiceSupport {

    /** What is set back by less delays a run by less. */
    static final Duration MIN = Duration.ofSeconds(5);

    private static final Duration LOOK = Duration.ofSeconds(10);

    /** The routes that a timer starts again and again: the last one if the operator has put a timer into the quartz's place. */
    private static final List<String> TIMED = List.of("accounts", "self-check", "schedule");

    private static final Log LOG = Log.of(ClockSetBack.class);

    private final CamelContext camel;
    private final Clock clock;
    private final Ticker ticker;
    private Instant looked;
    private long nanos;
    private @Nullable ScheduledFuture<?> looks;

    private ClockSetBack(CamelContext camel, Clock clock, Ticker ticker) {
        this.camel = camel;
        this.clock = clock;
        this.ticker = ticker;
        looked = clock.instant();
        nanos = ticker.nanos();
    }

    /** Watches the clock of a context until that is stopped. */
    static void watch(CamelContext camel) throws Exception {
        if (camel.hasService(ClockSetBack.class) == null) {
            camel.addService(new ClockSetBack(
                    camel,
                    camel.getRegistry().lookupByNameAndType("clock", Clock.class),
                    camel.getRegistry().lookupByNameAndType("ticker", Ticker.class)));
        }
    }

    /** Looks again and again in a time that no clock is set by. */
    @Override
    protected void doStart() {
        looks = camel.getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(this, "clock")
                .scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    protected void doStop() {
        if (looks != null) {
            looks.cancel(false);
        }
    }

    /** Compares how far the clock has come with the time that went by since the last look. */
    public void look() {
        Instant now = clock.instant();
        long nanosNow = ticker.nanos();
        Duration back = Duration.ofNanos(nanosNow - nanos).minus(Duration.between(looked, now));
        looked = now;
        nanos = nanosNow;
        if (back.compareTo(MIN) < 0) {
            return;
        }
        LOG.warn(
                "This machine's clock was set back by {} s. Runs begin by the schedule as it is now.",
                back.toSeconds());
        try {
            RunTriggers.of(camel).recompute();
            for (String id : TIMED) {
                Route route = camel.getRoute(id);
                if (route != null
                        && route.getEndpoint() instanceof TimerEndpoint
                        && camel.getRouteController().getRouteStatus(id).isStarted()) {
                    camel.getRouteController().stopRoute(id);
                    camel.getRouteController().startRoute(id);
                }
            }
        } catch (Exception e) {
            LOG.error("The times of the schedule could not be set anew. Restart the collector.", e);
        }
    }
}
