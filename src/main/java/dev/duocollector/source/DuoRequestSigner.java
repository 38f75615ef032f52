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
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Turns the message into one signed GET of a log, ready for camel-http: path and host that are signed are those that are sent.
 *
 * <p>The query is taken from the exchange variable {@link #QUERY}. Whatever headers and body the message had are gone
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

    /**
     * Makes a signer.
     *
     * @param skey the secret key, asked for once a request, so that a replaced key file takes effect
     * @param base where requests go; its host is signed, and a port is left out of the signature
     * @param path what is asked for
     * @param userAgent name and version, as Duo's administrators see them
     */
    public DuoRequestSigner(
            String ikey,
            Supplier<String> skey,
            URI base,
            String path,
            SignatureVersion version,
            Clock clock,
            String userAgent) {
        this.ikey = ikey;
        this.skey = skey;
        this.base = base;
        this.path = path;
        this.version = version;
        this.clock = clock;
        this.userAgent = userAgent;
    }

    public static DuoRequestSigner of(Settings settings, Clock clock) {
        return new DuoRequestSigner(
                settings.account().get(SettingTable.IKEY),
                settings.account()::secretKey,
                settings.account().baseUrl(),
                settings.log().duoLog().path(),
                settings.account().get(SettingTable.SIGNATURE),
                clock,
                USER_AGENT);
    }

    /**
     * Signs the request.
     *
     * @throws IllegalStateException if the variable {@link #QUERY} is missing or the secret key is empty
     */
    @Override
    public void process(Exchange exchange) {
        String query = CanonicalQuery.encode(query(exchange));
        String date = DATE.format(clock.instant());
        String authorization = authorization(CanonicalRequest.get(date, base.getHost(), path, query));

        Message message = exchange.getMessage();
        message.removeHeaders("*", REDELIVERY_HEADERS);
        message.setBody(null);
        message.setHeader(Exchange.HTTP_METHOD, "GET");
        message.setHeader(Exchange.HTTP_URI, base + path);
        message.setHeader(Exchange.HTTP_QUERY, query);
        message.setHeader("Date", date);
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
