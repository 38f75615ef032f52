// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.steps;

import dev.duocollector.failure.FatalError;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.model.Model;
import org.apache.camel.support.service.ServiceSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes what the operator's steps have left, and nothing else of their exchange. They run in an exchange of their own, so
 * whatever Camel notes in it (redeliveries exhausted, handled, stopped, headers for S3) ends with it, and a run's own error
 * handling works as if it had called a method.
 *
 * <p>Guaranteed: an exception that no step caught, by doTry or {@code continued}, ends the run, also where an error handler
 * of the operator's marked it as handled: the steps after it, a mask perhaps, have not seen the events. {@link StepFailures}
 * sees to the exchanges of a split and the like. As a service it
 * refuses to start with a step that sends to a {@code direct:} that no route begins with, and with a route file of another
 * release.
 */
public final class EventSteps extends ServiceSupport implements AggregationStrategy, CamelContextAware {

    private @Nullable CamelContext camel;

    @Override
    public @Nullable CamelContext getCamelContext() {
        return camel;
    }

    /** Called when the routes' beans are made, before any route is. */
    @Override
    public void setCamelContext(CamelContext camelContext) {
        if (camel == null) {
            camelContext.addLifecycleStrategy(new QuietSteps());
            camelContext.getCamelContextExtension().addInterceptStrategy(new ErrorsInSteps());
            camelContext
                    .getCamelContextExtension()
                    .getContextPlugin(Model.class)
                    .addModelLifecycleStrategy(new QuietSteps.Reloaded(camelContext));
        }
        camel = camelContext;
    }

    /** Called after the routes are made and before the first of them starts. */
    @Override
    protected void doStart() {
        // Routes are loaded one after the other into a program that runs, and the next may bring what is missing.
        if (camel != null && !camel.isStarted()) {
            List<String> problems = RouteContract.problems(camel);
            if (!problems.isEmpty()) {
                throw new RouteRefusedException(problems);
            }
            StepTargets.check(camel);
        }
    }

    @Override
    public Exchange aggregate(Exchange run, Exchange steps) {
        Exception failure = failure(steps);
        if (failure == null) {
            run.getMessage().setBody(steps.getMessage().getBody());
        } else {
            run.setException(failure);
        }
        return run;
    }

    /** Camel wraps anything but an exception into one that says nothing. */
    private static Throwable unwrapped(Exception thrown) {
        return thrown instanceof CamelExecutionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    /** Returns what is wrong with how the steps ended, null if nothing is. */
    public static @Nullable Exception failure(Exchange steps) {
        Exception thrown = thrown(steps);
        if (thrown != null) {
            return thrown;
        }
        if (steps.isRouteStop() || steps.isRollbackOnly() || steps.isRollbackOnlyLast()) {
            return EventStepsException.stopped();
        }
        return StepFailures.read(steps);
    }

    /** Returns what a step threw, and neither doTry nor {@code continued} took; null if there is nothing. */
    static @Nullable Exception thrown(Exchange steps) {
        Exception thrown = steps.getException();
        if (thrown != null) {
            return FatalError.behind(thrown).isPresent() ? thrown : EventStepsException.failed(unwrapped(thrown));
        }
        Exception caught = steps.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        boolean isHandled = Boolean.TRUE.equals(steps.getExchangeExtension().getErrorHandlerHandled());
        return caught != null && isHandled ? EventStepsException.handled(caught) : null;
    }
}
