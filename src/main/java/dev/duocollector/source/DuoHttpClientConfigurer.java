// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.source.TunnelCheck.ProxyRefusedException;
import java.net.URI;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP client as signed requests need it: what is signed is what is sent, once, and what comes back is bounded.
 *
 * <p>Switched off are the client's own retries (they would send the same date and signature again, unseen by the route),
 * cookies, and redirects (the signature holds for one host and path). An answer's body of more than {@link #BODY_BYTES_MAX}
 * ends in an {@link AnswerTooLargeException}, as do long header lines and many headers, and one that takes too long in a
 * time-out. Camel's own proxy options and system properties hold unless a proxy is given; what a proxy answers to CONNECT is a
 * {@link ProxyRefusedException}.
 */
public final class DuoHttpClientConfigurer implements HttpClientConfigurer, CamelContextAware {
    /**
     * 64 MiB, some hundred times a page of 1000 events. On a small heap an eighth of it counts instead: reading takes the
     * body's size twice for a moment, and its events follow.
     */
    public static final int BODY_BYTES_MAX = 64 * 1024 * 1024;

    /** How many response time-outs the whole of an answer may take; a page of 1000 events takes a few seconds. */
    static final int RESPONSE_TIMEOUTS_MAX = 5;

    private final @Nullable HttpHost proxy;
    private final Timeout connectTimeout;
    private final Timeout responseTimeout;
    private final int bodyBytesMax;
    private @Nullable CamelContext camel;

    /**
     * Makes a configurer.
     *
     * @param proxy {@code http://host:port}; null for none
     * @param connectTimeout for a connection, TLS handshake included
     * @param responseTimeout for the answer's first byte, and again for each next one; the whole exchange may take
     *     {@value #RESPONSE_TIMEOUTS_MAX} times that, beside the connection's time-out
     */
    public DuoHttpClientConfigurer(@Nullable URI proxy, Duration connectTimeout, Duration responseTimeout) {
        this(proxy, connectTimeout, responseTimeout, (int)
                Math.min(BODY_BYTES_MAX, Runtime.getRuntime().maxMemory() / 8));
    }

    DuoHttpClientConfigurer(@Nullable URI proxy, Duration connectTimeout, Duration responseTimeout, int bodyBytesMax) {
        this.proxy = proxy == null ? null : new HttpHost(proxy.getScheme(), proxy.getHost(), proxy.getPort());
        this.connectTimeout = Timeout.of(connectTimeout);
        this.responseTimeout = Timeout.of(responseTimeout);
        this.bodyBytesMax = bodyBytesMax;
    }

    public static DuoHttpClientConfigurer of(Settings settings) {
        return new DuoHttpClientConfigurer(
                settings.account().get(SettingTable.DUO_PROXY).orElse(null),
                settings.account().get(SettingTable.CONNECT_TIMEOUT),
                settings.account().get(SettingTable.RESPONSE_TIMEOUT));
    }

    @Override
    public void setCamelContext(@Nullable CamelContext camelContext) {
        this.camel = camelContext;
    }

    @Override
    public @Nullable CamelContext getCamelContext() {
        return camel;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        builder.setConnectionManager(DuoConnections.create(camel));
        builder.setConnectionManagerShared(false);
        TunnelCheck.addTo(builder);
        builder.disableAutomaticRetries();
        builder.disableCookieManagement();
        // Else the list of all public suffixes, a megabyte of heap, is read for the sake of cookies.
        builder.setDefaultCookieSpecRegistry(name -> null);
        builder.disableRedirectHandling();
        // What comes behind an answer, where something in between has one too many, would pass for the answer to the
        // next
        // request: an empty page, say, and the window would be closed. With half a minute between pages, reuse gains
        // nothing.
        builder.setConnectionReuseStrategy((request, response, context) -> false);
        builder.setDefaultRequestConfig(timeouts());
        builder.addRequestInterceptorLast(DuoHttpClientConfigurer::sendTildeAsSigned);
        builder.addExecInterceptorFirst("bounded-body", new BoundedBody(bodyBytesMax));
        // Made first again, so that it is around the reading of the body.
        builder.addExecInterceptorFirst("answer-deadline", new AnswerDeadline(answerMax()));
        if (proxy != null) {
            builder.setProxy(proxy);
        }
    }

    /** How long one exchange may take, from the wait for a connection to the answer's last byte. */
    Duration answerMax() {
        return connectTimeout.toDuration().plus(responseTimeout.toDuration().multipliedBy(RESPONSE_TIMEOUTS_MAX));
    }

    /** Here and not in the route: the endpoint's options take milliseconds only, the settings "10s" and "PT10S". */
    @SuppressWarnings("deprecation") // Its successor belongs to the connection manager, which is Camel's.
    private RequestConfig timeouts() {
        return RequestConfig.custom()
                .setConnectTimeout(connectTimeout)
                .setConnectionRequestTimeout(connectTimeout)
                .setResponseTimeout(responseTimeout)
                .build();
    }

    /**
     * Undoes the one change that Camel makes to a {@link CanonicalQuery}: it takes the tilde for unsafe. A canonical query
     * itself never holds {@code %7E}, and the path has no tilde.
     */
    private static void sendTildeAsSigned(HttpRequest request, @Nullable EntityDetails entity, HttpContext context) {
        request.setPath(request.getPath().replace("%7E", "~"));
    }
}
