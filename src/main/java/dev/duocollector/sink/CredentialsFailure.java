// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import dev.duocollector.failure.FailureText;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.sink.S3Failure.Subject;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Why the SDK has no AWS credentials, in its own words: its default chain asks six providers in turn and says in one sentence
 * what each of them answered, most of them that it is not configured. Which of the answers matters, and whether the network
 * failed, is in the words only.
 */
final class CredentialsFailure {

    private static final Pattern OF_CREDENTIALS = Pattern.compile(
            "(?i).*(credential|sso (session|token)|service module must be on the class path|profile).*",
            Pattern.DOTALL);

    /** What is between the names of the providers and their answers. */
    private static final String ANSWERS = "]) : [";

    /** What each provider's answer begins with, behind the chain's. */
    private static final Pattern PROVIDER = Pattern.compile("(?:^|, )(?=\\w+CredentialsProvider\\()");

    private static final Pattern NOT_SET_UP = Pattern.compile("Unable to load credentials from system settings.*"
            + "|Either the environment variable AWS_WEB_IDENTITY_TOKEN_FILE or .*"
            + "|Profile file contained no credentials for profile 'default'"
            + "|Cannot fetch credentials from container - neither .*"
            + "|IMDS credentials have been disabled .*"
            + "|Failed to load credentials from IMDS\\.");

    private static final Pattern NETWORK = Pattern.compile(".*(Unable to execute HTTP request|UnknownHostException"
            + "|Failed to load credentials from metadata service|timed out|timeout|Status Code: 5\\d\\d|throttl).*");

    private static final Pattern PROFILES_QUOTED = Pattern.compile(":? ?ProfileFile\\(sections=.*");

    private static final String NOBODY =
            "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role is attached.";

    private CredentialsFailure() {}

    /** Explains a failure, if it is one of the credentials'; {@code where} says what they were for. */
    static Optional<S3Failure> explain(String where, SdkException failure) {
        String message = String.valueOf(failure.getMessage());
        if (!(failure instanceof SdkClientException)
                || !OF_CREDENTIALS.matcher(message).matches()
                || message.startsWith("Unable to execute HTTP request")) {
            return Optional.empty();
        }
        Optional<String> flaw = ProfileFiles.flaw();
        if (flaw.isPresent()) {
            return Optional.of(operator("No AWS credentials for " + where + ". " + flaw.get(), ""));
        }
        List<String> reasons = reasons(message);
        if (reasons.isEmpty()) {
            return Optional.of(operator("No AWS credentials for " + where + ".", NOBODY));
        }
        String said = FailureText.masked(String.join("; ", reasons));
        if (reasons.stream().anyMatch(reason -> NETWORK.matcher(reason).matches())) {
            return Optional.of(new S3Failure(
                    Subject.CREDENTIALS,
                    RunOutcome.FAILED,
                    "The AWS credentials for " + where + " could not be fetched (" + said + ").",
                    "Check the network and the endpoint that gives them if this lasts."));
        }
        return Optional.of(operator("No AWS credentials for " + where + ": " + said + ".", remedy(said)));
    }

    private static String remedy(String said) {
        String files = " The profile files are " + ProfileFiles.places() + ".";
        if (said.contains("'signin' service module")) {
            return "The collector does not know \"aws login\" profiles: make a profile with credential_process ="
                    + " aws configure export-credentials --profile NAME, and set AWS_PROFILE to that." + files;
        }
        return said.matches("(?i).*(sso|clientId).*")
                ? "Log in again with aws sso login, or use credentials that a service can renew by itself." + files
                : "Correct the profile, or set AWS_PROFILE to another one." + files;
    }

    /** Returns what the providers said that are set up. */
    private static List<String> reasons(String message) {
        int answers = message.indexOf(ANSWERS);
        Stream<String> all = answers < 0
                ? Stream.of(message)
                : PROVIDER.splitAsStream(
                                message.substring(answers + ANSWERS.length()).replaceFirst("]$", ""))
                        .map(CredentialsFailure::reason);
        return all.map(reason -> PROFILES_QUOTED.matcher(reason).replaceFirst(""))
                .map(String::strip)
                .filter(reason ->
                        !reason.isEmpty() && !NOT_SET_UP.matcher(reason).matches())
                .map(reason -> reason.replaceFirst("\\.$", ""))
                .collect(Collectors.toList());
    }

    private static String reason(String answer) {
        int name = answer.indexOf("): ");
        return name < 0 ? answer : answer.substring(name + 3);
    }

    private static S3Failure operator(String what, String remedy) {
        return new S3Failure(Subject.CREDENTIALS, RunOutcome.OPERATOR, what, remedy);
    }
}
