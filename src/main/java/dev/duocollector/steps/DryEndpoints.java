// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.steps;

import dev.duocollector.failure.FailureText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.PollingConsumer;
import org.apache.camel.spi.EndpointStrategy;
import org.apache.camel.spi.InterceptSendToEndpoint;
import org.apache.camel.support.DefaultInterceptSendToEndpoint;
import org.apache.camel.support.PollingConsumerSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a dry run from delivering anything: whatever a route sends to an endpoint other than {@code direct:}, {@code log:} and
 * {@code language:} ends there, and the endpoint's name is noted. The one request that asks Duo for a page goes through.
 * Thread-safe.
 *
 * <p>Not promised: what a bean or a script does by itself, without an endpoint, it does in a dry run, too.
 */
public final class DryEndpoints implements EndpointStrategy {

    private static final Set<String> HARMLESS = Set.of("direct", "log", "language");

    /** Of the collector's own request, in duo-page.camel.yaml. */
    private static final String DUO_CLIENT = "httpClientConfigurer=%23duoHttpClient";

    private final Set<String> skipped = Collections.synchronizedSet(new LinkedHashSet<>());

    @Override
    public Endpoint registerEndpoint(String uri, Endpoint endpoint) {
        String name = endpoint.getEndpointUri();
        return endpoint instanceof InterceptSendToEndpoint || HARMLESS.contains(scheme(name)) || isDuo(name)
                ? endpoint
                : new Skipped(endpoint);
    }

    /** Returns the endpoints that were not sent to, in the order of the first time, without their parameters. */
    public List<String> skipped() {
        synchronized (skipped) {
            return new ArrayList<>(skipped);
        }
    }

    /** Notes an endpoint as one that is not sent to, if it is such a one. */
    public void skip(Endpoint endpoint) {
        if (endpoint instanceof Skipped one) {
            skipped.add(one.name);
        }
    }

    private static boolean isDuo(String uri) {
        return uri.startsWith("http") && (uri.contains(DUO_CLIENT) || uri.contains(DUO_CLIENT.replace("%23", "#")));
    }

    private static String scheme(String uri) {
        int colon = uri.indexOf(':');
        return colon < 0 ? uri : uri.substring(0, colon);
    }

    private final class Skipped extends DefaultInterceptSendToEndpoint {

        private final String name;

        Skipped(Endpoint endpoint) {
            super(endpoint, true);
            String uri = endpoint.getEndpointUri();
            int parameters = uri.indexOf('?');
            name = FailureText.masked(parameters < 0 ? uri : uri.substring(0, parameters));
            setBefore(exchange -> skipped.add(name));
        }

        /** What is fetched from a file or a queue is often gone from there. */
        @Override
        public PollingConsumer createPollingConsumer() {
            return new Nothing(getOriginalEndpoint(), name);
        }
    }

    /** Has nothing to give. */
    private final class Nothing extends PollingConsumerSupport {

        private final String name;

        Nothing(Endpoint endpoint, String name) {
            super(endpoint);
            this.name = name;
        }

        @Override
        public @Nullable Exchange receive() {
            skipped.add(name);
            return null;
        }

        @Override
        public @Nullable Exchange receiveNoWait() {
            return receive();
        }

        @Override
        public @Nullable Exchange receive(long timeout) {
            return receive();
        }
    }
}
