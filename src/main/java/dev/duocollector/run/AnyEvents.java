// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import java.util.Collection;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/**
 * Tells whether the body, a collection of events, holds any. It stands in for Simple's {@code ${body.size} > 0}, which looks
 * the body's class up by the body's hash code: every event's JSON would be parsed for it, and once more to be written.
 */
public final class AnyEvents implements Predicate {

    @Override
    public boolean matches(Exchange exchange) {
        Collection<?> events = exchange.getMessage().getBody(Collection.class);
        return events != null && !events.isEmpty();
    }
}
