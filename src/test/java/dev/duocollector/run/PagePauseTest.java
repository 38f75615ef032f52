// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.state.Batch;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pause is an hour, so that a test which waits for it unasked fails. */
@Timeout(30)
class PagePauseTest {

    private static final Instant MINTIME = Instant.parse("2026-11-23T08:00:00Z");
    private static final Window WINDOW = Window.unread(MINTIME, MINTIME.plusSeconds(3600), 1000);
    private static final Batch PENDING = new Batch("duo-telephony/a", Map.of("a", MINTIME), Cursor.END);
    private static final Cursor OFFSET = Cursor.after("a");

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Pause pause = new Pause();
    private final PagePause pagePause = new PagePause();
    private final Exchange exchange = new DefaultExchange(context);
    private Run run = run("1h");

    @BeforeEach
    void start() {
        pause.setCamelContext(context);
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void shortPage_isFollowedAtOnce() {
        run.pageRead(OFFSET, false, 0);

        pagePause.process(exchange);

        assertThat(run.isMore()).isTrue();
    }

    @Test
    void fullPage_isFollowedAfterThePause() {
        run = run("50ms");
        run.pageRead(OFFSET, true, 0);
        long start = System.nanoTime();

        pagePause.process(exchange);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
        assertThat(run.isMore()).isTrue();
    }

    @Test
    void lastPage_isFollowedByNothing() {
        run.pageRead(Cursor.END, true, 0);

        pagePause.process(exchange);

        assertThat(run.isMore()).isFalse();
    }

    @Test
    void stop_endsThePause_andTheRun() {
        run.pageRead(OFFSET, true, 0);
        context.stop();

        pagePause.process(exchange);

        assertThat(run.isMore()).isFalse();
    }

    @Test
    void stop_endsThePause_butNotTheSearchForABatchInDoubt() {
        run.recover(PENDING);
        run.pageRead(OFFSET, true, 0);
        context.stop();

        pagePause.process(exchange);

        assertThat(run.isMore())
                .as("half of the batch would be stored, and all of it marked as known")
                .isTrue();
    }

    @Test
    void pause_waits() {
        assertThat(pause.await(Duration.ofMillis(1))).isTrue();
        assertThat(pause.isStopping()).isFalse();

        context.stop();

        assertThat(pause.await(Duration.ofHours(1))).isFalse();
        assertThat(pause.isStopping()).isTrue();
    }

    private Run run(String duration) {
        Run begun = new Run(TestStream.builder("duo.page.pause", duration)
                .pause(pause)
                .build()
                .all()
                .get(0));
        begun.read(WINDOW);
        exchange.setVariable(Run.VARIABLE, begun);
        return begun;
    }
}
