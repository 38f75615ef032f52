// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.failure.FailureText;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.SettingsException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.client5.http.ConnectTimeoutException;

/**
 * What a failed request to Duo means to whoever runs the collector.
 *
 * @param stage how far the request came
 * @param fromDuo whether Duo's own JSON came back; whatever else answered may be a proxy, a gateway or a login page
 * @param request how the request counts; empty if none was made
 * @param outcome how a run ends with it
 * @param again whether the same request may work a little later
 * @param what a sentence that says what happened
 * @param remedy a sentence that says what to do; may be empty
 * @param brief what happened, for a line about the next try
 * @param status the answer's HTTP status, 0 without one
 * @param retryAfter the answer's header of that name
 * @param date the answer's header of that name, if the answer is Duo's
 */
public record DuoFailure(
        Stage stage,
        boolean fromDuo,
        Optional<RequestOutcome> request,
        RunOutcome outcome,
        boolean again,
        String what,
        String remedy,
        String brief,
        int status,
        Optional<String> retryAfter,
        Optional<String> date) {

    /** What a request comes to, in the order in which it does. */
    public enum Stage {
        /** The host's name is looked up. */
        NAME,
        /** A connection is made. */
        CONNECTION,
        /** The certificate is checked, and a key agreed on. */
        TLS,
        /** Duo answers, with something that Duo would say to this request. */
        ANSWER,
        /** The signature is checked. */
        CREDENTIALS,
        /** The application's permissions are looked at. */
        PERMISSION,
        /** The request came through. */
        DONE
    }

    private static final int PROXY_WANTS_CREDENTIALS = 407;

    /** A failure without an answer. */
    private static DuoFailure without(
            Stage stage, RequestOutcome request, RunOutcome outcome, String what, String remedy, String brief) {
        return new DuoFailure(
                stage,
                false,
                Optional.of(request),
                outcome,
                outcome == RunOutcome.FAILED,
                what,
                remedy,
                brief,
                0,
                Optional.empty(),
                Optional.empty());
    }

    /** Explains failures, given what the settings say. */
    public static final class Explainer {

        private final URI baseUrl;
        private final String proxy;
        private final Clock clock;

        public Explainer(Settings settings, Clock clock) {
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
                return refusedRequest(refused, Optional.empty(), Optional.empty());
            }
            if (failure instanceof ProxyRefusedException refused) {
                return proxy(refused.statusCode(), Optional.empty());
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

        /** What fails before there is a request, such as the secret key's file: nothing of Duo's. */
        private static DuoFailure unasked(Throwable failure) {
            boolean settings = failure instanceof SettingsException;
            return new DuoFailure(
                    Stage.NAME,
                    false,
                    Optional.empty(),
                    settings ? RunOutcome.OPERATOR : RunOutcome.FAILED,
                    false,
                    settings
                            ? String.valueOf(failure.getMessage())
                            : "The request to Duo could not be made: route duo-page failed ("
                                    + FailureText.brief(failure) + ").",
                    settings ? "" : "The log level DEBUG of dev.duocollector shows more.",
                    FailureText.brief(failure),
                    0,
                    Optional.empty(),
                    Optional.empty());
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
            Optional<String> retryAfter = header(answer, "Retry-After");
            Optional<String> date = said.isFromDuo() ? header(answer, "Date") : Optional.empty();
            int status = answer.getStatusCode();
            if (status == 429) {
                return answered(
                        said,
                        Stage.ANSWER,
                        RequestOutcome.RATE_LIMITED,
                        RunOutcome.BEHIND,
                        "Duo allows no more requests for now (" + said.getMessage() + ").",
                        "If this lasts for hours, another program is reading the same account's logs.",
                        retryAfter,
                        date);
            }
            if (status == PROXY_WANTS_CREDENTIALS) {
                return proxy(status, retryAfter);
            }
            if (status >= 300 && status < 400) {
                return answered(
                        said,
                        Stage.ANSWER,
                        RequestOutcome.REFUSED,
                        RunOutcome.OPERATOR,
                        "Duo answered with a redirection (" + status + "), which is not followed.",
                        "Check duo.api.host and duo.base-url.",
                        retryAfter,
                        date);
            }
            if (!said.isFromDuo()) {
                return notDuo(said, contentType(answer), retryAfter);
            }
            if (status >= 500) {
                return answered(
                        said,
                        Stage.ANSWER,
                        RequestOutcome.SERVER_ERROR,
                        RunOutcome.FAILED,
                        "Duo keeps failing (" + said.getMessage() + ").",
                        "",
                        retryAfter,
                        date);
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
                                .orElse(
                                        "Check duo.ikey, duo.skey and duo.api.host: all three come from the same Admin API"
                                                + " application."),
                        retryAfter,
                        date);
            }
            if (status == 403) {
                return answered(
                        said,
                        Stage.PERMISSION,
                        RequestOutcome.REFUSED,
                        RunOutcome.OPERATOR,
                        "Duo does not let this application read logs (" + said.getMessage() + ").",
                        "In Duo's admin panel, give it \"Grant read log\", and look whether its \"Networks for API Access\""
                                + " allow this machine's address.",
                        retryAfter,
                        date);
            }
            return refusedRequest(said, retryAfter, date);
        }

        private static DuoFailure refusedRequest(
                DuoApiException said, Optional<String> retryAfter, Optional<String> date) {
            return answered(
                    said,
                    Stage.ANSWER,
                    RequestOutcome.REFUSED,
                    RunOutcome.OPERATOR,
                    "Duo refused the request (" + said.getMessage() + ").",
                    "Check duo.api.host; if the request itself is wrong, report it as a bug.",
                    retryAfter,
                    date);
        }

        private static DuoFailure answered(
                DuoApiException said,
                Stage stage,
                RequestOutcome request,
                RunOutcome outcome,
                String what,
                String remedy,
                Optional<String> retryAfter,
                Optional<String> date) {
            return new DuoFailure(
                    stage,
                    said.isFromDuo(),
                    Optional.of(request),
                    outcome,
                    outcome == RunOutcome.FAILED || outcome == RunOutcome.BEHIND,
                    what,
                    remedy,
                    said.getMessage(),
                    said.statusCode(),
                    retryAfter,
                    date);
        }

        /** An answer in Duo's place: a proxy's page, a gateway's, a captive portal's. */
        private DuoFailure notDuo(DuoApiException said, String contentType, Optional<String> retryAfter) {
            String brief = "HTTP " + said.statusCode() + contentType
                    + ", without Duo's JSON: something between answered, not Duo";
            return answered(
                            said,
                            Stage.ANSWER,
                            RequestOutcome.INVALID,
                            RunOutcome.FAILED,
                            "Something between this machine and Duo at " + baseUrl + " answered in its place (HTTP "
                                    + said.statusCode() + contentType + ", without Duo's JSON).",
                            "Look at what requests pass (a proxy, a gateway, a filter), at duo.proxy, duo.api.host and duo.base-url"
                                    + " if this lasts.",
                            retryAfter,
                            Optional.empty())
                    .briefly(brief);
        }

        private DuoFailure proxy(int status, Optional<String> retryAfter) {
            boolean credentials = status == PROXY_WANTS_CREDENTIALS;
            String what = credentials
                    ? "On the way to Duo, " + proxy + " wants credentials (HTTP 407)."
                    : "On the way to Duo, " + proxy + " makes no connection to " + baseUrl + " (HTTP " + status
                            + " to CONNECT).";
            return new DuoFailure(
                    Stage.CONNECTION,
                    false,
                    Optional.of(RequestOutcome.NETWORK),
                    credentials ? RunOutcome.OPERATOR : RunOutcome.FAILED,
                    !credentials,
                    what,
                    credentials
                            ? "The collector sends none: let the proxy pass " + baseUrl.getHost()
                                    + " from this machine without them, or set duo.proxy to another one."
                            : "Let the proxy pass " + baseUrl.getHost() + ", or set duo.proxy, if this lasts.",
                    "the proxy answered HTTP " + status,
                    status,
                    retryAfter,
                    Optional.empty());
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

    private DuoFailure briefly(String newBrief) {
        return new DuoFailure(
                stage, fromDuo, request, outcome, again, what, remedy, newBrief, status, retryAfter, date);
    }

    /** Returns how far this machine's clock is ahead of Duo's, to the second; empty if Duo has not said. */
    public Optional<Duration> clockAhead(Clock clock) {
        return DuoClock.ahead(date, clock);
    }
}
