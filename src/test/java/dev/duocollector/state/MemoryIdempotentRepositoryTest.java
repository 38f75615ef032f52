// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Camel's own repository under our contract: where it fails, the contract is wrong. */
class MemoryIdempotentRepositoryTest implements IdempotentRepositoryContract {

    private final IdempotentRepository repository = new MemoryIdempotentRepository();

    @BeforeEach
    void start() {
        repository.start();
    }

    @AfterEach
    void stop() {
        repository.stop();
    }

    @Override
    public IdempotentRepository repository() {
        return repository;
    }
}
