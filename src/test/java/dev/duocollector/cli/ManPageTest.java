// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The manual page: all that help says, as roff that formatters take. */
class ManPageTest {

    @TempDir
    private Path folder;

    private final CommandLine program = Main.program();
    private final String page = ManPage.of(program, "duo-telephony-collector 1.0");

    @Test
    void page_hasEveryCommand_withItsOptions() {
        List<String> missing = new ArrayList<>();
        look(program, missing);

        assertThat(missing).isEmpty();
        assertThat(page).contains(".SS \"state set\\-through\"", "\\fB\\-\\-max\\-lag\\fR=\\fIDURATION\\fR");
        assertThat(page.split("\\\\fB\\\\-\\\\-verbose", -1))
                .as("what all have is told once")
                .hasSize(2);
    }

    private void look(CommandLine command, List<String> missing) {
        command.getCommandSpec().options().stream()
                .flatMap(option -> List.of(option.names()).stream())
                .filter(name -> !page.contains("\\fB" + name.replace("-", "\\-") + "\\fR"))
                .forEach(name -> missing.add(command.getCommandSpec().qualifiedName() + " " + name));
        command.getSubcommands().forEach((name, below) -> {
            String title = below.getCommandSpec().qualifiedName().replaceFirst("^\\S+ ", "");
            if (!page.contains(".SS \"" + title.replace("-", "\\-") + "\"\n")) {
                missing.add(title);
            }
            look(below, missing);
        });
    }

    /** Nothing in a text is taken for a macro or an escape. */
    @Test
    void page_isPlainRoff() {
        assertThat(page).startsWith(".TH \"DUO\\-COLLECTOR\" \"1\"").matches("\\p{ASCII}+");
        assertThat(page.lines().filter(line -> line.startsWith(".")))
                .allMatch(line -> line.matches("\\.(TH|SH|SS|PP|TP|nf|fi)( \"[^\"]*\")*"));
        assertThat(page.lines()).noneMatch(line -> line.startsWith("'"));
        assertThat(page.replaceAll("\\\\(-|e|&|f[BIR]|\\(dq|\\[u[0-9A-F]{4,5}])", ""))
                .doesNotContain("\\");
    }

    @Test
    void formatter_hasNothingToSay() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/groff")), "there is no groff here");
        Path source = Files.writeString(folder.resolve("duo-collector.1"), page);

        assertThat(groff(source)).as("warnings").isEmpty();
        Files.writeString(source, page + ".xx\n");
        assertThat(groff(source)).as("of a macro that does not exist").contains("xx");
    }

    private String groff(Path source) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process groff = new ProcessBuilder("groff", "-man", "-ww", "-z", "-Tutf8", source.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(groff.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output);
    }
}
