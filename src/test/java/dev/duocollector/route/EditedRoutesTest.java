// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.failure.RunOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator's edit makes of declare, store and confirm never counts events as stored that are not. */
class EditedRoutesTest {

    private static final String COLLECT = "collect.camel.yaml";
    private static final String NOTHING_LOST = "Nothing is lost; the next run reads the events again.";

    private final Incident incident = new Incident();
    private final World world = incident.world;

    @AfterEach
    void close() {
        incident.close();
    }

    @Test
    void interceptor_thatSkipsTheStore_storesNothing_andSaysSo() throws IOException {
        intercepted("true", "log: { message: would store }");

        refused("was not stored", NOTHING_LOST);
    }

    @Test
    void interceptor_thatChangesTheObject_storesNothing_andSaysSo() throws IOException {
        intercepted("false", "setBody: { constant: x }");

        refused("has 1 byte, which is not what was declared", "Nothing was written");
    }

    @Test
    void collectWithoutItsStore_storesNothing_andSaysSo() throws IOException {
        edited("(?s) +- to:\n +id: store-batch.*?name: store\n", "");

        refused("was not stored", NOTHING_LOST);
    }

    @Test
    void stepBeforeTheStore_thatChangesTheObject_storesNothing_andSaysSo() throws IOException {
        before("store-batch", "setBody: { constant: x }");

        refused("has 1 byte, which is not what was declared", "Nothing was written");
    }

    @Test
    void confirmBeforeDeclare_confirmsNothing_andSaysSo() throws IOException {
        before("declare", "bean: { beanType: dev.duocollector.run.ConfirmBatch }");

        refused("was not stored", NOTHING_LOST);
    }

    /** Positive control: edits that leave all three in their order. */
    @ParameterizedTest
    @ValueSource(strings = {"declare", "store-batch", "confirm"})
    void stepThatChangesNothing_mayBeAdded(String id) throws IOException {
        before(id, "log: { message: hi }");

        incident.run(RunOutcome.DONE);

        assertThat(world.objects()).isNotEmpty();
    }

    private void refused(String... said) {
        incident.run(RunOutcome.OPERATOR).contains(said);

        assertThat(world.objects()).isEmpty();
        incident.restart();
        incident.routes(Map.of()).recoversWithoutLossOrDuplicate();
    }

    private void before(String id, String step) throws IOException {
        edited("( +)- (to|bean):\n( +)id: " + id, "$1- " + step + "\n$1- $2:\n$3id: " + id);
    }

    private void edited(String what, String by) throws IOException {
        String shipped = Files.readString(Path.of("routes", COLLECT));
        String edited = shipped.replaceFirst(what, by);
        assertThat(edited).isNotEqualTo(shipped);
        incident.routes(Map.of(COLLECT, edited));
    }

    private void intercepted(String skip, String step) throws IOException {
        edited("^", """
                - interceptSendToEndpoint:
                    uri: direct:store
                    skipSendToOriginalEndpoint: "%s"
                    steps:
                      - %s
                """.formatted(skip, step));
    }
}
