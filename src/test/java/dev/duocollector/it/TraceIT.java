// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.cli.CommandLines;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.testing.Nightly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar with everything logged that there is: no secret and no phone number in it. */
class TraceIT {

    /** As {@link RunningCollector#assertNothingSecret} knows them, with what stands in a request's headers. */
    private static final Pattern SECRET = Pattern.compile(Pattern.quote(World.SKEY) + "|"
            + Pattern.quote(World.s3().secretKey()) + "|Basic [A-Za-z0-9+/]{8}|AWS4-HMAC|1202555\\d{4}");

    private final CollectorJar jar = CollectorJar.built();
    private final World world = World.inRealTime().set("duo.page.size", "4");
    private final Instant now = Instant.now();

    @TempDir
    private Path folder;

    @BeforeEach
    void fill() {
        world.events.add(
                new MadeUpEvents(1).spread(10, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5))));
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void rootAtTrace_showsNoSecret_inAnyCommand() throws IOException {
        assertNoSecret(
                "human",
                "once",
                "check",
                "once --dry-run",
                "verify --from " + now.minus(Duration.ofHours(1)) + " --to " + now.minus(Duration.ofMinutes(4)),
                "state show",
                "config");
    }

    @Nightly
    @Test
    void rootAtTrace_showsNoSecret_inJson() throws IOException {
        assertNoSecret("json", "once");
    }

    private void assertNoSecret(String format, String... commandLines) throws IOException {
        String log = "<configuration><include resource=\"dev/duocollector/logback-" + format + ".xml\"/>"
                + "<root level=\"TRACE\"><appender-ref ref=\"console\"/></root></configuration>";

        String output = output(log, commandLines);

        assertThat(output.lines().filter(line -> line.startsWith(CommandLines.ENDED)))
                .containsExactlyElementsOf(Stream.of(commandLines)
                        .map(commandLine -> CommandLines.ENDED + "0: " + commandLine)
                        .toList());
        assertThat(SECRET.matcher(output).results().map(found -> found.group()).distinct())
                .isEmpty();
        assertThat(output).contains("DEBUG", "TRACE");
        assertThat(output.lines()).as("everything is logged").hasSizeGreaterThan(1000);
    }

    /** What MONITORING.md says of such a file, and why the shipped ones have caps. */
    @Nightly
    @Test
    void rootAtTrace_showsSecrets_withAnAppenderOfOnesOwn() throws IOException {
        String log = "<configuration><appender name=\"own\" class=\"ch.qos.logback.core.ConsoleAppender\">"
                + "<encoder><pattern>%level %logger %msg%n</pattern></encoder></appender>"
                + "<root level=\"TRACE\"><appender-ref ref=\"own\"/></root></configuration>";

        assertThat(output(log, "once")).containsPattern(SECRET);
    }

    private String output(String log, String... commandLines) throws IOException {
        Path file = Files.writeString(folder.resolve("logback.xml"), log);
        try (CollectorProcess process = jar.startAll(
                List.of("-Dlogback.configurationFile=" + file),
                null,
                folder,
                CollectorJar.environment(world),
                commandLines)) {
            assertThat(process.exitCode()).as(process.standardError()).isZero();
            return process.output();
        }
    }
}
