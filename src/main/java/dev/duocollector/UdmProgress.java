// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Tells on standard error how far the command {@code udm} is: once a second, on one line, and only to a terminal. */
final class UdmProgress {

    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Lines between two looks at the clock. */
    private static final int LOOK_EVERY = 1024;

    private static final int WIDTH = 78;

    private final boolean terminal = isTerminal();
    private final long start = System.nanoTime();
    private long told = start;
    private long lines;
    private boolean shown;

    /** Counts a line of an input. */
    void count(String input) {
        lines++;
        if (!terminal || lines % LOOK_EVERY != 0) {
            return;
        }
        long now = System.nanoTime();
        if (now - told >= EVERY_NANOS) {
            told = now;
            String line = String.format(
                    Locale.ROOT,
                    "%,d lines, %,d a second, %s",
                    lines,
                    lines * TimeUnit.SECONDS.toNanos(1) / (now - start),
                    input);
            System.err.print("\r"
                    + String.format("%-" + WIDTH + "s", line.substring(0, Math.min(WIDTH, line.length()))));
            shown = true;
        }
    }

    /** Prints a line for good. */
    void say(String line) {
        clear();
        System.err.println(line);
    }

    /** Takes the line of progress away. */
    void clear() {
        if (shown) {
            System.err.print("\r" + " ".repeat(WIDTH) + "\r");
            shown = false;
        }
    }

    /** Before Java 22 no method tells whether standard error is a terminal; where /proc does not say so, it counts as none. */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
