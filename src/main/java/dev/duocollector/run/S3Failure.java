// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.sink.LateWriteException;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * What a failure of S3's means to whoever runs the program.
 *
 * @param subject what it lies in
 * @param outcome {@code FAILED} if it may pass by itself, {@code OPERATOR} if somebody must act
 * @param what a sentence that says what happened
 * @param remedy a sentence that says what to do; may be empty
 */
public record S3Failure(Subject subject, RunOutcome outcome, String what, String remedy) {

    /** What a failure lies in. */
    public enum Subject {
        /** The way to S3, or S3 itself. */
        ENDPOINT,
        CREDENTIALS,
        REGION,
        BUCKET,
        /** What the credentials may do. */
        PERMISSION
    }

    private static final Set<String> CREDENTIAL_CODES = Set.of(
            "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired");
    private static final Set<String> CLOCK_CODES =
            Set.of("RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture");
    private static final Set<String> REGION_CODES = Set.of(
            "PermanentRedirect",
            "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException",
            "TemporaryRedirect");

    /**
     * Explains a failure.
     *
     * @param action the IAM action that was tried, such as {@code s3:GetObject}
     * @param resource what it was tried on, {@code bucket/key}; a key may end in {@code *}
     */
    public static S3Failure explain(String action, String resource, SdkException failure) {
        String where = action + " on s3://" + resource;
        if (failure instanceof AwsServiceException refused) {
            return refused(action, resource, where, refused);
        }
        String message = String.valueOf(failure.getMessage());
        Optional<Throwable> late = RunFailure.causeOf(failure, LateWriteException.class);
        if (late.isPresent()) {
            return new S3Failure(
                    Subject.ENDPOINT,
                    RunOutcome.FAILED,
                    "Nothing was sent to S3 for " + where + ". " + late.get().getMessage()
                            + "; it might arrive when nobody expects it any more.",
                    "Set this machine's clock right if this lasts.");
        }
        if (failure instanceof SdkClientException && message.contains("credentials")) {
            return operator(
                    Subject.CREDENTIALS,
                    "No AWS credentials for " + where + ".",
                    "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role is attached.");
        }
        Throwable reason = RunFailure.causeOf(failure, IOException.class).orElse(failure);
        if (RunFailure.isUntrusted(reason)) {
            return operator(Subject.ENDPOINT, RunFailure.untrusted("S3 for " + where, reason), "");
        }
        return new S3Failure(
                Subject.ENDPOINT,
                RunOutcome.FAILED,
                "S3 could not be reached for " + where + " (" + RunFailure.brief(reason) + ").",
                "Check the network, s3.endpoint, s3.region and s3.proxy if this lasts.");
    }

    private static S3Failure refused(String action, String resource, String where, AwsServiceException refused) {
        String code = code(refused);
        String answer = where + " (" + said(refused) + ")";
        if (CLOCK_CODES.contains(code)) {
            return operator(
                    Subject.CREDENTIALS, "S3 refused " + answer + ": this machine's clock is wrong.", "Set it right.");
        }
        if (CREDENTIAL_CODES.contains(code) || refused.statusCode() == 401) {
            return operator(
                    Subject.CREDENTIALS,
                    "S3 refused " + answer + ": the AWS credentials are wrong or have expired.",
                    "Renew them.");
        }
        if (REGION_CODES.contains(code) || refused.statusCode() == 301) {
            return operator(
                    Subject.REGION, "S3 refused " + answer + ": the bucket lies in another region.", "Set s3.region.");
        }
        if (code.equals("NoSuchBucket")) {
            return operator(
                    Subject.BUCKET,
                    "S3 refused " + answer + ": there is no such bucket.",
                    "Create it, or set s3.bucket.");
        }
        if (refused.statusCode() == 403) {
            String list = action.equals("s3:GetObject")
                    ? ", and s3:ListBucket on the bucket (without it S3 says 403 where it means \"not there\")"
                    : "";
            return operator(
                    Subject.PERMISSION,
                    "S3 refused " + answer + ".",
                    "Grant " + action + " on arn:aws:s3:::" + resource + list + ".");
        }
        if (refused.statusCode() >= 500
                || refused.isThrottlingException()
                || refused.statusCode() == 409
                || code.equals("RequestTimeout")) {
            return new S3Failure(Subject.ENDPOINT, RunOutcome.FAILED, "S3 failed at " + answer + ".", "");
        }
        return operator(Subject.ENDPOINT, "S3 refused " + answer + ".", "Check s3.bucket, s3.endpoint and s3.region.");
    }

    /** Returns both sentences. */
    public String message() {
        return remedy.isEmpty() ? what : what + " " + remedy;
    }

    /** Status, code and message; of a key in KMS, for one, only the message says which permission is missing. */
    private static String said(AwsServiceException refused) {
        AwsErrorDetails details = refused.awsErrorDetails();
        String message = details == null ? null : details.errorMessage();
        return refused.statusCode()
                + (code(refused).isEmpty() ? "" : " " + code(refused))
                + (message == null || message.isBlank() ? "" : ": " + RunFailure.masked(message));
    }

    private static String code(AwsServiceException refused) {
        AwsErrorDetails details = refused.awsErrorDetails();
        return details == null ? "" : Objects.requireNonNullElse(details.errorCode(), "");
    }

    private static S3Failure operator(Subject subject, String what, String remedy) {
        return new S3Failure(subject, RunOutcome.OPERATOR, what, remedy);
    }
}
