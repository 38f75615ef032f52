// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.text.Log;
import org.slf4j.event.Level;

/**
 * How a run ended, in one line; the body with which the route {@code collect} ends, for each log.
 *
 * @param outcome what {@code once} exits by
 * @param line what is logged: what was read and stored, or what failed and what to do
 * @param triedAgainAtStart whether the first run of the program is made again a little later: what failed may appear by itself
 */
public record RunReport(RunOutcome outcome, String line, boolean triedAgainAtStart) {

    public RunReport(RunOutcome outcome, String line) {
        this(outcome, line, outcome == RunOutcome.FAILED);
    }

    /** A route logs it, so it is made ready for that here. */
    public RunReport {
        line = Log.line(line);
    }

    /** Returns the same of a stream, which it names; empty for the only one. */
    RunReport of(String stream) {
        return stream.isEmpty() ? this : new RunReport(outcome, stream + ": " + line, triedAgainAtStart);
    }

    /** ERROR when it needs an operator, WARN when it recovers by itself, INFO when all is well. */
    public Level level() {
        return switch (outcome) {
            case DONE, STOPPED -> Level.INFO;
            case MORE, BEHIND, OWNED, PENDING, FAILED -> Level.WARN;
            case OPERATOR -> Level.ERROR;
        };
    }

    @Override
    public String toString() {
        return line;
    }
}
