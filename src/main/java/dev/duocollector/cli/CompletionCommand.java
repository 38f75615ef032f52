// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.failure.ExitCode;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Prints what a shell needs to complete commands and options. */
@Command(
        name = "completion",
        description = "Prints a script by which bash or zsh completes commands, options and their values.",
        footer = {
            "  . <(duo-collector completion bash)    in this shell, or in ~/.bashrc",
            "  . <(duo-collector completion zsh)     in ~/.zshrc, behind compinit"
        })
final class CompletionCommand implements Callable<Integer> {

    private static final List<String> SHELLS = List.of("bash", "zsh");

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "SHELL",
            completionCandidates = Shells.class,
            converter = ToShell.class,
            description = "bash or zsh.")
    @SuppressWarnings("UnusedVariable") // It is checked as it is read, and one script serves both.
    private String shell = "";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "duo-collector",
            converter = ToName.class,
            description = "What you type to start the program. By default duo-collector.")
    private String name = "";

    static final class Shells implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return SHELLS.iterator();
        }
    }

    static final class ToShell implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            String shell = value.toLowerCase(Locale.ROOT);
            if (!SHELLS.contains(shell)) {
                throw new TypeConversionException("'" + value + "' is not a shell that is known here: bash or zsh");
            }
            return shell;
        }
    }

    /** What goes into a script that is run must be a name, and nothing else. */
    static final class ToName implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            if (!value.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
                throw new TypeConversionException(
                        "'" + value + "' is not the name of a program: letters, digits, . _ -");
            }
            return value;
        }
    }

    @Override
    public Integer call() {
        CommandSpec own = Objects.requireNonNull(spec, "spec");
        String script = AutoComplete.bash(name, own.root().commandLine());
        own.commandLine().getOut().print(script);
        own.commandLine().getOut().flush();
        return ExitCode.DONE;
    }
}
