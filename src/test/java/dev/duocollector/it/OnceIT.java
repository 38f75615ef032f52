// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.route.World;
import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.testing.Nightly;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** The runnable jar's {@code once}, and what every command has in common. */
class OnceIT {

    private final CollectorJar jar = CollectorJar.built();
    private final Instant now = Instant.now();
    private final List<SimulatedEvent> events =
            new MadeUpEvents(1).spread(10, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5)));

    @TempDir
    private Path folder;

    @Test
    void everyEventOnce_inAnEmptyFolder() {
        try (World world = World.inRealTime().set("duo.page.size", "4")) {
            world.events.add(events);

            try (CollectorProcess first = once(world)) {
                assertThat(first.exitCode()).as(first.output()).isZero();
                assertThat(first.output().lines())
                        .as("one line per run, and no other")
                        .hasSize(1);
                assertThat(first.logged("INFO").get(0))
                        .contains("4 pages, 10 new events, 0 dropped by your steps, 10 stored in 3 objects");
                first.assertNothingSecret();
            }
            assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
            assertThat(world.lines().get(0)).as("what the output must not hold").contains("\"phone\":\"+1202555");

            try (CollectorProcess second = once(world)) {
                assertThat(second.exitCode()).as(second.output()).isZero();
            }
            assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Nightly
    @Test
    void goesOnWhereItStopped_withABoundOnPages() {
        try (World world = World.inRealTime().set("duo.page.size", "5").set("max.iterations", "1")) {
            world.events.add(events);
            int exitCode = 1;
            int runs = 0;
            while (exitCode == 1 && runs < 10) {
                try (CollectorProcess once = once(world)) {
                    exitCode = once.exitCode();
                    runs++;
                    assertThat(exitCode).as(once.output()).isIn(0, 1);
                    // A run that resumes a window names it before it reads on.
                    assertThat(once.output().lines()).hasSize(runs == 1 ? 1 : 2);
                    assertThat(once.logged("WARN")).hasSize(exitCode);
                    assertThat(world.lines()).hasSize(Math.min(10, 5 * runs));
                }
            }

            assertThat(exitCode).isZero();
            assertThat(runs).as("runs of one page each, the last of them empty").isEqualTo(3);
            assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
        }
    }

    @Test
    void namesItsVersionToDuo() {
        try (World world = World.inRealTime();
                CollectorProcess once = once(world);
                CollectorProcess version = start("--version")) {
            assertThat(once.exitCode()).as(once.output()).isZero();
            assertThat(version.exitCode()).isZero();
            assertThat(version.standardOutput()).matches("duo-telephony-collector \\d+\\.\\d+\\.\\d+\\S*\\R");
            assertThat(world.duoProxy.requests().get(0).header("user-agent"))
                    .hasValueSatisfying(agent -> assertThat(agent)
                            .startsWith(version.standardOutput().strip().replace(' ', '/')));
        }
    }

    @Test
    void failsSoThatTheSchedulerTriesAgain_withS3OutOfReach() {
        try (World world = World.inRealTime().set("s3.endpoint", "http://127.0.0.1:1");
                CollectorProcess once = once(world)) {
            assertThat(once.exitCode()).as(once.output()).isEqualTo(1);
            assertThat(once.output().lines()).hasSize(1);
            assertThat(once.logged("WARN").get(0)).contains("S3 could not be reached", "s3.endpoint");
            assertThat(world.duo.requests())
                    .as("requests without a fixed window")
                    .isEmpty();
        }
    }

    /** What would be gigabytes as events, in a heap of a quarter of one; more of the kind in TelephonyPageReaderTest. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({"events, '{}', ',{}'", "names, '{\"a\":0', ',\"a\":0'"})
    void isOneLine_whateverFillsAnAnswer(String what, String first, String more) {
        String items = first + more.repeat(30_000_000 / more.length()) + (first.startsWith("{\"") ? "}" : "");
        try (World world = World.inRealTime()) {
            world.duo.misbehave(1, 1, call -> Answer.ok("{\"stat\":\"OK\",\"response\":{\"items\":[" + items + "]}}"));
            try (CollectorProcess once = once(world)) {
                assertThat(once.exitCode()).as(once.output()).isEqualTo(2);
                assertThat(once.output().lines()).hasSize(1);
                assertThat(once.logged("ERROR")).singleElement().asString().contains("Duo");
            }
            assertThat(world.everything()).isEmpty();
        }
    }

    /** Without a state, beside an object of an earlier run; a dry run that is not told to is DryStepsTest's matter. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "once, 2",
        "once --dry-run --first, 0",
        "once --first, 0",
    })
    void makesAFirstRun_besideAnOlderOnesObjects_onlyIfToldTo(String arguments, int exitCode) {
        try (World world = World.inRealTime()) {
            world.events.add(events);
            String older = "duo-telephony/telephony_20260101T081500.123Z_00001_0123456789ab.ndjson";
            World.s3().client().putObject(put -> put.bucket(world.bucket).key(older), RequestBody.fromString("{}\n"));

            try (CollectorProcess once = jar.start(folder, CollectorJar.environment(world), arguments.split(" "))) {
                assertThat(once.exitCode()).as(once.output()).isEqualTo(exitCode);
                assertThat(once.output().contains("run it once with --first")).isEqualTo(exitCode == 2);
            }

            assertThat(world.everything()).hasSize(arguments.equals("once --first") ? 3 : 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "help, once",
        "run --help, Exit codes",
    })
    void explainsItself_whenAsked(String arguments, String expected) {
        try (CollectorProcess asked = start(arguments.split(" "))) {
            assertThat(asked.exitCode()).isZero();
            assertThat(asked.standardOutput()).contains(expected);
            assertThat(asked.standardOutput().lines()).allMatch(line -> line.length() <= 80);
            assertThat(asked.standardError()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"onc, Did you mean: once", "run now, See: duo-collector run --help"})
    void saysWhatThereIs_askedForWhatItDoesNotKnow(String arguments, String expected) {
        try (CollectorProcess refused = start(arguments.split(" "))) {
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.standardError()).contains(expected);
            assertThat(refused.standardOutput()).isEmpty();
        }
    }

    private CollectorProcess once(World world) {
        return jar.start(folder, CollectorJar.environment(world), "once");
    }

    private CollectorProcess start(String... arguments) {
        return jar.start(folder, CollectorJar.credentials(), arguments);
    }
}
