// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.steps;

import dev.duocollector.failure.FailureText;
import dev.duocollector.text.Log;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.ErrorHandlerFactory;
import org.apache.camel.Exchange;
import org.apache.camel.LoggingLevel;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.model.errorhandler.RefErrorHandlerDefinition;
import org.apache.camel.processor.aggregate.AggregateProcessor;
import org.apache.camel.spi.CamelLogger;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.LifecycleStrategySupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps Camel's own error handlers from logging a failed step of the operator's, with a stack trace and whatever the exception
 * quotes of an event. The run says in one line what failed; what Camel would have said is at DEBUG, masked. It touches only the
 * routes that the steps reach, and there only what is logged: redeliveries, dead letter channels and onException stay as they
 * are.
 */
final class QuietSteps extends LifecycleStrategySupport {

    private static final Log LOG = Log.of(QuietSteps.class);

    /** All routes of a program are known now, and none is made. */
    @Override
    public void onContextInitializing(CamelContext camel) {
        StepRoutes.of(camel).reached().forEach(route -> quieten(camel, route));
    }

    /** A queue's consumer would log what the waiting step reports anyway, and an aggregator what StepFailures says. */
    @Override
    public void onServiceAdd(CamelContext camel, Service service, @Nullable Route route) {
        boolean isOfSteps = route != null
                && StepRoutes.of(camel).reached().stream()
                        .anyMatch(reached -> route.getRouteId().equals(reached.getRouteId()));
        if (isOfSteps && service instanceof DefaultConsumer consumer) {
            consumer.setExceptionHandler(new MaskedExceptions());
        } else if (isOfSteps && service instanceof AggregateProcessor aggregator) {
            aggregator.setExceptionHandler(new MaskedExceptions());
        }
    }

    private static void quieten(CamelContext camel, RouteDefinition route) {
        defined(camel, route)
                .filter(defined -> defined.getLoggerRef() == null && !(defined.getLoggerBean() instanceof Masked))
                .ifPresent(defined -> {
                    // A copy, since Camel gives one to all routes of a file, and not all may be steps.
                    DefaultErrorHandlerDefinition own = defined.copyDefinition();
                    own.setLoggerBean(new Masked());
                    route.setErrorHandlerFactory(own);
                });
    }

    /** Returns what Camel would handle the route's errors with, empty if it logs nothing or is the operator's own. */
    private static Optional<DefaultErrorHandlerDefinition> defined(CamelContext camel, RouteDefinition route) {
        ErrorHandlerFactory factory = route.getErrorHandlerFactory();
        if (factory instanceof RefErrorHandlerDefinition reference
                && RefErrorHandlerDefinition.DEFAULT_ERROR_HANDLER_BUILDER.equals(reference.getRef())) {
            ErrorHandlerFactory ofAll = camel.getCamelContextExtension().getErrorHandlerFactory();
            factory = ofAll == null ? new DefaultErrorHandlerDefinition() : ofAll;
        }
        return factory instanceof DefaultErrorHandlerDefinition defined ? Optional.of(defined) : Optional.empty();
    }

    /** Camel's words, at DEBUG and without anything personal, whatever level it asks for. */
    private static final class Masked extends CamelLogger {

        Masked() {
            super(QuietSteps.class.getName(), LoggingLevel.DEBUG);
        }

        @Override
        public void log(String message, LoggingLevel loggingLevel) {
            log(message);
        }

        @Override
        public void log(String message) {
            if (LOG.isDebugEnabled()) {
                LOG.debug("{}", FailureText.masked(message));
            }
        }

        @Override
        public void log(String message, Throwable exception, LoggingLevel loggingLevel) {
            log(message, exception);
        }

        @Override
        public void log(String message, Throwable exception) {
            if (LOG.isDebugEnabled()) {
                LOG.debug("{}", FailureText.masked(message), exception);
            }
        }
    }

    /** The same of what reaches a consumer. */
    private static final class MaskedExceptions implements ExceptionHandler {

        private final Masked masked = new Masked();

        @Override
        public void handleException(Throwable exception) {
            masked.log("", exception);
        }

        @Override
        public void handleException(String message, Throwable exception) {
            masked.log(message, exception);
        }

        @Override
        public void handleException(String message, Exchange exchange, Throwable exception) {
            masked.log(message, exception);
        }
    }

    /** The same for a route that is loaded again into a running program. */
    static final class Reloaded extends ModelLifecycleStrategySupport {

        private final CamelContext camel;

        Reloaded(CamelContext camel) {
            this.camel = camel;
        }

        @Override
        public void onAddRouteDefinition(RouteDefinition added) {
            if (camel.isStarted()) {
                StepRoutes.of(camel, added).reached().forEach(route -> quieten(camel, route));
            }
        }
    }
}
