// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.SignatureVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Turns the message into one signed request, ready for camel-http: path and host that are signed are those that are sent.
 *
 * <p>The query of a GET is taken from the exchange variable {@link #QUERY}. Whatever headers and body the message had are gone
 * afterwards, so nothing of the page before goes out with this request. Date and signature are those of the moment: run it
 * again before each attempt, since Duo refuses an old date (40103). No X-Duo header is set; under version 5 it would have to
 * be signed.
 *
 * <p>Safe for use by several threads. The secret key is asked for at each request and never kept.
 */
public final class DuoRequestSigner implements Processor {
    /** The exchange variable with the query's parameters, a {@code Map<String, String>}. */
    public static final String QUERY = "query";

    /** Truthful, because Duo's administrators look API calls up by it. */
    private static final String USER_AGENT = "duo-telephony-collector/"
            + Optional.ofNullable(DuoRequestSigner.class.getPackage().getImplementationVersion())
                    .orElse("dev");

    /** The parameter that tells which account below a parent is read. */
    private static final String ACCOUNT_ID = "account_id";

    /** RFC 2822; not RFC_1123_DATE_TIME, which writes a one-digit day and "GMT". */
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.US)
            .withZone(ZoneOffset.UTC);

    /** Camel counts its attempts in these headers: without them a redelivery would never come to its end. */
    private static final String REDELIVERY_HEADERS = "CamelRedeliver*";

    private final String ikey;
    private final Supplier<String> skey;
    private final URI base;
    private final String path;
    private final SignatureVersion version;
    private final Clock clock;
    private final String userAgent;
    private final Optional<String> accountId;

    /**
     * @param skey the secret key, asked for once a request, so that a replaced key file takes effect
     * @param base where requests go; its host is signed, and a port is left out of the signature
     * @param path what is asked for
     * @param userAgent name and version, as Duo's administrators see them
     * @param accountId the account below a parent that is read; empty for the one that the keys are of
     */
    DuoRequestSigner(
            String ikey,
            Supplier<String> skey,
            URI base,
            String path,
            SignatureVersion version,
            Clock clock,
            String userAgent,
            Optional<String> accountId) {
        this.ikey = ikey;
        this.skey = skey;
        this.base = base;
        this.path = path;
        this.version = version;
        this.clock = clock;
        this.userAgent = userAgent;
        this.accountId = accountId;
    }

    /** Returns one for the log of some settings. */
    public static DuoRequestSigner of(Settings settings, Clock clock) {
        return of(settings, clock, settings.log().duoLog().path());
    }

    static DuoRequestSigner of(Settings settings, Clock clock, String path) {
        return new DuoRequestSigner(
                settings.account().get(SettingTable.IKEY),
                settings.account()::secretKey,
                settings.account().baseUrl(),
                path,
                settings.account().get(SettingTable.SIGNATURE),
                clock,
                USER_AGENT,
                settings.account().accountId());
    }

    /**
     * Signs a GET.
     *
     * @throws IllegalStateException if the variable {@link #QUERY} is missing or the secret key is empty
     */
    @Override
    public void process(Exchange exchange) {
        Map<String, String> parameters = new TreeMap<>(query(exchange));
        accountId.ifPresent(id -> parameters.put(ACCOUNT_ID, id));
        String query = CanonicalQuery.encode(parameters);
        String date = DATE.format(clock.instant());
        sign(exchange, CanonicalRequest.get(date, base.getHost(), path, query));
    }

    /**
     * Signs a POST without parameters: an empty JSON object, or under version 2 an empty form.
     *
     * @throws IllegalStateException if the secret key is empty
     */
    void post(Exchange exchange) {
        boolean isJson = version == SignatureVersion.V5;
        String date = DATE.format(clock.instant());
        // The parameters of a version 2 POST are signed in the query's place, and there are none.
        sign(exchange, new CanonicalRequest(date, "POST", base.getHost(), path, "", isJson ? "{}" : "", Map.of()));
        exchange.getMessage()
                .setHeader(Exchange.CONTENT_TYPE, isJson ? "application/json" : "application/x-www-form-urlencoded");
    }

    private void sign(Exchange exchange, CanonicalRequest request) {
        String authorization = authorization(request);
        Message message = exchange.getMessage();
        message.removeHeaders("*", REDELIVERY_HEADERS);
        message.setBody(request.method().equals("GET") ? null : request.body());
        message.setHeader(Exchange.HTTP_METHOD, request.method());
        message.setHeader(Exchange.HTTP_URI, base + path);
        message.setHeader(Exchange.HTTP_QUERY, request.query());
        message.setHeader("Date", request.date());
        message.setHeader("Authorization", authorization);
        message.setHeader("Accept", "application/json");
        message.setHeader("User-Agent", userAgent);
    }

    @SuppressWarnings("unchecked") // Only the collector's own steps set the variable.
    private static Map<String, String> query(Exchange exchange) {
        Map<String, String> query = exchange.getVariable(QUERY, Map.class);
        if (query == null) {
            throw new IllegalStateException(
                    "The exchange variable \"" + QUERY + "\" is missing; set the page's parameters before signing.");
        }
        return query;
    }

    private String authorization(CanonicalRequest request) {
        @Nullable String secretKey = skey.get();
        if (secretKey == null || secretKey.isBlank()) {
            throw new IllegalStateException(
                    "duo.skey is empty; set it, or duo.skey-file, to the secret key of the Admin API application.");
        }
        String credentials = ikey + ":" + version.sign(secretKey, request.text(version));
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "DuoRequestSigner[" + base.getHost() + path + ", " + version + "]";
    }
}
