// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import dev.duocollector.failure.FailureText;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.failure.UntrustedCertificate;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What a failure of S3 means to the operator.
 *
 * @param subject what it is about
 * @param outcome {@code FAILED} if it may pass by itself, {@code OPERATOR} if it needs an operator
 * @param what a sentence that says what happened
 * @param remedy a sentence that says what to do; may be empty
 */
public record S3Failure(Subject subject, RunOutcome outcome, String what, String remedy) {

    /** What a failure is about. */
    public enum Subject {
        /** The way to S3, or S3 itself. */
        ENDPOINT,
        CREDENTIALS,
        REGION,
        BUCKET,
        /** What the credentials may do. */
        PERMISSION
    }

    private static final int NOT_FOUND = 404;

    /** What a store answers to a header that it does not know. */
    private static final int NOT_IMPLEMENTED = 501;

    private static final Set<String> CREDENTIAL_CODES = Set.of(
            "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired");
    private static final Set<String> CLOCK_CODES =
            Set.of("RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture");
    private static final Set<String> REGION_CODES =
            Set.of("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException");

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
        Optional<WriteFence.LateWriteException> late =
                FailureText.causeOf(failure, WriteFence.LateWriteException.class);
        if (late.isPresent()) {
            return new S3Failure(
                    Subject.ENDPOINT,
                    RunOutcome.FAILED,
                    "Nothing was sent to S3 for " + where + ". " + late.get().getMessage()
                            + "; it might arrive long after.",
                    "Set this machine's clock right if this lasts.");
        }
        Optional<AnswerChecks.ListAnswerException> list =
                FailureText.causeOf(failure, AnswerChecks.ListAnswerException.class);
        if (list.isPresent()) {
            return new S3Failure(
                    Subject.ENDPOINT,
                    RunOutcome.FAILED,
                    "The answer to s3:ListObjectsV2 on s3://" + resource + " is no list of S3's, and proves nothing ("
                            + list.get().getMessage() + ").",
                    "Check what answers in S3's place (a proxy, a gateway, another store), s3.proxy and s3.endpoint if this lasts.");
        }
        Optional<S3Failure> credentials = CredentialsFailure.explain(where, failure);
        if (credentials.isPresent()) {
            return credentials.get();
        }
        Throwable reason = FailureText.causeOf(failure, IOException.class)
                .map(Throwable.class::cast)
                .orElse(failure);
        if (UntrustedCertificate.isCauseOf(reason)) {
            return operator(
                    Subject.ENDPOINT,
                    UntrustedCertificate.explain("S3 for " + where, "s3.endpoint and s3.bucket", reason),
                    "");
        }
        return new S3Failure(
                Subject.ENDPOINT,
                RunOutcome.FAILED,
                "S3 could not be reached for " + where + " (" + FailureText.brief(reason) + ").",
                "Check the network, s3.endpoint, s3.region and s3.proxy if this lasts.");
    }

    private static S3Failure refused(String action, String resource, String where, AwsServiceException refused) {
        if (!(refused instanceof S3Exception) && isOfCredentials(refused)) {
            return credentials(where, refused);
        }
        if (refused.statusCode() == 407) {
            return operator(
                    Subject.ENDPOINT,
                    "On the way to S3 for " + where + ", a proxy wants credentials (HTTP 407).",
                    "The collector sends no credentials: let the proxy pass S3 from this machine without them, or set s3.proxy to another"
                            + " one.");
        }
        Optional<String> between = between(refused);
        if (between.isPresent()) {
            return new S3Failure(
                    Subject.ENDPOINT,
                    RunOutcome.FAILED,
                    "Something between this machine and S3 answered " + where + " in its place (HTTP "
                            + refused.statusCode() + ", " + between.get() + ").",
                    "Check what requests pass through (a proxy, a gateway, a filter), s3.proxy and s3.endpoint if this lasts.");
        }
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
                    Subject.REGION, "S3 refused " + answer + ": the bucket is in another region.", "Set s3.region.");
        }
        // Also for a bucket that is new, until the names of all regions know it.
        if (code.equals("TemporaryRedirect")) {
            return new S3Failure(
                    Subject.REGION,
                    RunOutcome.FAILED,
                    "S3 redirects " + answer + ": the bucket is new, or in another region.",
                    "Set s3.region if this lasts.");
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
        if (refused.statusCode() == NOT_IMPLEMENTED && action.equals("s3:PutObject")) {
            return operator(
                    Subject.ENDPOINT,
                    "S3 refused " + answer
                            + ": the store does not know what the write asks for, most likely its condition"
                            + " (If-None-Match, If-Match).",
                    "Use a store that honors conditional writes: without them, events are lost or duplicated. If it does, set"
                            + " s3.checksums=when-required.");
        }
        // An error after a 200 is a failure that came while S3 was answering.
        if (refused.statusCode() >= 500
                || refused.statusCode() < 300
                || refused.isThrottlingException()
                || refused.statusCode() == 409
                || code.equals("RequestTimeout")) {
            return new S3Failure(Subject.ENDPOINT, RunOutcome.FAILED, "S3 failed at " + answer + ".", "");
        }
        return operator(Subject.ENDPOINT, "S3 refused " + answer + ".", "Check s3.bucket, s3.endpoint and s3.region.");
    }

    /** Returns what shows that an answer is not S3's: that refuses with XML, or without a body, and names each request. */
    private static Optional<String> between(AwsServiceException refused) {
        AwsErrorDetails details = refused.awsErrorDetails();
        if (details == null
                || details.sdkHttpResponse() == null
                || !code(refused).isEmpty()) {
            return Optional.empty();
        }
        Optional<String> type = details.sdkHttpResponse()
                .firstMatchingHeader("Content-Type")
                .map(of -> of.replaceFirst(";.*", "").strip());
        Optional<String> another = type.filter(
                        of -> of.matches("(?i)(text/(?!xml).*|application/(?!xml|octet-stream).*)"))
                .filter(of -> of.matches("[\\w.+/-]{1,80}"))
                .map(of -> of + ", without S3's XML");
        return another.isEmpty() && type.isEmpty() && refused.requestId() == null
                ? Optional.of("without S3's XML and without the id that S3 gives a request")
                : another;
    }

    /** STS and SSO are asked for credentials only. */
    private static boolean isOfCredentials(AwsServiceException refused) {
        AwsErrorDetails details = refused.awsErrorDetails();
        return details != null
                && details.serviceName() != null
                && details.serviceName().matches("(?i)(sts|sso|ssooidc|sso oidc|signin)");
    }

    private static S3Failure credentials(String where, AwsServiceException refused) {
        boolean passes = refused.statusCode() >= 500 || refused.isThrottlingException();
        return new S3Failure(
                Subject.CREDENTIALS,
                passes ? RunOutcome.FAILED : RunOutcome.OPERATOR,
                "The AWS credentials for " + where + " could not be fetched ("
                        + refused.awsErrorDetails().serviceName() + " answered " + said(refused) + ").",
                passes ? "" : "Log in again, or correct the role or the profile that they come from.");
    }

    /**
     * Tells whether the credentials are not there, or not yet: a file that is mounted a little later, a role that is attached.
     * Unlike credentials that S3 refuses, they may appear by themselves.
     */
    public static boolean isWithoutCredentials(SdkException failure) {
        return CredentialsFailure.explain("", failure).isPresent();
    }

    /**
     * Tells whether S3 says that an object is not there. The SDK goes by the code NoSuchKey alone; "never run" must not follow
     * from that of a refusal, or of a failure.
     */
    public static boolean isAbsent(SdkException failure) {
        return failure instanceof NoSuchKeyException absent && absent.statusCode() == NOT_FOUND;
    }

    public String message() {
        return remedy.isEmpty() ? what : what + " " + remedy;
    }

    /** Status, code and message; of a key in KMS, for one, only the message says which permission is missing. */
    private static String said(AwsServiceException refused) {
        AwsErrorDetails details = refused.awsErrorDetails();
        String message = details == null ? null : details.errorMessage();
        return refused.statusCode()
                + (code(refused).isEmpty() ? "" : " " + code(refused))
                + (message == null || message.isBlank() ? "" : ": " + FailureText.masked(message));
    }

    private static String code(AwsServiceException refused) {
        AwsErrorDetails details = refused.awsErrorDetails();
        return details == null ? "" : Objects.requireNonNullElse(details.errorCode(), "");
    }

    private static S3Failure operator(Subject subject, String what, String remedy) {
        return new S3Failure(subject, RunOutcome.OPERATOR, what, remedy);
    }
}
