// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.state.Batch;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.Window;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConfirmBatchTest {

    private static final Instant NOW = TestStream.NOW;
    private static final Instant MINTIME = NOW.minusSeconds(3600);
    private static final Window WINDOW = Window.unread(MINTIME, NOW.minusSeconds(120), 1000);
    private static final Cursor OFFSET = Cursor.after("a");
    private static final Batch BATCH = new Batch("duo-telephony/a", Map.of("a", MINTIME), OFFSET);

    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    private final Run run = new Run(TestStream.with("max.iterations", "2"));
    private final CollectorState repository = run.stream().state();

    @BeforeEach
    void openWindow() {
        repository.open(asked -> TestStream.NOW);
        repository.openWindow(WINDOW);
        exchange.setVariable(Run.VARIABLE, run);
        run.read(WINDOW);
    }

    @Test
    void confirmed_isKnown_andReadingGoesOnBehindIt() {
        run.startBatch(BATCH);
        run.pageRead(OFFSET, true, 0);
        run.current().storing(0);
        run.current().inBucket(BATCH.objectKey());

        confirm();

        assertThat(repository.contains("a")).isTrue();
        assertThat(repository.checkpoint().openWindow()).contains(WINDOW.advancedTo(OFFSET));
        assertThat(run.isMore()).isTrue();
        assertThat(run.tally().toString()).contains("in 1 object,").endsWith("last object " + BATCH.objectKey());
    }

    @Test
    void bound_endsTheRun_atItsPage() {
        run.startBatch(BATCH);
        run.pageRead(OFFSET, true, 0);
        confirm();
        assertThat(run.isMore()).isTrue();

        run.pageRead(OFFSET, true, 0);
        confirm();
        assertThat(run.isMore()).isFalse();
    }

    @Test
    void batchThatWasInTheBucket_isConfirmed_andItsWindowReadOn() {
        repository.declare(BATCH);
        run.recover(BATCH);
        run.current().inBucket(BATCH.objectKey());

        confirm();

        assertThat(run.isRecovering()).isFalse();
        assertThat(run.isMore()).isTrue();
        assertThat(run.cursor()).isEqualTo(OFFSET);
        assertThat(run.tally().toString()).as("it was an earlier run's").contains("stored in 0 objects,");
    }

    @Test
    void batchThatWasInTheBucket_isConfirmed_andItsWindowLeft_whenDuoHasDroppedIt() {
        repository.declare(BATCH);
        run.recover(BATCH);
        run.expired();
        run.current().inBucket(BATCH.objectKey());

        confirm();

        assertThat(repository.contains("a")).isTrue();
        assertThat(run.isRecovering()).isFalse();
        assertThat(run.isMore()).isFalse();
    }

    @Test
    void batchThatIsNotInTheBucket_isNotConfirmed() {
        repository.declare(BATCH);
        run.recover(BATCH);
        run.current().inBucket("duo-telephony/another");

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(this::confirm)
                .withMessageContainingAll(
                        "The object duo-telephony/a was not stored", "Put collect, recover and store.camel.yaml");
        assertThat(repository.contains("a")).isFalse();
        assertThat(repository.checkpoint().pending()).isNotNull();
    }

    private void confirm() {
        new ConfirmBatch().process(exchange);
    }
}
