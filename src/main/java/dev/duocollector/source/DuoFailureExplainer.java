// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.failure.FailureText;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.SettingsException;
import dev.duocollector.source.DuoFailure.Stage;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.client5.http.ConnectTimeoutException;

/** Says what failures of requests to Duo mean, given what the settings say. */
public final class DuoFailureExplainer {

    private static final int PROXY_WANTS_CREDENTIALS = 407;

    private final URI baseUrl;
    private final String proxy;
    private final Clock clock;

    public DuoFailureExplainer(Settings settings, Clock clock) {
        this.baseUrl = settings.account().baseUrl();
        this.proxy = settings.account()
                .get(SettingTable.DUO_PROXY)
                .map(uri -> "the proxy " + uri + " (duo.proxy)")
                .orElse("the proxy (duo.proxy is not set, so the JVM's)");
        this.clock = clock;
    }

    /** Returns what a failure on the way to a page means, whatever it is. */
    public DuoFailure explain(Throwable failure) {
        if (failure instanceof HttpOperationFailedException answer) {
            return answer(answer);
        }
        if (failure instanceof DuoApiException refused) {
            return refusedRequest(refused);
        }
        if (failure instanceof ProxyRefusedException refused) {
            return proxy(refused.statusCode());
        }
        if (failure instanceof AnswerTooLargeException) {
            return without(
                    Stage.ANSWER,
                    RequestOutcome.INVALID,
                    RunOutcome.OPERATOR,
                    failure.getMessage(),
                    "",
                    failure.getMessage());
        }
        if (FailureText.isUntrusted(failure)) {
            return without(
                    Stage.TLS,
                    RequestOutcome.NETWORK,
                    RunOutcome.OPERATOR,
                    FailureText.untrusted("Duo at " + baseUrl, failure),
                    "",
                    FailureText.brief(failure));
        }
        if (failure instanceof IOException) {
            return without(
                    stage(failure),
                    failure instanceof MalformedPageException ? RequestOutcome.INVALID : RequestOutcome.NETWORK,
                    RunOutcome.FAILED,
                    "No usable answer from Duo at " + baseUrl + " (" + FailureText.brief(failure) + ").",
                    "Check the network, duo.api.host and duo.proxy if this lasts.",
                    FailureText.brief(failure));
        }
        return unasked(failure);
    }

    /** A failure without an answer. */
    private static DuoFailure without(
            Stage stage, RequestOutcome request, RunOutcome outcome, String what, String remedy, String brief) {
        return failure(
                stage, false, Optional.of(request), outcome, outcome == RunOutcome.FAILED, what, remedy, brief, 0);
    }

    private static DuoFailure failure(
            Stage stage,
            boolean fromDuo,
            Optional<RequestOutcome> request,
            RunOutcome outcome,
            boolean again,
            String what,
            String remedy,
            String brief,
            int status) {
        return new DuoFailure(
                stage,
                fromDuo,
                request,
                outcome,
                again,
                what,
                remedy,
                brief,
                status,
                Optional.empty(),
                Optional.empty());
    }

    /** What fails before there is a request, such as the secret key's file: nothing of Duo's. */
    private static DuoFailure unasked(Throwable failure) {
        boolean settings = failure instanceof SettingsException;
        return failure(
                Stage.NAME,
                false,
                Optional.empty(),
                settings ? RunOutcome.OPERATOR : RunOutcome.FAILED,
                false,
                settings
                        ? String.valueOf(failure.getMessage())
                        : "The request to Duo could not be made: route duo-page failed (" + FailureText.brief(failure)
                                + ").",
                settings ? "" : "The log level DEBUG of dev.duocollector shows more.",
                FailureText.brief(failure),
                0);
    }

    private static Stage stage(Throwable failure) {
        if (failure instanceof UnknownHostException) {
            return Stage.NAME;
        }
        if (failure instanceof SSLException) {
            return Stage.TLS;
        }
        return failure instanceof ConnectException
                        || failure instanceof NoRouteToHostException
                        || failure instanceof ConnectTimeoutException
                ? Stage.CONNECTION
                : Stage.ANSWER;
    }

    private DuoFailure answer(HttpOperationFailedException answer) {
        DuoApiException said = DuoApiException.fromBody(answer.getStatusCode(), answer.getResponseBody());
        Optional<String> date = header(answer, "Date");
        DuoFailure failure = answer.getStatusCode() == PROXY_WANTS_CREDENTIALS
                ? proxy(PROXY_WANTS_CREDENTIALS)
                : answered(said, contentType(answer), said.isFromDuo() ? date : Optional.empty());
        return failure.with(header(answer, "Retry-After"), date);
    }

    private DuoFailure answered(DuoApiException said, String contentType, Optional<String> date) {
        int status = said.statusCode();
        if (status == 429) {
            return answered(
                    said,
                    Stage.ANSWER,
                    RequestOutcome.RATE_LIMITED,
                    RunOutcome.BEHIND,
                    "Duo allows no more requests for now (" + said.getMessage() + ").",
                    "If this lasts for hours, another program is reading the same account's logs.");
        }
        if (status >= 300 && status < 400) {
            return answered(
                    said,
                    Stage.ANSWER,
                    RequestOutcome.REFUSED,
                    RunOutcome.OPERATOR,
                    "Duo answered with a redirection (" + status + "), which is not followed.",
                    "Check duo.api.host and duo.base-url.");
        }
        if (!said.isFromDuo()) {
            return notDuo(said, contentType);
        }
        if (status >= 500) {
            return answered(
                    said,
                    Stage.ANSWER,
                    RequestOutcome.SERVER_ERROR,
                    RunOutcome.FAILED,
                    "Duo keeps failing (" + said.getMessage() + ").",
                    "");
        }
        if (status == 401) {
            return answered(
                    said,
                    Stage.CREDENTIALS,
                    RequestOutcome.REFUSED,
                    RunOutcome.OPERATOR,
                    "Duo refused the signature (" + said.getMessage() + ").",
                    skew(date)
                            .map(skew -> "This machine's clock is " + skew + " Duo's: set it right.")
                            .orElse("Check duo.ikey, duo.skey and duo.api.host: all three come from the same Admin API"
                                    + " application."));
        }
        if (status == 403) {
            return answered(
                    said,
                    Stage.PERMISSION,
                    RequestOutcome.REFUSED,
                    RunOutcome.OPERATOR,
                    "Duo does not let this application read logs (" + said.getMessage() + ").",
                    "In Duo's admin panel, give it \"Grant read log\", and look whether its \"Networks for API Access\""
                            + " allow this machine's address.");
        }
        return refusedRequest(said);
    }

    private static DuoFailure refusedRequest(DuoApiException said) {
        return answered(
                said,
                Stage.ANSWER,
                RequestOutcome.REFUSED,
                RunOutcome.OPERATOR,
                "Duo refused the request (" + said.getMessage() + ").",
                "Check duo.api.host; if the request itself is wrong, report it as a bug.");
    }

    private static DuoFailure answered(
            DuoApiException said, Stage stage, RequestOutcome request, RunOutcome outcome, String what, String remedy) {
        return answered(said, stage, request, outcome, what, remedy, said.getMessage());
    }

    private static DuoFailure answered(
            DuoApiException said,
            Stage stage,
            RequestOutcome request,
            RunOutcome outcome,
            String what,
            String remedy,
            String brief) {
        return failure(
                stage,
                said.isFromDuo(),
                Optional.of(request),
                outcome,
                outcome == RunOutcome.FAILED || outcome == RunOutcome.BEHIND,
                what,
                remedy,
                brief,
                said.statusCode());
    }

    /** An answer in Duo's place: a proxy's page, a gateway's, a captive portal's. */
    private DuoFailure notDuo(DuoApiException said, String contentType) {
        String answer = "HTTP " + said.statusCode() + contentType + ", without Duo's JSON";
        return answered(
                said,
                Stage.ANSWER,
                RequestOutcome.INVALID,
                RunOutcome.FAILED,
                "Something between this machine and Duo at " + baseUrl + " answered in its place (" + answer + ").",
                "Look at what requests pass (a proxy, a gateway, a filter), at duo.proxy, duo.api.host and duo.base-url"
                        + " if this lasts.",
                answer + ": something between answered, not Duo");
    }

    private DuoFailure proxy(int status) {
        boolean credentials = status == PROXY_WANTS_CREDENTIALS;
        return failure(
                Stage.CONNECTION,
                false,
                Optional.of(RequestOutcome.NETWORK),
                credentials ? RunOutcome.OPERATOR : RunOutcome.FAILED,
                !credentials,
                credentials
                        ? "On the way to Duo, " + proxy + " wants credentials (HTTP 407)."
                        : "On the way to Duo, " + proxy + " makes no connection to " + baseUrl + " (HTTP " + status
                                + " to CONNECT).",
                credentials
                        ? "The collector sends none: let the proxy pass " + baseUrl.getHost()
                                + " from this machine without them, or set duo.proxy to another one."
                        : "Let the proxy pass " + baseUrl.getHost() + ", or set duo.proxy, if this lasts.",
                "the proxy answered HTTP " + status,
                status);
    }

    private Optional<String> skew(Optional<String> date) {
        return DuoClock.ahead(date, clock).filter(DuoClock::isSkewed).map(DuoClock::skew);
    }

    private static String contentType(HttpOperationFailedException answer) {
        return header(answer, "Content-Type")
                .map(type -> type.replaceFirst(";.*", "").strip())
                .filter(type -> type.matches("[\\w.+-]{1,40}/[\\w.+-]{1,40}"))
                .map(type -> ", " + type)
                .orElse("");
    }

    /** Returns a response header; their names come in any case. */
    private static Optional<String> header(HttpOperationFailedException answer, String name) {
        Map<String, String> headers = answer.getResponseHeaders();
        if (headers == null) {
            return Optional.empty();
        }
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(header -> header.getValue().trim())
                .findFirst();
    }
}
