// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.steps;

import dev.duocollector.failure.FailureText;
import dev.duocollector.text.Log;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.SafeCopyProperty;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.jspecify.annotations.Nullable;

/**
 * What failed in the exchanges that a step makes of its own, one for each event of a split, say, and what the step's exchange
 * does not show: an error handler took one of them off the route, or an aggregation passed its exception over. An event would
 * be lost then, or stored without the steps behind the one that failed.
 *
 * <p>It goes along with the exchange and its copies, as a property that no step can remove. Each step looks after the exchanges
 * that it makes: an exception that reaches the step's own exchange is that exchange's matter, and all others go to the step
 * around it, up to the one that the run waits for.
 */
final class StepFailures implements SafeCopyProperty {

    private static final Log LOG = Log.of(StepFailures.class);
    private static final String KEY = StepFailures.class.getName();

    private @Nullable StepFailures around;
    private @Nullable Exception first;
    private boolean isRead;

    private StepFailures(boolean isRead) {
        this.isRead = isRead;
    }

    @Override
    public SafeCopyProperty safeCopy() {
        return this;
    }

    /** Returns the first failure that an exchange does not show, null if there was none. A later one is a WARN. */
    static @Nullable Exception read(Exchange exchange) {
        StepFailures failures = of(exchange);
        return failures == null ? null : failures.read();
    }

    private static @Nullable StepFailures of(Exchange exchange) {
        return exchange.getExchangeExtension().getSafeCopyProperty(KEY, StepFailures.class);
    }

    private void putInto(Exchange exchange) {
        exchange.getExchangeExtension().setSafeCopyProperty(KEY, this);
    }

    private synchronized @Nullable Exception read() {
        isRead = true;
        return first;
    }

    private void add(String route, Exception failure) {
        StepFailures next = addHere(route, failure);
        if (next != null) {
            next.add(route, failure);
        }
    }

    /** Returns where it belongs once the step is over. */
    private synchronized @Nullable StepFailures addHere(String route, Exception failure) {
        if (around == null && isRead) {
            LOG.warn(
                    "The route {}, which a step of yours sends to without waiting for it, failed ({}). The run continues, and"
                            + " does not send it again.",
                    route,
                    FailureText.brief(EventStepsException.thrown(failure)));
        } else if (first == null) {
            first = failure;
        }
        return around;
    }

    private void endInto(StepFailures step, String route) {
        Exception failure;
        synchronized (this) {
            around = step;
            failure = first;
        }
        if (failure != null) {
            step.add(route, failure);
        }
    }

    /** A step that looks after the exchanges that it makes. */
    static final class Watched extends DelegateAsyncProcessor {

        private final String route;
        private final boolean isAwaited;

        /**
         * @param route the id of its route
         * @param isAwaited false if it hands the events over and goes on
         */
        Watched(AsyncProcessor step, String route, boolean isAwaited) {
            super(step);
            this.route = route;
            this.isAwaited = isAwaited;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            StepFailures found = of(exchange);
            StepFailures around = found == null ? new StepFailures(false) : found;
            StepFailures within = new StepFailures(!isAwaited);
            within.putInto(exchange);
            return super.process(exchange, doneSync -> {
                around.putInto(exchange);
                if (exchange.getException() != null) {
                    End end = new End(around, route);
                    if (!exchange.getExchangeExtension().containsOnCompletion(end)) {
                        exchange.getExchangeExtension().addOnCompletion(end);
                    }
                } else if (isAwaited) {
                    within.endInto(around, route);
                }
                callback.done(doneSync);
            });
        }
    }

    /** Looks at an exchange at its end, when all error handlers have had it: a later try may have been better. */
    private record End(StepFailures around, String route) implements Synchronization {

        @Override
        public void onComplete(Exchange exchange) {
            look(exchange);
        }

        @Override
        public void onFailure(Exchange exchange) {
            look(exchange);
        }

        private void look(Exchange exchange) {
            Exception failure = EventSteps.thrown(exchange);
            if (failure != null) {
                around.add(route, failure);
            }
        }
    }
}
