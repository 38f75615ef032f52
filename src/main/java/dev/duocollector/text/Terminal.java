// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A progress line on standard error, written over in place; nothing at all unless standard error is a terminal. */
public final class Terminal {

    private static final int WIDTH = 78;
    private static final int STANDARD_ERROR = 2;

    /** Set by the runnable jar: in a container, standard error is not this program's to write over. */
    public static final String ALLOWED = "dev.duocollector.terminal";

    private final boolean watched = Boolean.getBoolean(ALLOWED) && isTerminal(STANDARD_ERROR);
    private boolean shown;

    /** Whether standard error is a terminal. */
    public boolean isWatched() {
        return watched;
    }

    /** Returns whether standard output is a terminal. */
    public static boolean isOutput() {
        return Boolean.getBoolean(ALLOWED) && isTerminal(1);
    }

    /** Writes the line anew, cut to the width of a terminal; what is printed next begins where it does. */
    public void show(String line) {
        if (watched) {
            String cut = line.substring(0, Math.min(WIDTH, line.length()));
            System.err.print("\r" + String.format(Locale.ROOT, "%-" + WIDTH + "s", cut) + "\r");
            shown = true;
        }
    }

    /** Takes the line away. */
    public void clear() {
        if (shown) {
            System.err.print("\r" + " ".repeat(WIDTH) + "\r");
            shown = false;
        }
    }

    /**
     * Tells whether a file descriptor of this process is a terminal, such as 0 for standard input. Before Java 22 no method says
     * so of a single one; where /proc does not say so, it is not.
     */
    public static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
