// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duocollector.failure.FatalError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What ends the collector, and what only a run. The errors are not thrown here: JUnit itself would end on them. */
class FatalErrorsTest {

    /** For what takes a second on a machine with nothing else to do. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final FatalErrors handler = new FatalErrors();

    FatalErrorsTest() {
        handler.setCamelContext(camel);
        camel.start();
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    static Stream<Throwable> fatal() {
        return Stream.of(
                new OutOfMemoryError("Java heap space"),
                new InternalError("of the JVM's"),
                new IllegalStateException("wrapped", new OutOfMemoryError("Metaspace")));
    }

    @ParameterizedTest
    @MethodSource("fatal")
    void contextStops_whereNobodyElseEnds(Throwable fatal) {
        handler.handleException("Error processing exchange", fatal);

        await().atMost(PATIENCE).until(camel::isStopped);
    }

    @ParameterizedTest
    @MethodSource("fatal")
    void endingOfTheProgram_isAsked_insteadOfTheContext(Throwable fatal) {
        List<VirtualMachineError> ended = ending();

        handler.handleException(fatal);

        assertThat(ended).hasSize(1);
        assertThat(FatalError.line(ended.get(0)))
                .startsWith("The collector ends: the JVM has met ")
                .contains("-Xmx");
        assertThat(camel.isStarted()).isTrue();
    }

    @Test
    void threadsThatTheSystemDenies_areNoMatterOfTheHeap() {
        assertThat(FatalError.line(new OutOfMemoryError("unable to create native thread: possibly out of memory")))
                .contains("ulimit -u", "TasksMax")
                .doesNotContain("-Xmx");
    }

    static Stream<Throwable> passing() {
        return Stream.of(new StackOverflowError(), new AssertionError("no"), new IllegalStateException("no"));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void otherErrors_endNothing(Throwable passing) {
        List<VirtualMachineError> ended = ending();

        handler.handleException(passing);

        assertThat(ended).isEmpty();
        assertThat(camel.isStarted()).isTrue();
    }

    private List<VirtualMachineError> ending() {
        List<VirtualMachineError> ended = new ArrayList<>();
        camel.getRegistry().bind("ending", (FatalError.Ending) ended::add);
        return ended;
    }
}
