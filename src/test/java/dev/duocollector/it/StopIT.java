// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static dev.duocollector.simulator.Misbehavior.rateLimited;
import static dev.duocollector.simulator.Misbehavior.slowPage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the runnable jar's {@code run} and {@code once} end when they are asked to. */
class StopIT {

    /** From a signal to the end. Far below the waits that the signal must cut short, and above what a busy machine needs. */
    private static final Duration STOP_MAX = Duration.ofSeconds(15);

    /** For what takes a second or two on a machine with nothing else to do. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final CollectorJar jar = CollectorJar.built();
    private final World world = World.inRealTime();
    private final MadeUpEvents madeUp = new MadeUpEvents(4);
    private final Instant now = Instant.now();
    private final List<SimulatedEvent> events =
            madeUp.spread(10, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5)));

    @TempDir
    private Path folder;

    /** What the collector does when the signal comes. */
    enum Moment {
        SLOW_PAGE,
        PAGE_PAUSE,
        RETRY_WAIT
    }

    @BeforeEach
    void showEvents() {
        world.events.add(events);
    }

    @AfterEach
    void closeWorld() {
        world.close();
    }

    /** What a run makes of each moment is StopTest's matter. */
    @ParameterizedTest
    @CsvSource({"run, SLOW_PAGE", "once, RETRY_WAIT"})
    void endsAtThePage_onSigterm(String command, Moment moment) {
        try (CollectorProcess process = start(moment, command)) {
            process.terminate();

            assertStopped(process, moment, 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"run", "once"})
    void says130_onSigint(String command) {
        try (CollectorProcess process = start(Moment.PAGE_PAUSE, command)) {
            assumeThat(process.ignoresInterrupt())
                    .as("started in the background of a shell, which makes it deaf to SIGINT")
                    .isFalse();
            process.interrupt();

            assertStopped(process, Moment.PAGE_PAUSE, 130);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "once"})
    void waitsNoLongerForAPage_thanTheShutdownTimeout(String command) throws IOException {
        Files.writeString(folder.resolve("application.properties"), "camel.main.shutdownTimeout=2\n");
        world.duo.misbehave(1, 1, slowPage(Duration.ofSeconds(40)));
        try (CollectorProcess process = start(command)) {
            patiently().until(() -> world.duo.requests().size() == 1);
            process.terminate();

            assertThat(process.exitCode(STOP_MAX)).as(process.output()).isEqualTo(1);
            assertThat(process.logged("WARN"))
                    .as(process.output())
                    .last()
                    .asString()
                    .contains("in the middle of its work", "camel.main.shutdown-timeout (2 s)");
            assertThat(process.logged("ERROR")).as(process.output()).allMatch(line -> line.contains("A run broke off"));
        }
        assertTheNextRunCollectsTheRest();
    }

    /** Starts a command that is at this moment when the method returns, in a window of three pages. */
    private CollectorProcess start(Moment moment, String command) {
        world.set("duo.page.size", "4");
        switch (moment) {
            case SLOW_PAGE -> world.duo.misbehave(1, 1, slowPage(Duration.ofSeconds(3)));
            case PAGE_PAUSE -> world.set("duo.page.pause", "30s");
            case RETRY_WAIT -> {
                world.set("duo.retry.delay-max", "60s").set("duo.retry.max-elapsed", "10m");
                world.duo.misbehave(1, 1, rateLimited());
            }
        }
        CollectorProcess process = start(command);
        patiently().until(() -> switch (moment) {
            case SLOW_PAGE -> world.duo.requests().size() == 1;
            case PAGE_PAUSE -> world.objects().size() == 1;
            case RETRY_WAIT -> !process.logged("WARN").isEmpty();
        });
        return process;
    }

    private void assertStopped(CollectorProcess process, Moment moment, int exitCode) {
        assertThat(process.exitCode(STOP_MAX)).as(process.output()).isEqualTo(exitCode);
        assertThat(process.logged("ERROR")).isEmpty();
        assertThat(world.duo.requests()).as("requests, none after the signal").hasSize(1);
        assertThat(world.lines()).as("the page in hand").hasSize(moment == Moment.RETRY_WAIT ? 0 : 4);
        assertTheNextRunCollectsTheRest();
        assertThat(world.duo.requests().get(1).query().containsKey("next_offset"))
                .as("the next run continues after the page in hand")
                .isEqualTo(moment != Moment.RETRY_WAIT);
    }

    private void assertTheNextRunCollectsTheRest() {
        world.set("duo.page.pause", "0s");
        try (CollectorProcess once = start("once")) {
            assertThat(once.exitCode()).as(once.output()).isZero();
        }
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
    }

    private CollectorProcess start(String... command) {
        Map<String, String> environment = CollectorJar.environment(world);
        return jar.start(folder, environment, command);
    }

    private static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50));
    }
}
