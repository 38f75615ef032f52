// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.state.S3IdempotentRepository;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Takes over the batch that an earlier run declared and did not store, so that this run may store it: the run that declared
 * it, should it still be alive, finds at its next write that the checkpoint is no longer its own.
 */
public final class ClaimPending implements Processor {

    private final S3IdempotentRepository repository;

    public ClaimPending(S3IdempotentRepository repository) {
        this.repository = repository;
    }

    @Override
    public void process(Exchange exchange) {
        repository.claim();
    }
}
