// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.CamelContextStoppingEvent;
import org.apache.camel.support.SimpleEventNotifierSupport;
import org.jspecify.annotations.Nullable;

/**
 * A wait that ends when the Camel context begins to stop. Camel's delay EIP sleeps on, so a page's pause would hold up a
 * shutdown until its time-out. Thread-safe.
 */
public final class Pause implements CamelContextAware {

    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable CamelContext camelContext;

    @Override
    public @Nullable CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        camelContext = context;
        context.getManagementStrategy().addEventNotifier(new SimpleEventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof CamelContextStoppingEvent) {
                    stopping.countDown();
                }
            }
        });
    }

    /**
     * Waits.
     *
     * @return false if the program is stopping and the wait was cut short
     */
    public boolean await(Duration duration) {
        try {
            return !stopping.await(duration.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Tells whether the program is stopping. */
    public boolean isStopping() {
        return stopping.getCount() == 0;
    }
}
