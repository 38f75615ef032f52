// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.steps.EventStepsException;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Takes what the operator's steps have left, a collection of events, empty when they dropped all, and leaves it with its size
 * noted. Nothing at all is refused, since a mistaken expression leaves it, and the page's events would count as seen without
 * ever being stored.
 */
public final class CheckEvents implements Processor {

    @Override
    public void process(Exchange exchange) throws EventStepsException {
        Run run = Run.of(exchange);
        run.current().kept(checked(exchange.getMessage().getBody()).size());
        run.show(exchange);
    }

    /** Returns a body that is a collection of events. */
    static Collection<?> checked(@Nullable Object body) throws EventStepsException {
        if (!(body instanceof Collection<?> events)) {
            throw EventStepsException.left(kind(body));
        }
        Set<Object> once = Collections.newSetFromMap(new IdentityHashMap<>(events.size()));
        for (Object event : events) {
            if (!(event instanceof Map)) {
                throw EventStepsException.left("a list with " + kind(event));
            }
            if (!once.add(event)) {
                throw EventStepsException.left("a list with an event that is in it twice");
            }
        }
        return events;
    }

    /** Names a class, never a content, which would be an event's. */
    private static String kind(@Nullable Object found) {
        return found == null ? "null" : "a " + found.getClass().getName();
    }
}
