// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.text.Terminal;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * How much is logged: two options of every command. They are looked for among the words of the command line before anything
 * is logged, since Logback is set up by the first line; a Logback file of an operator's own decides by itself.
 */
final class Verbosity {

    private static final String QUIET = "--quiet";
    private static final String VERBOSE = "--verbose";

    /** Their names, for what looks at a command line before it is parsed. */
    static final Set<String> OPTIONS = Set.of(QUIET, VERBOSE);

    /** What logback.xml takes the level of all loggers from, and that of the program's own. */
    private static final String ROOT_LEVEL = "dev.duocollector.log.root";

    private static final String LEVEL = "dev.duocollector.log.level";

    private Verbosity() {}

    /** Gives a command the options. */
    static void addTo(CommandSpec command) {
        command.addOption(option(QUIET, "Log only warnings and errors, and show no progress."));
        command.addOption(option(VERBOSE, "Log in detail, at the level DEBUG."));
    }

    private static OptionSpec option(String name, String description) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .arity("0")
                .description(description)
                .build();
    }

    /** Has Logback log as much as the command line asks for, and progress be shown or not. */
    static void apply(List<String> args) {
        boolean isQuiet = args.contains(QUIET);
        System.setProperty(Terminal.ALLOWED, String.valueOf(!isQuiet));
        if (isQuiet) {
            System.setProperty(ROOT_LEVEL, "WARN");
            System.setProperty(LEVEL, "WARN");
        } else if (args.contains(VERBOSE)) {
            System.setProperty(LEVEL, "DEBUG");
        }
    }

    /** @throws ParameterException if the command line has both, at whichever command */
    static void refuseBoth(ParseResult parsed) {
        List<ParseResult> commands = parsed.asCommandLineList().stream()
                .map(command -> command.getParseResult())
                .toList();
        if (OPTIONS.stream().allMatch(option -> commands.stream().anyMatch(each -> each.hasMatchedOption(option)))) {
            throw new ParameterException(
                    commands.get(commands.size() - 1).commandSpec().commandLine(),
                    "--quiet and --verbose exclude each other: leave one out.");
        }
    }
}
