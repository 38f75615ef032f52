// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.text.Terminal;
import java.io.Console;
import java.io.IOError;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What an operator at a terminal is asked, on standard error: standard output is for results. */
interface Questions {

    /** Whether there is somebody to ask: standard input and standard output are a terminal. */
    boolean isTerminal();

    /** Whether standard input is a terminal's, at which reading what nobody is asked for would only wait. */
    boolean isInputTerminal();

    /** Returns the answer as it was typed; null if the input has ended. */
    @Nullable
    String line(String question);

    /** Returns an answer that was not shown while it was typed; null if the input has ended. */
    @Nullable
    String secret(String question);

    /** Asks at this process's terminal. */
    final class OfTerminal implements Questions {

        private static final int STANDARD_INPUT = 0;

        @Override
        public boolean isTerminal() {
            return Confirmation.isTerminal();
        }

        @Override
        public boolean isInputTerminal() {
            return Terminal.isTerminal(STANDARD_INPUT);
        }

        @Override
        public @Nullable String line(String question) {
            return ask(console -> {
                System.err.print(question);
                System.err.flush();
                return console.readLine();
            });
        }

        @Override
        public @Nullable String secret(String question) {
            return ask(console -> {
                // Asked by the console itself, which first stops showing what is typed.
                char[] typed = console.readPassword("%s", question);
                return typed == null ? null : new String(typed);
            });
        }

        private static @Nullable String ask(Function<Console, @Nullable String> reading) {
            try {
                return reading.apply(Objects.requireNonNull(System.console(), "console"));
            } catch (IOError e) {
                // The terminal is gone.
                return null;
            }
        }
    }
}
