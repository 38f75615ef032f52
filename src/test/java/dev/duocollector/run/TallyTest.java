// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The numbers of a run's line, and their words. */
class TallyTest {

    static Stream<Arguments> runs() {
        return Stream.of(
                row(
                        "nothing new",
                        tally -> tally.page(0),
                        "1 page, 0 new events, 0 dropped by your steps, 0 stored in 0 objects, 0 seen before"),
                row(
                        "one of each",
                        tally -> {
                            tally.page(1);
                            tally.stored(2, 1, "a", true);
                            tally.page(0);
                        },
                        "2 pages, 2 new events, 1 dropped by your steps, 1 stored in 1 object (1 as UDM, too), 1 seen before,"
                                + " last object a"),
                row(
                        "one event",
                        tally -> tally.stored(1, 1, "a", false),
                        "0 pages, 1 new event, 0 dropped by your steps, 1 stored in 1 object, 0 seen before, last object a"),
                row(
                        "all dropped",
                        tally -> {
                            tally.page(3);
                            tally.dropped(565);
                        },
                        "1 page, 565 new events, 565 dropped by your steps, 0 stored in 0 objects, 3 seen before"),
                row(
                        "steps that make two events of one",
                        tally -> tally.stored(5, 10, "a", false),
                        "0 pages, 5 new events, 0 dropped by your steps, 10 stored in 1 object, 0 seen before, last object a"),
                row(
                        "an object of an earlier run, with its UDM object made now",
                        tally -> {
                            tally.found(60, "a", true);
                            tally.page(0);
                        },
                        "1 page, 0 new events, 0 dropped by your steps, 0 stored in 0 objects, 0 seen before, 60 events of an"
                                + " earlier run found in 1 object (1 as UDM, too), last object a"),
                row(
                        "an object of an earlier run, and one of this",
                        tally -> {
                            tally.found(1, "a", false);
                            tally.page(0);
                            tally.stored(2, 2, "b", true);
                            tally.page(0);
                        },
                        "2 pages, 2 new events, 0 dropped by your steps, 2 stored in 1 object (1 as UDM, too), 0 seen before,"
                                + " 1 event of an earlier run found in 1 object, last object b"));
    }

    private static Arguments row(String what, Consumer<Tally> run, String line) {
        return Arguments.of(what, run, line);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("runs")
    void says_whatARunHasDone(String what, Consumer<Tally> run, String line) {
        Tally tally = new Tally();
        run.accept(tally);

        assertThat(tally).as(what).hasToString(line);
    }
}
