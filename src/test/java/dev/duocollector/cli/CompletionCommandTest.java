// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script of {@code completion}, in bash as a shell that completes would use it. */
class CompletionCommandTest {

    /**
     * Loads the script, asks what it has registered for the program, and calls that for the words as typed so far. The builtin
     * compopt only works while a key is being handled.
     */
    private static final String COMPLETE = """
            compopt() { :; }
            . "$1"; shift
            spec=$(complete -p "$1") || exit 3
            function=${spec##*-F }; function=${function%% *}
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
            "$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a command              | duo-collector onc              | once",
                "a command below        | duo-collector state sh         | show",
                "an option              | duo-collector once --dry       | --dry-run",
                "an option of all       | duo-collector check --verb     | --verbose",
                "an option below        | duo-collector state show --max | --max-lag",
                "an option's value      | duo-collector once --log auth  | authentication",
                "a parameter            | duo-collector completion z     | zsh",
                "nothing that fits      | duo-collector xyz              | ''",
            })
    void bash_completes(String name, String typed, String completed) throws Exception {
        Path script = Files.writeString(folder.resolve("script"), printed("bash"));

        assertThat(bash(COMPLETE, script + " " + typed).lines().map(String::strip))
                .as(name)
                .containsExactly(completed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "BASH"})
    void script_isOne(String shell) throws Exception {
        Path script = Files.writeString(folder.resolve("script"), printed(shell));

        assertThat(bash("bash -n \"$1\" && echo right", script.toString())).isEqualTo("right\n");
        assertThat(script).content().contains("ZSH_VERSION", "bashcompinit");
    }

    @ParameterizedTest
    @CsvSource({
        "completion fish, is not a shell",
        "completion bash --name $(id), is not the name of a program",
        "completion, Missing"
    })
    void another_isRefused(String arguments, String reason) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        assertThat(run(out, err, arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(reason).hasLineCount(2);
        assertThat(out.toString()).isEmpty();
    }

    private static String printed(String shell) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertThat(run(out, err, "completion", shell)).as(err.toString()).isZero();
        return out.toString();
    }

    private static int run(StringWriter out, StringWriter err, String... arguments) {
        return Main.program()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private String bash(String program, String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", "--norc", "-c", program, "bash"));
        command.addAll(List.of(arguments.split(" ")));
        Path output = folder.resolve("output");
        Process bash = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return Files.readString(output, UTF_8);
    }
}
