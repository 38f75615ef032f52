// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.failure.FailureText;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.failure.UntrustedCertificate;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.SettingsException;
import dev.duocollector.source.DuoFailure.Stage;
import dev.duocollector.source.DuoPage.MalformedPageException;
import dev.duocollector.source.TunnelCheck.ProxyRefusedException;
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
import org.jspecify.annotations.Nullable;

/** Says what failures of requests to Duo mean, given what the settings say. */
public final class DuoFailureExplainer {

    private static final int PROXY_WANTS_CREDENTIALS = 407;

    /** What Duo's message begins with when the parent's keys do not reach a child. */
    private static final String CROSS_DEPLOYMENT = "Cross-deployment";

    private final URI baseUrl;
    private final DuoLog log;
    private final boolean isParent;
    private final boolean isChild;
    private final String proxy;
    private final Clock clock;

    public DuoFailureExplainer(Settings settings, Clock clock) {
        this.baseUrl = settings.account().baseUrl();
        this.log = settings.log().duoLog();
        this.isParent = settings.account().isParent();
        this.isChild = settings.account().accountId().isPresent();
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
            return refusedRequest(refused).answered(refused).explained();
        }
        if (failure instanceof ProxyRefusedException refused) {
            return proxy(refused.statusCode()).explained();
        }
        return unanswered(failure).brief(briefly(failure)).explained();
    }

    private static String briefly(Throwable failure) {
        return failure instanceof AnswerTooLargeException || failure instanceof MalformedPageException
                ? String.valueOf(failure.getMessage())
                : FailureText.brief(failure);
    }

    private Explanation unanswered(Throwable failure) {
        if (failure instanceof AnswerTooLargeException) {
            return new Explanation(Stage.ANSWER, RequestOutcome.INVALID, RunOutcome.OPERATOR)
                    .what(String.valueOf(failure.getMessage()));
        }
        if (UntrustedCertificate.isCauseOf(failure)) {
            return new Explanation(Stage.TLS, RequestOutcome.NETWORK, RunOutcome.OPERATOR)
                    .what(UntrustedCertificate.explain("Duo at " + baseUrl, "duo.api.host and duo.base-url", failure));
        }
        if (failure instanceof IOException) {
            MalformedPageException malformed = failure instanceof MalformedPageException page ? page : null;
            return new Explanation(
                            stage(failure),
                            malformed == null ? RequestOutcome.NETWORK : RequestOutcome.INVALID,
                            RunOutcome.FAILED)
                    .what("No usable answer from Duo at " + baseUrl + " (" + briefly(failure) + ").")
                    .remedy(
                            malformed == null
                                    ? "Check the network, duo.api.host and duo.proxy if this lasts."
                                    : malformed.remedy());
        }
        // What fails before there is a request, such as the secret key's file: nothing of Duo's.
        return failure instanceof SettingsException
                ? new Explanation(Stage.NAME, null, RunOutcome.OPERATOR).what(String.valueOf(failure.getMessage()))
                : new Explanation(Stage.NAME, null, RunOutcome.FAILED)
                        .what("The request to Duo could not be made: route duo-page failed ("
                                + FailureText.brief(failure) + ").")
                        .remedy("The log level DEBUG of dev.duocollector shows more.");
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
        Optional<String> duosDate = header(answer, "Date").filter(date -> said.isFromDuo());
        Explanation explanation = answer.getStatusCode() == PROXY_WANTS_CREDENTIALS
                ? proxy(PROXY_WANTS_CREDENTIALS)
                : judged(answer, said, duosDate).answered(said);
        explanation.retryAfter = header(answer, "Retry-After");
        explanation.date = explanation.fromDuo ? duosDate : Optional.empty();
        return explanation.explained();
    }

    private Explanation judged(HttpOperationFailedException answer, DuoApiException said, Optional<String> date) {
        int status = said.statusCode();
        String message = String.valueOf(said.getMessage());
        if (status == 429) {
            return new Explanation(Stage.ANSWER, RequestOutcome.RATE_LIMITED, RunOutcome.BEHIND)
                    .what("Duo allows no more requests for now (" + message + ").")
                    .remedy("If this lasts for hours, another program is reading the same account's logs.");
        }
        if (status >= 300 && status < 400) {
            return new Explanation(Stage.ANSWER, RequestOutcome.REFUSED, RunOutcome.OPERATOR)
                    .what("Duo answered with a redirection (" + status + "), which is not followed.")
                    .remedy("Check duo.api.host and duo.base-url.");
        }
        if (!said.isFromDuo()) {
            // An answer in Duo's place: a proxy's page, a gateway's, a captive portal's.
            String place = "HTTP " + status + contentType(answer) + ", without Duo's JSON";
            return new Explanation(Stage.ANSWER, RequestOutcome.INVALID, RunOutcome.FAILED)
                    .what("Something between this machine and Duo at " + baseUrl + " answered in its place (" + place
                            + ").")
                    .remedy(
                            "Check what requests pass through (a proxy, a gateway, a filter), duo.proxy, duo.api.host and"
                                    + " duo.base-url if this lasts.")
                    .brief(place + ": something between answered, not Duo");
        }
        if (status >= 500) {
            return new Explanation(Stage.ANSWER, RequestOutcome.SERVER_ERROR, RunOutcome.FAILED)
                    .what("Duo keeps failing (" + message + ").");
        }
        if (status == 401) {
            return new Explanation(Stage.CREDENTIALS, RequestOutcome.REFUSED, RunOutcome.OPERATOR)
                    .what("Duo refused the signature (" + message + ").")
                    .remedy(DuoClock.ahead(date, clock)
                            .filter(DuoClock::isSkewed)
                            .map(ahead -> "This machine's clock is " + DuoClock.skew(ahead) + " Duo's: set it right.")
                            .orElse("Check duo.ikey, duo.skey and duo.api.host: all three come from the same "
                                    + (isParent || isChild ? "Accounts" : "Admin") + " API application."));
        }
        if (status == 403 && isParent) {
            return new Explanation(Stage.PERMISSION, RequestOutcome.REFUSED, RunOutcome.OPERATOR)
                    .what("Duo does not let this application list accounts (" + message + ").")
                    .remedy(
                            "duo.children=all needs the keys of the parent's Accounts API application, which Duo enables, and"
                                    + " \"Networks for API Access\" that allow this machine's address.");
        }
        if (status == 403 && isChild) {
            return new Explanation(Stage.PERMISSION, RequestOutcome.REFUSED, RunOutcome.OPERATOR)
                    .what("Duo does not let the parent's application read the " + log + " log of this account ("
                            + message + ").")
                    .remedy("See whether the account is still below the parent, and whether its edition has this log.");
        }
        if (status == 400 && isChild && message.contains(CROSS_DEPLOYMENT)) {
            return new Explanation(Stage.PERMISSION, RequestOutcome.REFUSED, RunOutcome.OPERATOR)
                    .what("Duo has this account in another deployment than its parent (" + message + ").")
                    .remedy(
                            "Make an Admin API application in the account itself, and a file with its keys in the folder of"
                                    + " accounts: then it is collected by that.");
        }
        if (status == 403) {
            return new Explanation(Stage.PERMISSION, RequestOutcome.REFUSED, RunOutcome.OPERATOR)
                    .what("Duo does not let this application read "
                            + (log == DuoLog.TELEPHONY ? "logs" : "the " + log + " log") + " (" + message + ").")
                    .remedy("In Duo's admin panel, give it \"Grant read log\", and check whether its \"Networks for API"
                            + " Access\" allow this machine's address"
                            + (log == DuoLog.TELEPHONY
                                    ? "."
                                    : "; if it may read the telephony log, ask Duo whether your edition has the " + log
                                            + " log."));
        }
        Explanation refused = refusedRequest(said);
        return status == 400 && String.valueOf(answer.getUri()).contains("next_offset=")
                ? refused.remedy(
                        "The request went on where an earlier page had ended. If check finds nothing wrong, Duo no longer"
                                + " takes that offset: see OPERATIONS, \"Duo's pages do not fit\", for how to begin the window anew.")
                : refused;
    }

    private static Explanation refusedRequest(DuoApiException said) {
        return new Explanation(Stage.ANSWER, RequestOutcome.REFUSED, RunOutcome.OPERATOR)
                .what("Duo refused the request (" + said.getMessage() + ").")
                .remedy("Check duo.api.host; if the request itself is wrong, report it as a bug.");
    }

    private Explanation proxy(int status) {
        boolean credentials = status == PROXY_WANTS_CREDENTIALS;
        Explanation explanation = new Explanation(
                        Stage.CONNECTION, RequestOutcome.NETWORK, credentials ? RunOutcome.OPERATOR : RunOutcome.FAILED)
                .brief("the proxy answered HTTP " + status);
        explanation.status = status;
        return credentials
                ? explanation
                        .what("On the way to Duo, " + proxy + " wants credentials (HTTP 407).")
                        .remedy("The collector sends no credentials: let the proxy pass " + baseUrl.getHost()
                                + " from this machine without them, or set duo.proxy to another one.")
                : explanation
                        .what("On the way to Duo, " + proxy + " makes no connection to " + baseUrl + " (HTTP " + status
                                + " to CONNECT).")
                        .remedy("Let the proxy pass " + baseUrl.getHost() + ", or set duo.proxy, if this lasts.");
    }

    private static String contentType(HttpOperationFailedException answer) {
        return header(answer, "Content-Type")
                .map(type -> type.replaceFirst(";.*", "").strip())
                .filter(type -> type.matches("[\\w.+-]{1,40}/[\\w.+-]{1,40}"))
                .map(type -> ", " + type)
                .orElse("");
    }

    private static Optional<String> header(HttpOperationFailedException answer, String name) {
        Map<String, String> headers = answer.getResponseHeaders();
        return headers == null
                ? Optional.empty()
                : headers.entrySet().stream()
                        .filter(header -> header.getKey().equalsIgnoreCase(name))
                        .map(header -> header.getValue().trim())
                        .findFirst();
    }

    /** A {@link DuoFailure} in the making. */
    private static final class Explanation {

        private final Stage stage;
        private final Optional<RequestOutcome> request;
        private final RunOutcome outcome;
        private String what = "";
        private String remedy = "";
        private String brief = "";
        private int status;
        private boolean fromDuo;
        private Optional<String> retryAfter = Optional.empty();
        private Optional<String> date = Optional.empty();

        Explanation(Stage stage, @Nullable RequestOutcome request, RunOutcome outcome) {
            this.stage = stage;
            this.request = Optional.ofNullable(request);
            this.outcome = outcome;
        }

        Explanation what(String sentence) {
            what = sentence;
            return this;
        }

        Explanation remedy(String sentence) {
            remedy = sentence;
            return this;
        }

        Explanation brief(String words) {
            brief = words;
            return this;
        }

        /** Notes the answer, which says what happened unless it is said already. */
        Explanation answered(DuoApiException said) {
            status = said.statusCode();
            fromDuo = said.isFromDuo();
            return brief.isEmpty() ? brief(String.valueOf(said.getMessage())) : this;
        }

        DuoFailure explained() {
            return new DuoFailure(stage, request, outcome, what, remedy, brief, status, fromDuo, retryAfter, date);
        }
    }
}
