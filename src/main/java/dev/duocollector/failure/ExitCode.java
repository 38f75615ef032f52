// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.failure;

/** What the program exits with, for schedulers that act on it. */
public final class ExitCode {

    /** All done. */
    public static final int DONE = 0;
    /** Failed, behind, or more to read: the next run continues. */
    public static final int AGAIN = 1;
    /** Needs an operator first; also picocli's code for wrong arguments. */
    public static final int OPERATOR = 2;

    private ExitCode() {}
}
