// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.sink.WriteFence;
import dev.duocollector.state.Batch;
import dev.duocollector.state.CollectorState;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Makes a message ready to be written, the first time or once more: the bytes from the variable {@value #OBJECT}, and the time
 * of the batch's declaration, which {@link WriteFence} holds the write to. A batch that this run has not declared, or some
 * minutes ago, is declared again first. A store that said of two writes that something is there, and has nothing, is refused.
 */
public final class PrepareWrite implements Processor {

    /** The exchange variable with the bytes of the object that is being written. */
    static final String OBJECT = "object";

    private static final int WRITES_MAX = 2;

    /** Leaves a minute of {@link WriteFence#AFTER_DECLARATION_MAX} to the write itself. */
    private static final Duration DECLARED_FOR = WriteFence.AFTER_DECLARATION_MAX.minusMinutes(1);

    private final CollectorState state;
    private final boolean fenced;

    /** @param s3 what it is written with */
    public PrepareWrite(CollectorState state, S3Client s3) {
        this.state = state;
        this.fenced = WriteFence.isIn(s3);
    }

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        if (exchange.getProperty(Exchange.LOOP_INDEX, 0, Integer.class) >= WRITES_MAX) {
            throw RefusedException.operator("The S3 store took two writes of "
                    + exchange.getMessage().getHeader(AWS2S3Constants.KEY, String.class)
                    + ", or said that it is there already, and does not have it. Nothing more is stored in it. Use a store that"
                    + " keeps what it has acknowledged; the batch stays pending.");
        }
        if (!run.isDeclaredWithin(DECLARED_FOR)) {
            Batch batch = run.batch();
            run.declared(batch, state.declare(batch));
        }
        exchange.getMessage().setBody(exchange.getVariable(OBJECT));
        if (fenced) {
            exchange.getMessage()
                    .setHeader(
                            AWS2S3Constants.METADATA,
                            Map.of(
                                    WriteFence.DECLARED,
                                    run.current().declaredAt().toString()));
        }
    }
}
