// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.io.IOException;
import java.security.GeneralSecurityException;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.ssl.SSLContexts;
import org.jspecify.annotations.Nullable;

/**
 * Connections that read an answer's head up to a bound. Camel's own read one of any length into memory, without a bound. The
 * TLS parameters and the check of host names of the component {@code http} count here as well.
 */
final class DuoConnections {
    static final int LINE_BYTES_MAX = 64 * 1024;
    static final int HEADERS_MAX = 200;

    /** Eight streams work at a time ({@code Workers}); a command or a second route may read beside them. */
    private static final int CONNECTIONS_MAX = 10;

    private DuoConnections() {}

    /** @param camel where the component is asked for; null for the JVM's TLS */
    static HttpClientConnectionManager create(@Nullable CamelContext camel) {
        Http1Config bounds = Http1Config.custom()
                .setMaxLineLength(LINE_BYTES_MAX)
                .setMaxHeaderCount(HEADERS_MAX)
                .build();
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(bounds)
                        .build())
                .setTlsSocketStrategy(tls(camel))
                .setMaxConnTotal(CONNECTIONS_MAX)
                .setMaxConnPerRoute(CONNECTIONS_MAX)
                .build();
    }

    private static DefaultClientTlsStrategy tls(@Nullable CamelContext camel) {
        if (camel == null || !(camel.getComponent("http") instanceof HttpComponent http)) {
            return new DefaultClientTlsStrategy(SSLContexts.createSystemDefault());
        }
        SSLContextParameters parameters = http.getSslContextParameters();
        if (parameters == null && http.isUseGlobalSslContextParameters()) {
            parameters = camel.getSSLContextParameters();
        }
        HostnameVerifier verifier = http.getX509HostnameVerifier();
        return new DefaultClientTlsStrategy(
                parameters == null ? SSLContexts.createSystemDefault() : context(parameters, camel),
                verifier == null ? HttpsSupport.getDefaultHostnameVerifier() : verifier);
    }

    private static SSLContext context(SSLContextParameters parameters, CamelContext camel) {
        try {
            return parameters.createSSLContext(camel);
        } catch (GeneralSecurityException | IOException e) {
            throw new RuntimeCamelException(e);
        }
    }
}
