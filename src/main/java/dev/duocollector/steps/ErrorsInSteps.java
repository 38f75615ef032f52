// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.steps;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Turns whatever an operator's step throws into a failure of the step. Camel lets an Error pass by every error handler: the
 * run's line would be lost, and if a step has a thread of its own the run would wait forever.
 */
final class ErrorsInSteps implements InterceptStrategy {

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext camel, NamedNode definition, Processor target, Processor nextTarget) {
        boolean isStep = definition instanceof ProcessorDefinition<?> step
                && StepRoutes.of(camel).reached().containsKey(ProcessorDefinitionHelper.getRoute(step));
        return isStep ? new Guarded(target) : target;
    }

    private static final class Guarded extends DelegateAsyncProcessor {

        Guarded(Processor target) {
            super(target);
        }

        /**
         * Continues when the step has both returned and called back. Camel calls back first even for a step that throws an
         * Error, as if it had succeeded, and the next step would see the events.
         */
        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            AtomicBoolean half = new AtomicBoolean();
            AtomicBoolean failed = new AtomicBoolean();
            boolean sync;
            try {
                sync = super.process(exchange, doneSync -> {
                    if (!half.compareAndSet(false, true) && !failed.get()) {
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
