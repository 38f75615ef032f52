// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.app.FatalExit;
import dev.duocollector.failure.ExitCode;
import dev.duocollector.settings.LogFormat;
import dev.duocollector.text.Log;
import dev.duocollector.text.LogSetup;
import dev.duocollector.text.PlainLine;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: hands its arguments to a command, and its exit code to the system. */
@Command(
        name = "duo-collector",
        description = "Collects Cisco Duo's logs into Amazon S3, every event exactly once.",
        versionProvider = Main.Version.class,
        footerHeading = "%nSettings:%n",
        footer = {
            "  application.properties in the working directory, which init makes, and over",
            "  it the environment: duo.api.host is DUO_API_HOST. Required: DUO_API_HOST,",
            "  DUO_IKEY, DUO_SKEY or DUO_SKEY_FILE, S3_BUCKET. AWS credentials come as the",
            "  AWS SDK finds them. Without a command, the program does run."
        })
public final class Main {

    /** By their names, in the order of the help. Only the one that is called is made: to make all takes a tenth of a short run. */
    private static final Map<String, Class<?>> COMMANDS = commands();

    private Main() {}

    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("init", InitCommand.class);
        commands.put("run", RunCommand.class);
        commands.put("once", OnceCommand.class);
        commands.put("check", CheckCommand.class);
        commands.put("config", ConfigCommand.class);
        commands.put("state", StateCommand.class);
        commands.put("status", StatusCommand.class);
        commands.put("backfill", BackfillCommand.class);
        commands.put("verify", VerifyCommand.class);
        commands.put("cluster", ClusterCommand.class);
        commands.put("udm", UdmCommand.class);
        commands.put("completion", CompletionCommand.class);
        commands.put("help", HelpCommand.class);
        commands.put("version", VersionCommand.class);
        return commands;
    }

    public static void main(String[] args) {
        Verbosity.apply(List.of(args));
        LogFormat.apply();
        LogSetup.apply(collects(List.of(args)) ? "System.out" : "System.err");
        FatalExit.onEveryThread();
        System.exit(execute(args));
    }

    /** Tells whether standard output is the log's: what collects has no result to print there. */
    static boolean collects(List<String> args) {
        return Set.of("run", "once", "backfill").contains(command(args).orElse("run")) && !args.contains("--dry-run");
    }

    private static Optional<String> command(List<String> args) {
        return args.stream().filter(word -> !word.startsWith("-")).findFirst();
    }

    /** Runs the command that the arguments name, and returns what the program exits with. */
    static int execute(String... args) {
        List<String> words = new ArrayList<>(List.of(args));
        if (Verbosity.OPTIONS.containsAll(words)) {
            words.add("run");
        }
        Class<?> called = command(words).map(COMMANDS::get).orElse(null);
        boolean isListed = called == null
                || Set.of(HelpCommand.class, CompletionCommand.class).contains(called)
                || words.get(0).startsWith("-");
        CommandLine program = isListed ? program() : prepared(new CommandLine(new Main()).addSubcommand(called));
        return StandardOutput.exitCode(program.execute(words.toArray(String[]::new)));
    }

    /** Returns the program with all its commands. */
    static CommandLine program() {
        CommandLine program = new CommandLine(new Main());
        COMMANDS.values().forEach(program::addSubcommand);
        return prepared(program);
    }

    /** Reports in one line what a command line has wrong, and gives each command a version. */
    static CommandLine prepared(CommandLine commandLine) {
        commandLine.setParameterExceptionHandler((wrong, args) -> refuse(wrong));
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, command));
        commandLine.setExecutionStrategy(parsed -> {
            Verbosity.refuseBoth(parsed);
            refuseTwice(parsed);
            return new CommandLine.RunLast().execute(parsed);
        });
        complete(commandLine);
        return commandLine;
    }

    /**
     * Gives a command, and those below it, what is the same for all: help, version, how much is logged, and the headings of their
     * lists.
     */
    private static void complete(CommandLine commandLine) {
        CommandSpec command = commandLine.getCommandSpec();
        command.mixinStandardHelpOptions(true).versionProvider(new Version());
        Verbosity.addTo(command);
        UsageMessageSpec usage = command.usageMessage();
        if (!usage.exitCodeList().isEmpty()) {
            usage.exitCodeListHeading("%nExit codes:%n");
        }
        if (usage.footer().length > 0 && usage.footerHeading().isEmpty()) {
            usage.footerHeading("%nExamples:%n");
        }
        commandLine.getSubcommands().values().forEach(Main::complete);
    }

    /** Within one command the parser refuses it; of an option that is given before and after a subcommand, the last would count. */
    private static void refuseTwice(ParseResult parsed) {
        Set<String> names = new HashSet<>();
        for (CommandLine command : parsed.asCommandLineList()) {
            for (OptionSpec option : command.getParseResult().matchedOptionsSet()) {
                if (option.arity().max() > 0 && !names.add(option.longestName())) {
                    throw new ParameterException(
                            command, "option '" + option.longestName() + "' should be specified only once");
                }
            }
        }
    }

    /** What no command expects; its stack trace is for a bug report. */
    private static int explain(Exception failure, CommandLine command) {
        command.getErr()
                .println(Log.line("The command failed (" + failure
                        + "). If this lasts, report it as a bug with the output of --verbose added to the command."));
        Log.of(Main.class).debug("The command failed", failure);
        return ExitCode.AGAIN;
    }

    /** The usage is not printed below: the line that matters would scroll away. */
    private static int refuse(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        String message = String.valueOf(wrong.getMessage()).replaceFirst("[.]?\\s*$", ".");
        List<String> near = wrong instanceof UnmatchedArgumentException unknown ? unknown.getSuggestions() : List.of();
        command.getErr()
                .println(PlainLine.of(
                        message + (near.isEmpty() ? "" : " Did you mean: " + String.join(", ", near) + "?")));
        command.getErr().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.OPERATOR;
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"duo-telephony-collector " + (version == null ? "(not packaged)" : version)};
        }
    }

    /** The version, asked for in a word. */
    @Command(name = "version", description = "Prints the program's version.")
    static final class VersionCommand implements Callable<Integer> {

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            if (spec == null) {
                throw new IllegalStateException("The command was not made by picocli");
            }
            spec.commandLine().printVersionHelp(spec.commandLine().getOut());
            return ExitCode.DONE;
        }
    }
}
