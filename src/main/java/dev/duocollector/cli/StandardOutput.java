// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.failure.ExitCode;
import java.io.IOException;
import java.io.OutputStream;

/**
 * This process's standard output. A {@link java.io.PrintStream} keeps a failed write to itself, so what prints a result asks
 * here whether all of it has arrived: it has not on a full disk, or when its reader has gone.
 */
final class StandardOutput {

    private static final String LOST =
            "Standard output could not be written completely: its disk is full, or its reader has"
                    + " gone. What was printed is not complete.";

    private StandardOutput() {}

    /** Hands on what is still buffered, and returns whether anything that was printed so far is lost. */
    static boolean isLost() {
        return System.out.checkError();
    }

    /** Returns what a command exits with, which is not {@link ExitCode#DONE} if its output is lost; then says so. */
    static int exitCode(int code) {
        if (!isLost()) {
            return code;
        }
        System.err.println(LOST);
        return code == ExitCode.DONE ? ExitCode.AGAIN : code;
    }

    /** Returns a stream of data that fails as soon as its reader is gone, which ends the work on the rest. */
    static OutputStream data() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                System.out.write(bytes, offset, length);
                if (isLost()) {
                    throw new IOException(LOST);
                }
            }
        };
    }
}
