// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.run.Terminal;
import dev.duocollector.text.PlainLine;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Shows on standard error how far the command {@code udm} is: once a second, on one line, and only to a terminal. */
final class UdmProgress {

    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Lines between two looks at the clock. */
    private static final int LOOK_EVERY = 1024;

    private final Terminal terminal = new Terminal();
    private final long start = System.nanoTime();
    private long shown = start;
    private long lines;

    void count(String input) {
        lines++;
        if (!terminal.isWatched() || lines % LOOK_EVERY != 0) {
            return;
        }
        long now = System.nanoTime();
        if (now - shown >= EVERY_NANOS) {
            shown = now;
            String line = String.format(
                    Locale.ROOT,
                    "%,d lines, %,d a second, %s",
                    lines,
                    lines * TimeUnit.SECONDS.toNanos(1) / (now - start),
                    PlainLine.of(input));
            terminal.show(line);
        }
    }

    void say(String line) {
        clear();
        System.err.println(PlainLine.of(line));
    }

    void clear() {
        terminal.clear();
    }
}
