// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * The guarantee against chance: the shipped routes, run by one to three collectors on one checkpoint that take turns as the dice
 * say, in the {@linkplain ModelTrace stories} of which each seed tells another. {@code -Dmodel.traces=20000} tells more of them,
 * {@code -Dmodel.first=20001} others, {@code -Dmodel.seed=17} one alone. Each fourth story is of three logs of two accounts,
 * with {@code -Dmodel.several=1} each. That each kind of story was told at all is counted.
 */
class DeliveryModelTest {

    private static final int TRACES = 100;

    /** Each so many-th story is of several streams, and takes twice the time of one of one stream. */
    private static final int SEVERAL_EACH = Integer.getInteger("model.several", 4);

    /** What runs say of themselves stands in the story. */
    private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.duocollector");

    private static final ModelTurns TURNS = new ModelTurns();
    private static final Lines LINES = new Lines();
    private static final ModelTally TALLY = new ModelTally();
    private static ModelRoutes routes;
    private static Map<String, String> severalStreams;

    @TempDir
    private static Path accounts;

    private static volatile @Nullable ModelTrace telling;

    private static final class Lines extends AppenderBase<ILoggingEvent> {

        @Override
        protected void append(ILoggingEvent event) {
            ModelTrace trace = telling;
            if (trace != null) {
                trace.said(event.getFormattedMessage());
            }
        }
    }

    @BeforeAll
    static void load() throws IOException {
        severalStreams = ModelStream.severalIn(accounts);
        LOG.setLevel(Level.INFO);
        LOG.setAdditive(false);
        LINES.start();
        LOG.addAppender(LINES);
        routes = new ModelRoutes(ModelTrace.SETTINGS);
    }

    @AfterAll
    static void logAgain() {
        LOG.detachAppender(LINES);
        LOG.setAdditive(true);
        LOG.setLevel(null);
    }

    @Test
    void everyEvent_standsInOneObject_whateverFails() {
        Long one = Long.getLong("model.seed");
        if (one != null) {
            tell(one);
            return;
        }
        long first = Long.getLong("model.first", 1);
        int traces = Integer.getInteger("model.traces", TRACES);
        for (long seed = first; seed < first + traces; seed++) {
            tell(seed);
        }

        assertThat(TALLY.missing())
                .as("what none of %s traces told, beside %s", traces, TALLY)
                .isEmpty();
    }

    private static void tell(long seed) {
        boolean several = seed % SEVERAL_EACH == 0;
        ModelTrace trace = new ModelTrace(new Random(seed), several ? severalStreams : Map.of(), routes, TURNS, TALLY);
        telling = trace;
        try {
            trace.tell();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "The trace with seed " + seed + " fails: " + e.getMessage() + "\n" + trace.story(), e);
        }
    }
}
