// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.FailureText;
import dev.duocollector.failure.FatalError;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.S3Answers.S3BodyException;
import dev.duocollector.sink.S3Failure;
import dev.duocollector.sink.S3OperationException;
import dev.duocollector.sink.StoredObjectException;
import dev.duocollector.source.DuoFailure;
import dev.duocollector.source.DuoRequestException;
import dev.duocollector.steps.EventStepsException;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * What a failure means to whoever runs the collector.
 *
 * @param outcome how the run ends
 * @param what a sentence that says what happened; no secret, no phone number
 * @param remedy a sentence that says what to do; may be empty
 */
record RunFailure(RunOutcome outcome, String what, String remedy) {

    RunFailure(RunOutcome outcome, String what) {
        this(outcome, what, "");
    }

    /** Explains failures, given what the settings say. */
    static final class Explainer {

        private final String bucket;

        Explainer(Settings settings) {
            this.bucket = settings.account().bucket();
        }

        RunFailure explain(Throwable failure, Exchange exchange) {
            if (failure instanceof DuoRequestException request) {
                DuoFailure duo = request.failure();
                return new RunFailure(duo.outcome(), duo.what(), duo.remedy());
            }
            if (failure instanceof S3OperationException s3) {
                return of(s3.failure());
            }
            if (failure instanceof RefusedException refused) {
                return new RunFailure(refused.outcome(), refused.getMessage());
            }
            if (failure instanceof EventStepsException steps) {
                return new RunFailure(steps.outcome(), steps.getMessage());
            }
            if (failure instanceof SdkException s3) {
                return component(s3, exchange);
            }
            Optional<S3BodyException> body = FailureText.causeOf(failure, S3BodyException.class);
            if (body.isPresent()) {
                return of(S3Failure.explain(
                        "s3:GetObject",
                        bucket + "/" + key(exchange),
                        SdkClientException.create(
                                "The connection broke off", body.get().getCause())));
            }
            if (failure instanceof StoredObjectException) {
                return new RunFailure(
                        RunOutcome.OPERATOR,
                        "The object s3://" + bucket + "/" + key(exchange) + " cannot be read: " + failure.getMessage()
                                + ".",
                        "Put it back as it was written (bucket versioning keeps it), or move it out of the prefix.");
            }
            Optional<VirtualMachineError> fatal = FatalError.behind(failure);
            if (fatal.isPresent()) {
                return new RunFailure(RunOutcome.OPERATOR, FatalError.line(fatal.get()));
            }
            return new RunFailure(
                    RunOutcome.FAILED,
                    "The run failed in route "
                            + exchange.getProperty(Exchange.FAILURE_ROUTE_ID, "collect", String.class)
                            + ": " + FailureText.brief(failure) + ".",
                    "The log level DEBUG of dev.duocollector shows more.");
        }

        private RunFailure component(SdkException failure, Exchange exchange) {
            String uri = exchange.getProperty(Exchange.FAILURE_ENDPOINT, "", String.class);
            if (S3Failure.isAbsent(failure) && uri.contains("getObject")) {
                return new RunFailure(
                        RunOutcome.FAILED,
                        "Somebody deleted an object under s3://" + folder(exchange)
                                + "* before its UDM events were made from it.",
                        "");
            }
            String action = uri.contains("headObject") || uri.contains("getObject") ? "s3:GetObject" : "s3:PutObject";
            return of(S3Failure.explain(action, folder(exchange) + "*", failure));
        }

        private static String key(Exchange exchange) {
            return exchange.getMessage().getHeader(AWS2S3Constants.KEY, "", String.class);
        }

        /** Returns the bucket and the folder of the current object. */
        private String folder(Exchange exchange) {
            String key = key(exchange);
            return bucket + "/" + key.substring(0, key.lastIndexOf('/') + 1);
        }
    }

    /** Returns one line for a run's report: it says that nothing is lost where the failure may pass. */
    String message() {
        boolean passes = outcome == RunOutcome.FAILED || outcome == RunOutcome.BEHIND;
        return joined(passes && !what.contains("othing is lost") ? "Nothing is lost; the next run continues." : "");
    }

    /** Tells whether what is missing may appear by itself soon after the start, though an operator must see to it if not. */
    static boolean mayAppear(Throwable failure) {
        Throwable s3 = failure instanceof S3OperationException operation ? operation.getCause() : failure;
        return s3 instanceof SdkException sdk && S3Failure.isWithoutCredentials(sdk);
    }

    /** Returns the message for whoever made no run, and has nothing that could be lost. */
    String withoutPromise() {
        return joined("");
    }

    private String joined(String promise) {
        return Stream.of(what, promise, remedy).filter(part -> !part.isEmpty()).collect(Collectors.joining(" "));
    }

    private static RunFailure of(S3Failure failure) {
        return new RunFailure(failure.outcome(), failure.what(), failure.remedy());
    }
}
