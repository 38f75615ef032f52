// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;

/**
 * The requests to Duo under way, each from its signing to its answer, of all collectors with one clock. A test's clock jumps
 * by minutes: were it to do so in between, the simulator would rightly refuse a Date that was right when it was signed.
 */
final class RequestsUnderWay {

    /** A request whose answer takes longer hangs; above every delay that a test gives an answer. */
    private static final Duration ANSWER_TIME_MAX = Duration.ofSeconds(20);

    /** Each signs a request, sends it and reads its answer. */
    private static final Set<String> ROUTES = Set.of("duo-page", "duo-accounts");

    /** A permit for each request, of more than there are threads; all for the clock, which has its turn by being first. */
    private final Semaphore requests = new Semaphore(Integer.MAX_VALUE, true);

    /**
     * Acts while no request is under way; one that begins meanwhile waits. Not for use within a request.
     *
     * @throws AssertionError if one is under way for more than 20 s
     */
    void between(Runnable action) {
        try {
            if (!requests.tryAcquire(Integer.MAX_VALUE, ANSWER_TIME_MAX.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("A request to Duo is under way for more than " + ANSWER_TIME_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while a request to Duo was under way", e);
        }
        try {
            action.run();
        } finally {
            requests.release(Integer.MAX_VALUE);
        }
    }

    /**
     * Starts a context whose requests count.
     *
     * @throws IllegalStateException if its routes for a request to Duo are others than expected here
     */
    void start(CamelContext context) {
        Set<String> found = ConcurrentHashMap.newKeySet();
        context.addRoutePolicyFactory((camel, route, node) -> {
            if (!ROUTES.contains(route)) {
                return null;
            }
            found.add(route);
            return new Counted();
        });
        context.start();
        if (!found.equals(ROUTES)) {
            throw new IllegalStateException("Of the routes " + ROUTES + ", there are " + found);
        }
    }

    private final class Counted extends RoutePolicySupport {

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            requests.acquireUninterruptibly();
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            requests.release();
        }

        /** Also while the context stops, so that what has begun is ended. */
        @Override
        public boolean isRunAllowed() {
            return true;
        }
    }
}
