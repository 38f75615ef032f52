// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The runnable jar at a terminal, which the command script of util-linux makes. */
class TerminalIT {

    private static final Path SCRIPT = Path.of("/usr/bin/script");
    private static final String ESCAPE = "\u001b";

    private final CollectorJar jar = CollectorJar.built();

    @TempDir
    private Path folder;

    @TempDir
    private Path elsewhere;

    @BeforeEach
    void requireTerminal() {
        assumeTrue(Files.isExecutable(SCRIPT), "there is no script(1) here");
    }

    @ParameterizedTest
    @CsvSource({"without,TERM,xterm,true", "with,NO_COLOR,1,false"})
    void help_hasColors_unlessNoColorIsAskedFor(String name, String variable, String value, boolean colored) {
        try (CollectorProcess help = start("", Map.of(variable, value), "help", "once")) {
            assertThat(help.exitCode()).isZero();
            assertThat(help.standardOutput()).contains("--dry-run");
            assertThat(help.standardOutput().contains(ESCAPE))
                    .as(name + " NO_COLOR")
                    .isEqualTo(colored);
        }
    }

    @Test
    void init_asks() throws IOException {
        String answers = "api-1a2b3c4d.duosecurity.com\nDIXX\nnot-so-secret\n\nlogs/duo\nmy-duo-logs\n\nn\n";

        try (CollectorProcess init = start(answers, Map.of(), "init")) {
            assertThat(init.exitCode()).as(init.output()).isZero();
            assertThat(init.standardOutput())
                    .contains("Secret key", "Setting s3.bucket is 'logs/duo'", "Written to " + folder, "[Y/n]");
        }
        assertThat(folder.resolve("skey")).hasContent("not-so-secret");
        assertThat(folder.resolve("application.properties"))
                .content()
                .contains("\ns3.bucket=my-duo-logs\n")
                .doesNotContain("not-so-secret");
    }

    /** Script ends the input, as Ctrl-D does, when what it was given to type is typed. */
    @Test
    void init_leavesNothing_whenTheInputEnds() throws IOException {
        try (CollectorProcess init = start("api-1a2b3c4d.duosecurity.com\nDIXX\n", Map.of(), "init")) {
            assertThat(init.exitCode()).as(init.output()).isEqualTo(2);
            assertThat(init.standardOutput()).contains("Integration key", "Nothing was written: the input ended");
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    private CollectorProcess start(String typed, Map<String, String> environment, String... arguments) {
        try {
            Path keys = Files.writeString(elsewhere.resolve("typed"), typed);
            String command = String.join(" ", jar.command(List.of(), arguments));
            return CollectorProcess.startReading(
                    keys, List.of(SCRIPT.toString(), "-qec", command, "/dev/null"), folder, environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
