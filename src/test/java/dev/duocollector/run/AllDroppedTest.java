// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class AllDroppedTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(AllDropped.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    /** Begins where a monotonic clock may begin: below zero, and about to pass it. */
    private final AtomicLong nanos = new AtomicLong(-1);

    private final AllDropped allDropped = new AllDropped(nanos::get);

    @BeforeEach
    void listen() {
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(logged);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "all dropped in one batch,  50, 0,  0, 0, 1",
        "all dropped in two,        49, 0,  1, 0, 1",
        "one too few,               49, 0,  0, 0, 0",
        "one left,                  50, 1,  0, 0, 0",
        "one left of another page,  60, 0,  1, 1, 0",
        "nothing new,                0, 0,  0, 0, 0",
        "none dropped,             500, 500, 0, 0, 0"
    })
    void warns_ifEveryNewEventOfARunWasDropped(
            String what, int first, int left, int second, int leftOfIt, int warnings) {
        allDropped.look(tally(first, left, second, leftOfIt));

        assertThat(logged.list).as(what).hasSize(warnings);
    }

    @Test
    void warns_onceADay() {
        for (Duration since : new Duration[] {
            Duration.ZERO, Duration.ofHours(1), Duration.ofHours(22), Duration.ofMinutes(59), Duration.ofMinutes(1)
        }) {
            nanos.addAndGet(since.toNanos());
            allDropped.look(tally(60, 0, 0, 0));
        }

        assertThat(logged.list)
                .hasSize(2)
                .extracting(ILoggingEvent::getFormattedMessage)
                .allMatch(line -> line.contains("dropped all 60 new events")
                        && line.contains("route event-steps (routes/event-steps.camel.yaml)"));
    }

    private static Tally tally(int first, int left, int second, int leftOfIt) {
        Tally tally = new Tally();
        add(tally, first, left);
        add(tally, second, leftOfIt);
        return tally;
    }

    private static void add(Tally tally, int events, int left) {
        if (left == 0) {
            tally.dropped(events);
        } else {
            tally.stored(events, left, "duo-telephony/a", false);
        }
    }
}
