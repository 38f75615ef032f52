// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import dev.duocollector.failure.ExitCode;
import java.util.List;

/** Wrong settings: one line each, with the setting, what it is, what it may be, and what to do. Holds no secret. */
public final class SettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> problems;
    private final boolean mayPass;

    public SettingsException(List<String> problems) {
        this(problems, false);
    }

    SettingsException(List<String> problems, boolean mayPass) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
        this.mayPass = mayPass;
    }

    /** Whether all of them may pass by themselves: a vault that cannot be reached. */
    boolean mayPass() {
        return mayPass;
    }

    /** What the program exits with. */
    public int exitCode() {
        return mayPass ? ExitCode.AGAIN : ExitCode.OPERATOR;
    }

    public List<String> problems() {
        return problems;
    }
}
