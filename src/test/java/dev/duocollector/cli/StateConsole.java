// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.settings.EnvironmentPropertiesSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;

/** Runs the command {@code state} in this JVM, as an operator does, on the settings of a test and by its clock. */
public final class StateConsole {

    private final Map<String, String> environment = new HashMap<>();
    private final Clock clock;
    private Confirmation confirmation = new Confirmation(false, new BufferedReader(new StringReader("")));

    /** Takes the settings as their environment variables, but the keys to Duo, which the command does not need. */
    public StateConsole(Map<String, String> settings, Clock clock) {
        settings.forEach((name, value) -> environment.put(EnvironmentPropertiesSource.variable(name), value));
        environment.keySet().removeAll(List.of("DUO_IKEY", "DUO_SKEY"));
        this.clock = clock;
    }

    /** What a command printed, and what the program would exit with. */
    public record Result(int exitCode, String out, String err) {}

    /** Has somebody sit at the terminal, who will type this. */
    public StateConsole answering(String typed) {
        confirmation = new Confirmation(true, new BufferedReader(new StringReader(typed)));
        return this;
    }

    /** Has somebody sit at the terminal who lets something happen before typing yes. */
    public StateConsole agreeingAfter(Runnable before) {
        confirmation = new Confirmation(true, new BufferedReader(new StringReader("yes\n")) {
            @Override
            public String readLine() throws IOException {
                before.run();
                return super.readLine();
            }
        });
        return this;
    }

    /** Runs {@code state} with these arguments. */
    public Result state(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine main = Main.prepared(new CommandLine(new StateCommand(environment, clock, confirmation)))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        int exitCode = main.execute(arguments);
        return new Result(exitCode, out.toString(), err.toString());
    }

    /** Runs {@code status} with these arguments. */
    public Result status(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine main = Main.prepared(new CommandLine(new StatusCommand(environment, clock)))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        int exitCode = main.execute(arguments);
        return new Result(exitCode, out.toString(), err.toString());
    }

    /** Does the same with an argument at the end. */
    public Result state(String[] arguments, String more) {
        return state(Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new));
    }
}
