// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.steps;

import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Turns whatever a step throws, the collector's or the operator's, into a failure of the step. Camel lets an Error pass by every
 * error handler and out of the consumer's thread: the run's line would be lost, no later run would be made, and if a step has a
 * thread of its own the run would wait forever. What the Error ends is FatalError's matter.
 */
final class ErrorsInSteps implements InterceptStrategy {

    /** The collector's routes that a run or a comparison takes. */
    private static final Set<String> OWN =
            Set.of("collect", "lines", "recover", "store", "look-up", "udm", "duo-page", "verify", "runs");

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext camel, NamedNode definition, Processor target, Processor nextTarget) {
        // None for a step of the shared error handling.
        RouteDefinition route =
                definition instanceof ProcessorDefinition<?> step ? ProcessorDefinitionHelper.getRoute(step) : null;
        if (route == null) {
            return target;
        }
        String id = String.valueOf(route.getRouteId());
        if (OWN.contains(id)) {
            return new Guarded(target);
        }
        return StepRoutes.of(camel).reached().contains(route)
                ? new StepFailures.Watched(new Guarded(target), id, StepRoutes.isAwaited(definition))
                : target;
    }

    private static final class Guarded extends DelegateAsyncProcessor {

        Guarded(Processor target) {
            super(target);
        }

        /**
         * Continues when the step has both returned and called back. Camel calls back first even for a step that throws an
         * Error, as if it had succeeded, and the next step would see the events. A step that hands over to another thread
         * calls back there, and there it continues: here it would hold up whoever waits for this thread.
         */
        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Thread caller = Thread.currentThread();
            AtomicBoolean half = new AtomicBoolean();
            AtomicBoolean failed = new AtomicBoolean();
            boolean sync;
            try {
                sync = super.process(exchange, doneSync -> {
                    boolean isElsewhere = !Thread.currentThread().equals(caller);
                    if (isElsewhere || (!half.compareAndSet(false, true) && !failed.get())) {
                        callback.done(doneSync);
                    }
                });
            } catch (Error e) {
                failed.set(true);
                exchange.setException(e);
                callback.done(true);
                return true;
            }
            if (half.compareAndSet(false, true)) {
                return false;
            }
            callback.done(sync);
            return sync;
        }
    }
}
