// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * The guarantee against chance: the shipped routes, run by one to three collectors on one checkpoint that take turns as the dice
 * say, in the {@linkplain ModelTrace stories} of which each seed tells another. {@code -Dmodel.traces=20000} tells more of them,
 * {@code -Dmodel.seed=17} one alone.
 */
class DeliveryModelTest {

    private static final int TRACES = 150;

    /** What runs say of themselves stands in the story. */
    private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.duocollector");

    private static ModelRoutes routes;
    private static final ModelTurns TURNS = new ModelTurns();

    @BeforeAll
    static void load() {
        LOG.setLevel(Level.OFF);
        routes = new ModelRoutes(ModelTrace.SETTINGS);
    }

    @AfterAll
    static void logAgain() {
        LOG.setLevel(null);
    }

    @Test
    void everyEvent_standsInOneObject_whateverFails() {
        Long one = Long.getLong("model.seed");
        long first = one == null ? 1 : one;
        long last = one == null ? Integer.getInteger("model.traces", TRACES) : one;
        for (long seed = first; seed <= last; seed++) {
            tell(seed);
        }
    }

    private static void tell(long seed) {
        ModelTrace trace = new ModelTrace(new Random(seed), routes, TURNS);
        try {
            trace.tell();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "The trace with seed " + seed + " fails: " + e.getMessage() + "\n" + trace.story(), e);
        }
    }
}
