// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.steps;

import dev.duocollector.failure.FailureText;
import dev.duocollector.failure.RunOutcome;

/**
 * What went wrong at the operator's place, in one line without anything personal.
 *
 * <p>It has no cause, only a suppressed exception: Camel's error handler matches causes too. With a cause, an enrichment's
 * HTTP failure would be retried as Duo's, and the 412 of a step's own S3 write would pass for a batch that is stored.
 */
public final class EventStepsException extends Exception {

    private static final long serialVersionUID = 1L;

    /** The operator's steps, as a message names them. */
    public static final String PLACE = "route event-steps (routes/event-steps.camel.yaml)";

    private final RunOutcome outcome;

    private EventStepsException(RunOutcome outcome, String message) {
        super(message);
        this.outcome = outcome;
    }

    /** A step threw, which may well work at the next run. */
    static EventStepsException failed(Throwable failure) {
        EventStepsException exception = new EventStepsException(
                RunOutcome.FAILED,
                "A step of the " + PLACE + " failed (" + FailureText.brief(failure)
                        + "). Nothing of its page was stored, and nothing is lost; the next run tries again. Correct the step"
                        + " if this lasts; the log level DEBUG of dev.duocollector shows more.");
        exception.addSuppressed(failure);
        return exception;
    }

    /** A step threw, and an error handler of the operator's marked that as handled: what came after the step did not happen. */
    static EventStepsException handled(Exception failure) {
        EventStepsException exception = new EventStepsException(
                RunOutcome.FAILED,
                "A step of the " + PLACE + " failed (" + FailureText.brief(failure)
                        + "), and its error handler took the events off the route. Nothing of their page was stored, and nothing"
                        + " is lost; the next run tries again. If they should be stored in spite of such a failure, use doTry or"
                        + " continued.");
        exception.addSuppressed(failure);
        return exception;
    }

    /** Returns what the step threw, where this is made of it. */
    static Throwable thrown(Exception failure) {
        return failure instanceof EventStepsException && failure.getSuppressed().length > 0
                ? failure.getSuppressed()[0]
                : failure;
    }

    /** A step ended the route with stop or rollback, which may mean "store as it is" as well as "store nothing". */
    static EventStepsException stopped() {
        return new EventStepsException(
                RunOutcome.OPERATOR,
                "The " + PLACE
                        + " ended with stop or rollback, which does not say what to store. Nothing of their page was"
                        + " stored, and nothing is lost. Leave the events that are to be stored, or an empty list to drop all.");
    }

    /** Adds what a dry run did not do, which may be the reason. */
    public EventStepsException inDryRun(String notDone) {
        if (notDone.isEmpty()) {
            return this;
        }
        EventStepsException exception = new EventStepsException(outcome, getMessage() + " " + notDone);
        for (Throwable failure : getSuppressed()) {
            exception.addSuppressed(failure);
        }
        return exception;
    }

    /** The steps left something that cannot be stored, and would leave it again. */
    public static EventStepsException left(String what) {
        return new EventStepsException(
                RunOutcome.OPERATOR,
                "The " + PLACE + " left " + what + ", and must leave a list of events, an empty one if all are to be"
                        + " dropped. Nothing of their page was stored, and nothing is lost. Correct the route.");
    }

    /** How a run ends with it. */
    public RunOutcome outcome() {
        return outcome;
    }
}
