// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.duocollector.failure.FailureText;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.SettingsException;
import dev.duocollector.settings.TestSettings;
import dev.duocollector.sink.S3OperationException;
import dev.duocollector.source.BodyFailures;
import dev.duocollector.source.DuoFailureExplainer;
import dev.duocollector.source.DuoRequestException;
import dev.duocollector.source.TunnelCheck.ProxyRefusedException;
import dev.duocollector.state.StateRefusedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.camel.Exchange;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.event.Level;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What each failure means to whoever runs the collector: the table "When something fails", row by row. */
class RunFailureTest {

    private static final Instant NOW = Instant.parse("2026-11-23T09:00:00Z");
    private static final String BASE = "https://" + TestSettings.API_HOST;
    private static final String DUO = BASE + DuoLog.TELEPHONY.path();
    private static final String STATE_KEY = "duo-telephony-state/state.json";

    /** What stands in whatever failed here, and must stand in no message. */
    private static final String PHONE = "+12025550123";

    private static final String SECRET = "Basic RElYWFg6c2VjcmV0";

    static Stream<Arguments> duo() {
        return Stream.of(
                row(
                        "429",
                        answer(429, "{\"stat\":\"FAIL\",\"code\":42901,\"message\":\"Too Many Requests\"}"),
                        RunOutcome.BEHIND,
                        "Duo allows no more requests for now",
                        "42901",
                        "another program is reading"),
                row(
                        "500",
                        answer(500, "{\"stat\":\"FAIL\",\"code\":50001}"),
                        RunOutcome.FAILED,
                        "Duo keeps failing",
                        "HTTP 500",
                        "the next run continues"),
                row(
                        "503 of a load balancer",
                        answer(503, "<html>" + PHONE),
                        RunOutcome.FAILED,
                        "Something between this machine and Duo at " + BASE,
                        "(HTTP 503, without Duo's JSON)"),
                row(
                        "401",
                        answer(401, "{\"stat\":\"FAIL\",\"code\":40103,\"message\":\"Invalid signature\"}"),
                        RunOutcome.OPERATOR,
                        "Duo refused the signature",
                        "40103",
                        "duo.ikey, duo.skey and duo.api.host"),
                row(
                        "403",
                        answer(403, "{\"stat\":\"FAIL\",\"code\":40301,\"message\":\"Access forbidden\"}"),
                        RunOutcome.OPERATOR,
                        "\"Grant read log\"",
                        "40301",
                        "\"Networks for API Access\""),
                row(
                        "400",
                        answer(
                                400,
                                "{\"stat\":\"FAIL\",\"code\":40002,\"message\":\"Invalid\",\"message_detail\":\"mintime\"}"),
                        RunOutcome.OPERATOR,
                        "Duo refused the request",
                        "40002",
                        "(mintime)",
                        "Duo no longer takes that offset"),
                row(
                        "404",
                        answer(404, "{\"stat\":\"FAIL\",\"code\":40401,\"message\":\"Resource not found\"}"),
                        RunOutcome.OPERATOR,
                        "Duo refused the request",
                        "HTTP 404",
                        "Check duo.api.host"),
                row(
                        "404 of another",
                        answer(404, ""),
                        RunOutcome.FAILED,
                        "Something between",
                        "HTTP 404",
                        "duo.api.host and duo.base-url"),
                row(
                        "407 of a proxy",
                        answer(407, "<html>" + PHONE),
                        RunOutcome.OPERATOR,
                        "the proxy (duo.proxy is not set, so the JVM's) wants credentials (HTTP 407)",
                        "set duo.proxy"),
                row(
                        "407 to CONNECT",
                        new ProxyRefusedException(407),
                        RunOutcome.OPERATOR,
                        "wants credentials (HTTP 407)"),
                row(
                        "403 to CONNECT",
                        new ProxyRefusedException(403),
                        RunOutcome.FAILED,
                        "makes no connection to " + BASE + " (HTTP 403 to CONNECT)",
                        "the next run continues"),
                row(
                        "the secret key's file",
                        new SettingsException(List.of("The secret key's file a (duo.skey-file) cannot be read.")),
                        RunOutcome.OPERATOR,
                        "The secret key's file a"),
                row(
                        "a step of duo-page itself",
                        new IllegalStateException("calling " + PHONE),
                        RunOutcome.FAILED,
                        "route duo-page failed (IllegalStateException: calling [masked])"),
                row("302", answer(302, ""), RunOutcome.OPERATOR, "redirection (302)", "duo.base-url"),
                row(
                        "phone number in Duo's message",
                        answer(
                                400,
                                "{\"stat\":\"FAIL\",\"message\":\"" + PHONE + "\",\"message_detail\":\"" + PHONE
                                        + "\"}"),
                        RunOutcome.OPERATOR,
                        "[masked]"),
                row(
                        "FAIL in a 200",
                        BodyFailures.of(
                                "{\"stat\":\"FAIL\",\"code\":40002,\"message\":\"Invalid\",\"message_detail\":\""
                                        + PHONE + "\"}"),
                        RunOutcome.OPERATOR,
                        "HTTP 200, code 40002: Invalid",
                        "report it as a bug"),
                row(
                        "200 that is not JSON",
                        BodyFailures.of("<html>" + PHONE),
                        RunOutcome.FAILED,
                        "No usable answer from Duo at " + BASE
                                + " (Duo's answer is not a page of its log: it is cut short",
                        "see what answers instead of Duo: a proxy",
                        "the next run continues"),
                row(
                        "Duo's JSON without a list",
                        BodyFailures.of("{\"stat\":\"OK\",\"response\":{\"items\":null}}"),
                        RunOutcome.FAILED,
                        "response.items is not an array (39 bytes)).",
                        "If this lasts, report it to Duo with this line."),
                row(
                        "address and no detail in Duo's message",
                        answer(403, "{\"stat\":\"FAIL\",\"message\":\"no jo@example.com\",\"message_detail\":\"\"}"),
                        RunOutcome.OPERATOR,
                        "HTTP 403: no [masked])."),
                row("body too large", BodyFailures.tooLarge(), RunOutcome.OPERATOR, "67108864", "duo.base-url", "-Xmx"),
                row(
                        "connection refused",
                        new ConnectException("Connection refused"),
                        RunOutcome.FAILED,
                        "No usable answer from Duo at " + BASE + " (ConnectException: Connection refused)",
                        "duo.proxy"),
                row(
                        "DNS",
                        new UnknownHostException(TestSettings.API_HOST),
                        RunOutcome.FAILED,
                        "UnknownHostException: " + TestSettings.API_HOST),
                row(
                        "time-out",
                        new SocketTimeoutException("Read timed out"),
                        RunOutcome.FAILED,
                        "SocketTimeoutException: Read timed out"),
                row(
                        "phone number in a network's message",
                        new IOException("calling " + PHONE + " or +1 202 555 0123\nmore"),
                        RunOutcome.FAILED,
                        "calling [masked] or [masked]"),
                row(
                        "certificate not trusted",
                        caused(
                                new SSLHandshakeException("PKIX path building failed"),
                                new CertificateException("no path")),
                        RunOutcome.OPERATOR,
                        "The certificate of Duo at " + BASE + " is not trusted",
                        "-Djavax.net.ssl.trustStore"),
                row(
                        "certificate of another host",
                        new SSLPeerUnverifiedException("Certificate doesn't match"),
                        RunOutcome.OPERATOR,
                        "is for another host (SSLPeerUnverifiedException: Certificate doesn't match)",
                        "Check duo.api.host and duo.base-url"),
                row(
                        "certificate that has expired",
                        caused(
                                new SSLHandshakeException("PKIX path validation failed"),
                                new CertificateException(new CertificateExpiredException("NotAfter: yesterday"))),
                        RunOutcome.OPERATOR,
                        "has expired, or is not valid yet (SSLHandshakeException: PKIX path validation failed)",
                        "set this machine's clock right"),
                row(
                        "truststore without its password",
                        caused(
                                new SSLException("Unexpected error"),
                                new InvalidAlgorithmParameterException("the trustAnchors parameter must be non-empty")),
                        RunOutcome.OPERATOR,
                        "is not trusted, since the JVM's truststore holds none that could be read",
                        "Check the file, its type and its password"),
                row(
                        "truststore that is none",
                        new SSLHandshakeException("No X509TrustManager implementation available"),
                        RunOutcome.OPERATOR,
                        "since the JVM's truststore holds none that could be read"),
                row(
                        "TLS broken off",
                        new SSLException("Connection reset"),
                        RunOutcome.FAILED,
                        "SSLException: Connection reset"));
    }

    static Stream<Arguments> s3() {
        return Stream.of(
                row(
                        "throttled",
                        state("s3:PutObject", refusal(503, "SlowDown")),
                        RunOutcome.FAILED,
                        "S3 failed at s3:PutObject on s3://logs/" + STATE_KEY + " (503 SlowDown)",
                        "the next run continues"),
                row(
                        "internal error",
                        state("s3:GetObject", refusal(500, "InternalError")),
                        RunOutcome.FAILED,
                        "(500 InternalError)"),
                row(
                        "request timed out",
                        state("s3:PutObject", refusal(400, "RequestTimeout")),
                        RunOutcome.FAILED,
                        "(400 RequestTimeout)"),
                row(
                        "conflict",
                        state("s3:PutObject", refusal(409, "ConditionalRequestConflict")),
                        RunOutcome.FAILED,
                        "(409 ConditionalRequestConflict)"),
                row(
                        "network",
                        state("s3:GetObject", SdkClientException.create("Unable to execute HTTP request: " + PHONE)),
                        RunOutcome.FAILED,
                        "S3 could not be reached for s3:GetObject",
                        "Unable to execute HTTP request: [masked]",
                        "s3.endpoint, s3.region and s3.proxy"),
                row(
                        "403 on GET",
                        state("s3:GetObject", refusal(403, "AccessDenied")),
                        RunOutcome.OPERATOR,
                        "Grant s3:GetObject on arn:aws:s3:::logs/" + STATE_KEY,
                        "s3:ListBucket on the bucket"),
                row(
                        "403 on PUT",
                        state("s3:PutObject", refusal(403, "AccessDenied")),
                        RunOutcome.OPERATOR,
                        "Grant s3:PutObject on arn:aws:s3:::logs/" + STATE_KEY + "."),
                row(
                        "no bucket",
                        state("s3:GetObject", refusal(404, "NoSuchBucket")),
                        RunOutcome.OPERATOR,
                        "there is no such bucket",
                        "s3.bucket"),
                row(
                        "no credentials",
                        state(
                                "s3:GetObject",
                                SdkClientException.create("Unable to load credentials from any of the providers")),
                        RunOutcome.OPERATOR,
                        "No AWS credentials for s3:GetObject",
                        "AWS_PROFILE"),
                row(
                        "wrong credentials",
                        state("s3:GetObject", refusal(403, "SignatureDoesNotMatch")),
                        RunOutcome.OPERATOR,
                        "the AWS credentials are wrong or have expired"),
                row(
                        "expired token",
                        state("s3:GetObject", refusal(400, "ExpiredToken")),
                        RunOutcome.OPERATOR,
                        "the AWS credentials are wrong or have expired"),
                row(
                        "wrong region",
                        state("s3:GetObject", refusal(400, "AuthorizationHeaderMalformed")),
                        RunOutcome.OPERATOR,
                        "another region",
                        "Set s3.region"),
                row(
                        "redirect to another region",
                        state("s3:GetObject", refusal(301, null)),
                        RunOutcome.OPERATOR,
                        "another region",
                        "(301)"),
                row(
                        "clock skew",
                        state("s3:GetObject", refusal(403, "RequestTimeTooSkewed")),
                        RunOutcome.OPERATOR,
                        "this machine's clock is wrong"),
                row(
                        "anything else",
                        state("s3:GetObject", refusal(405, "MethodNotAllowed")),
                        RunOutcome.OPERATOR,
                        "(405 MethodNotAllowed)",
                        "Check s3.bucket, s3.endpoint and s3.region"));
    }

    static Stream<Arguments> own() {
        return Stream.of(
                row(
                        "offset twice",
                        RefusedException.operator("Duo gave the next_offset a twice."),
                        RunOutcome.OPERATOR,
                        "Duo gave the next_offset a twice."),
                row(
                        "an IOException that is not Duo's",
                        new IOException("line 1: it is not JSON"),
                        RunOutcome.FAILED,
                        "The run failed in route event-steps: IOException: line 1"),
                row(
                        "state refused",
                        new StateRefusedException(
                                StateRefusedException.Reason.NEWER, "The state at s3://a/b has version 2."),
                        RunOutcome.OPERATOR,
                        "The state at s3://a/b has version 2."),
                row(
                        "wrong setting",
                        new SettingsException(List.of("Setting a is 'b'.")),
                        RunOutcome.OPERATOR,
                        "Setting a is 'b'."),
                row(
                        "another collector",
                        new RefusedException(RunOutcome.OWNED, "Another collector has written."),
                        RunOutcome.OWNED,
                        "Another collector has written."),
                row(
                        "an operator's step",
                        new IllegalStateException("no mapping for " + PHONE + "\n" + SECRET),
                        RunOutcome.FAILED,
                        "The run failed in route event-steps: IllegalStateException: no mapping for [masked]",
                        "the next run continues"),
                row(
                        "an error without a message",
                        new IllegalStateException((String) null),
                        RunOutcome.FAILED,
                        "in route event-steps: IllegalStateException."));
    }

    /** What the route duo-page lets out of these. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("duo")
    void failureOfARequest_saysWhatHappened_andWhatToDo(
            String what, Exception cause, RunOutcome outcome, List<String> said) {
        failure_saysWhatHappened_andWhatToDo(what, request(cause), outcome, said);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"s3", "own"})
    void failure_saysWhatHappened_andWhatToDo(String what, Exception cause, RunOutcome outcome, List<String> said) {
        RunFailure failure = explain(cause);

        assertThat(failure.outcome()).isEqualTo(outcome);
        assertThat(failure.message())
                .contains(said)
                .hasLineCount(1)
                .endsWith(".")
                .doesNotContain("..", ". .")
                .doesNotContain("555", SECRET, "c2VjcmV0", TestSettings.SKEY);
    }

    @ParameterizedTest
    @CsvSource({
        "DONE,     0, INFO",
        "MORE,     1, WARN",
        "STOPPED,  0, INFO",
        "BEHIND,   1, WARN",
        "OWNED,    1, WARN",
        "FAILED,   1, WARN",
        "OPERATOR, 2, ERROR",
    })
    void outcome_hasAnExitCode_andALevel(RunOutcome outcome, int exitCode, Level level) {
        assertThat(outcome.exitCode()).isEqualTo(exitCode);
        assertThat(new RunReport(outcome, "line").level()).isEqualTo(level);
        assertThat(new RunReport(outcome, "line")).hasToString("line");
    }

    @ParameterizedTest(name = "Duo''s Date is {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Mon, 23 Nov 2026 08:58:00 GMT | This machine's clock is 120 s ahead of Duo's: set it right.",
                "Mon, 23 Nov 2026 09:05:00 GMT | This machine's clock is 300 s behind Duo's: set it right.",
                "Mon, 23 Nov 2026 09:01:01 GMT | This machine's clock is 61 s behind Duo's: set it right.",
                "Mon, 23 Nov 2026 09:01:00 GMT | Check duo.ikey",
                "Mon, 23 Nov 2026 08:59:00 GMT | Check duo.ikey",
                "yesterday                     | Check duo.ikey",
            })
    void refusedSignature_isPutDownToTheClock_whenItIsAMinuteOff(String date, String said) {
        Map<String, String> headers = Map.of("date", date);

        String body = "{\"stat\":\"FAIL\",\"code\":40103,\"message\":\"Invalid signature\"}";
        assertThat(explain(request(new HttpOperationFailedException(DUO, 401, "", null, headers, body)))
                        .message())
                .contains(said);
    }

    /** The aws2-s3 endpoints throw the SDK's exceptions as they are; the endpoint says which action it was. */
    @ParameterizedTest
    @CsvSource({
        "aws2-s3://logs?operation=headObject,          duo/a.ndjson, s3:GetObject, logs/duo/*",
        "aws2-s3://logs?operation=getObject,           duo/a.ndjson, s3:GetObject, logs/duo/*",
        "aws2-s3://logs?conditionalWritesEnabled=true, duo/a.ndjson, s3:PutObject, logs/duo/*",
        "aws2-s3://logs?conditionalWritesEnabled=true, a.ndjson,     s3:PutObject, logs/*",
    })
    void refusalOfAnObject_namesActionAndFolder(String endpoint, String key, String action, String resource) {
        Exchange exchange = exchange();
        exchange.setProperty(Exchange.FAILURE_ENDPOINT, endpoint);
        exchange.getMessage().setHeader(AWS2S3Constants.KEY, key);

        assertThat(explainer().explain(refusal(403, "AccessDenied"), exchange).message())
                .contains("Grant " + action + " on arn:aws:s3:::" + resource);
    }

    @Test
    void duo_isNamedByItsAddress_notByARequest() {
        assertThat(explain(request(new IOException("broken"))).message())
                .contains("from Duo at https://" + TestSettings.API_HOST + " (IOException: broken)")
                .doesNotContain("next_offset");
    }

    @Test
    void brief_isOneLine_cut_andWithoutPhoneNumbers() {
        assertThat(FailureText.brief(new IOException("a ".repeat(200) + PHONE)))
                .hasSize("IOException: ".length() + 301)
                .endsWith("…");
        assertThat(FailureText.brief(new IOException("one\ntwo"))).isEqualTo("IOException: one");
        assertThat(FailureText.brief(new IOException())).isEqualTo("IOException");
        assertThat(FailureText.brief(new IOException("port 8080, run 2026-11-23, id a-12025550123")))
                .startsWith("IOException: port 8080, run ");
    }

    private static RunFailure explain(Exception cause) {
        return explainer().explain(cause, exchange());
    }

    private static RunFailure.Explainer explainer() {
        return new RunFailure.Explainer(TestSettings.with("s3.bucket", "logs"));
    }

    private static DuoRequestException request(Exception cause) {
        return new DuoRequestException(
                new DuoFailureExplainer(TestSettings.with(), Clock.fixed(NOW, ZoneOffset.UTC)).explain(cause), cause);
    }

    private static Exchange exchange() {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.setProperty(Exchange.FAILURE_ENDPOINT, DUO + "?httpMethod=GET");
        exchange.setProperty(Exchange.FAILURE_ROUTE_ID, "event-steps");
        exchange.getMessage().setHeader("Authorization", SECRET);
        exchange.getMessage().setBody(PHONE);
        return exchange;
    }

    private static HttpOperationFailedException answer(int status, String body) {
        return new HttpOperationFailedException(
                DUO + "?next_offset=" + PHONE, status, "", null, Map.of("Authorization", SECRET), body);
    }

    private static S3OperationException state(String action, SdkException cause) {
        return new S3OperationException(action, "logs", STATE_KEY, cause);
    }

    private static S3Exception refusal(int status, @Nullable String code) {
        return (S3Exception) S3Exception.builder()
                .statusCode(status)
                .message("Answered by a test, " + PHONE)
                .awsErrorDetails(
                        code == null
                                ? null
                                : AwsErrorDetails.builder().errorCode(code).build())
                .build();
    }

    private static Exception caused(Exception failure, Exception cause) {
        failure.initCause(cause);
        return failure;
    }

    private static Arguments row(String what, Exception cause, RunOutcome outcome, String... said) {
        return arguments(what, cause, outcome, List.of(said));
    }
}
