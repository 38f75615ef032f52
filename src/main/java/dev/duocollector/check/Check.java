// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.check;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.sink.S3Failure;
import java.util.Locale;

/**
 * One thing that was looked at, and what was found. Holds no secret and no phone number.
 *
 * @param name what was looked at, the same in every version: scripts go by it
 * @param detail what was found
 * @param remedy what to do, empty if there is nothing to do or the detail says it
 */
public record Check(String name, Outcome outcome, String detail, String remedy) {

    /** How it went. */
    public enum Outcome {
        PASS,
        /** It may pass by itself. */
        FAIL_AGAIN,
        /** Needs an operator. */
        FAIL_OPERATOR,
        /** It could not be looked at, or did not have to be; the detail says why. */
        SKIPPED;

        /** How it is written for machines. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Whether this is a fault. */
        public boolean isFailure() {
            return this == FAIL_AGAIN || this == FAIL_OPERATOR;
        }

        private static Outcome of(RunOutcome outcome) {
            return outcome == RunOutcome.OPERATOR ? FAIL_OPERATOR : FAIL_AGAIN;
        }
    }

    /** Returns the same under another name. */
    Check named(String other) {
        return new Check(other, outcome, detail, remedy);
    }

    public static Check pass(String name, String detail) {
        return new Check(name, Outcome.PASS, detail, "");
    }

    public static Check fail(String name, String detail, String remedy) {
        return new Check(name, Outcome.FAIL_OPERATOR, detail, remedy);
    }

    /** A check that failed and may pass by itself. */
    public static Check again(String name, String detail) {
        return new Check(name, Outcome.FAIL_AGAIN, detail, "");
    }

    /** A check that ended as a run would have. */
    static Check failed(String name, RunOutcome outcome, String message) {
        return new Check(name, Outcome.of(outcome), message, "");
    }

    static Check failed(String name, S3Failure failure) {
        return new Check(name, Outcome.of(failure.outcome()), failure.what(), failure.remedy());
    }

    /** A check that was left out; the reason is the end of a sentence. */
    public static Check skipped(String name, String because) {
        return skipped(name, because, "");
    }

    static Check skipped(String name, String because, String remedy) {
        return new Check(name, Outcome.SKIPPED, "not checked, because " + because, remedy);
    }
}
