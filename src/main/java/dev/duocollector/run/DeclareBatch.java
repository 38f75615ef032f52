// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.state.S3IdempotentRepository;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.StreamCache;

/**
 * Writes into the state which batch is about to be stored, and under which object key, before it is. A crash from here on
 * leaves a pending batch, which the next run settles. A recovery declares its batch once more, which takes it over.
 */
public final class DeclareBatch implements Processor {

    private final S3IdempotentRepository repository;

    public DeclareBatch(S3IdempotentRepository repository) {
        this.repository = repository;
    }

    @Override
    public void process(Exchange exchange) {
        Run run = Run.of(exchange);
        repository.declare(run.getBatch());
        run.storing(run.getBatch().objectKey(), length(exchange.getMessage().getBody()));
        run.show(exchange);
    }

    private static long length(Object lines) {
        if (lines instanceof byte[] bytes) {
            return bytes.length;
        }
        return lines instanceof StreamCache cache ? cache.length() : 0;
    }
}
