// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.sink.GzipBody;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Batch.Declaration;
import dev.duocollector.state.CollectorState;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Processor;

/**
 * Takes the bytes of a batch's object, and leaves them declared: writes into the state that they are about to be stored, with
 * their length and the number of their lines. A crash from here on leaves a pending batch, which the next run settles. A
 * recovery declares its batch once more, which takes it over.
 */
public final class DeclareBatch implements Processor {

    @Override
    public void process(Exchange exchange) throws InvalidPayloadException {
        Run run = Run.of(exchange);
        byte[] object = exchange.getMessage().getMandatoryBody(byte[].class);
        CollectorState state = run.stream().state();
        Batch declared = run.batch()
                .declaredAs(new Declaration(object.length, run.current().kept()));
        run.declared(declared, state.declare(declared));
        run.listener().coveredThrough(state.checkpoint().committedThrough());
        run.current().storing(GzipBody.plainBytes(exchange).orElse(object.length));
        exchange.setVariable(PrepareWrite.KEY, declared.objectKey());
        exchange.getMessage().setBody(object);
        run.show(exchange);
    }
}
