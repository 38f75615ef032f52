// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Set;

/** Asks for a yes at the terminal; without a terminal, the command line must say it. */
final class Confirmation {

    private static final Set<String> YES = Set.of("y", "yes");

    private final boolean terminal;
    private final BufferedReader in;

    /**
     * @param terminal whether there is a terminal to ask at
     * @param in where the answer comes from, a line each
     */
    Confirmation(boolean terminal, BufferedReader in) {
        this.terminal = terminal;
        this.in = in;
    }

    /** Returns one that asks at this process's terminal, if both its input and its output are one. */
    static Confirmation ofTerminal() {
        return new Confirmation(
                isTerminal(), new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())));
    }

    /** Whether standard input and standard output are a terminal. */
    @SuppressWarnings("SystemConsoleNull") // Up to Java 21, no console means no terminal; later ones have isTerminal.
    static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /**
     * Returns whether the operator agrees; says why if not.
     *
     * @param given whether the command line says so already
     * @param question ends with a question mark
     */
    boolean isGiven(boolean given, String question, PrintWriter err) {
        if (given) {
            return true;
        }
        if (!terminal) {
            err.println("Nothing was changed: there is no terminal to confirm it at. Read the above, and add --yes.");
            return false;
        }
        err.print(question + " [y/N] ");
        err.flush();
        if (YES.contains(answer())) {
            return true;
        }
        err.println("Nothing was changed.");
        return false;
    }

    private String answer() {
        try {
            String line = in.readLine();
            return line == null ? "" : line.strip().toLowerCase(Locale.ROOT);
        } catch (IOException e) {
            // No answer is no consent.
            return "";
        }
    }
}
