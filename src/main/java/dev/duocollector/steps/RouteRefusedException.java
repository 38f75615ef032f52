// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.steps;

import java.util.List;

/** The route files hold mistakes that would fail every run; the message has a line for each. */
public final class RouteRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    RouteRefusedException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** Returns what is wrong and where, one line for each mistake. */
    public List<String> problems() {
        return problems;
    }
}
