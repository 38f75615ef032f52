// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.sink.WriteFence;
import dev.duocollector.state.Batch;
import dev.duocollector.text.Count;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;

/**
 * Takes the bytes in the variable {@value #OBJECT}, and leaves a message that is ready to be written, the first time or once
 * more, with the time of the batch's declaration, which {@link WriteFence} bounds the write by. A batch that this run has not
 * declared, or some minutes ago, is declared again first. A store that said of two writes that something is there, and has
 * nothing, is refused.
 */
public final class PrepareWrite implements Processor {

    /** The exchange variable with the bytes of the object that is being written. */
    static final String OBJECT = "object";

    /** The exchange variable with the key that it is written under. */
    static final String KEY = "key";

    private static final int WRITES_MAX = 2;

    /** Leaves a minute of {@link WriteFence#AFTER_DECLARATION_MAX} to the write itself. */
    private static final Duration DECLARED_FOR = WriteFence.AFTER_DECLARATION_MAX.minusMinutes(1);

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        if (exchange.getProperty(Exchange.LOOP_INDEX, 0, Integer.class) >= WRITES_MAX) {
            throw RefusedException.operator("The S3 store took two writes of "
                    + exchange.getMessage().getHeader(AWS2S3Constants.KEY, String.class)
                    + ", or said that it is there already, and does not have it. Nothing more is stored in it. Use a store that"
                    + " keeps what it has acknowledged; the batch stays pending.");
        }
        requireDeclared(run.batch(), exchange);
        if (!run.current().isDeclaredSince(run.time().now().minus(DECLARED_FOR))) {
            Batch batch = run.batch();
            run.declared(batch, run.stream().state().declare(batch));
        }
        exchange.getMessage().setBody(exchange.getVariable(OBJECT));
        if (WriteFence.isIn(run.stream().s3())) {
            exchange.getMessage()
                    .setHeader(
                            AWS2S3Constants.METADATA,
                            Map.of(
                                    WriteFence.DECLARED,
                                    run.current().declaredAt().toString()));
        }
    }

    /** What a step between declaration and write made of the lines would not be known again by a recovery. */
    private static void requireDeclared(Batch batch, Exchange exchange) {
        String key = exchange.getMessage().getHeader(AWS2S3Constants.KEY, String.class);
        int bytes = exchange.getVariable(OBJECT, byte[].class).length;
        boolean declared = batch.declarations().stream().anyMatch(declaration -> declaration.bytes() == bytes);
        if (batch.objectKey().equals(key) && !declared) {
            throw RefusedException.operator(
                    "The object " + key + " has " + Count.of(bytes, "byte") + ", which is not what was declared: a"
                            + " step between (1) declare and (2) store has changed it. Nothing was written; put collect, recover and"
                            + " store.camel.yaml back as they were shipped, and take interceptors out of your steps.");
        }
    }
}
