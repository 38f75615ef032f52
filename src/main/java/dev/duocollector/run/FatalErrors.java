// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.FailureText;
import dev.duocollector.failure.FatalError;
import dev.duocollector.text.Log;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.jspecify.annotations.Nullable;

/**
 * Takes what fails behind a run's own error handling, such as in its report: the consumer would only log it, and continue after
 * an error of the JVM.
 */
public final class FatalErrors implements ExceptionHandler, CamelContextAware {

    private static final Log LOG = Log.of(FatalErrors.class);

    private @Nullable CamelContext camel;

    @Override
    public void setCamelContext(@Nullable CamelContext camelContext) {
        this.camel = camelContext;
    }

    @Override
    public @Nullable CamelContext getCamelContext() {
        return camel;
    }

    @Override
    public void handleException(Throwable exception) {
        LOG.error("A run broke off ({}). Nothing is lost; the next run recovers.", FailureText.brief(exception));
        if (camel != null) {
            FatalError.check(camel, exception);
        }
    }

    @Override
    public void handleException(String message, Throwable exception) {
        handleException(exception);
    }

    @Override
    public void handleException(String message, Exchange exchange, Throwable exception) {
        handleException(exception);
    }
}
