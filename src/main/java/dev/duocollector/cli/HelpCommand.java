// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.failure.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@code --help} of a command shows, asked for in words: {@code help}, {@code help once}, {@code help state show}. */
@Command(name = "help", description = "Shows how the program, or one of its commands, is used.")
final class HelpCommand implements Callable<Integer> {

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--man", description = "Print the manual page of the whole program as roff, for man(1).")
    private boolean man;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "Such as once, or state show.")
    private List<String> words = new ArrayList<>();

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("The command was not made by picocli");
        }
        if (man) {
            spec.commandLine()
                    .getOut()
                    .print(ManPage.of(spec.root().commandLine(), new Main.Version().getVersion()[0]));
            spec.commandLine().getOut().flush();
            return ExitCode.DONE;
        }
        CommandLine asked = spec.commandLine().getParent();
        for (String word : words) {
            CommandLine next = asked.getSubcommands().get(word);
            if (next == null) {
                throw new ParameterException(asked, "There is no command '" + String.join(" ", words) + "'");
            }
            asked = next;
        }
        asked.usage(spec.commandLine().getOut());
        return ExitCode.DONE;
    }
}
