// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * Distinguishes a proxy's answer to CONNECT from Duo's answer to the request. The HTTP client returns both alike, but only
 * an answer to the request has passed the step after the connection.
 */
public final class TunnelCheck {

    private static final String SENT = TunnelCheck.class.getName() + ".sent";

    private TunnelCheck() {}

    static void addTo(HttpClientBuilder builder) {
        builder.addExecInterceptorBefore(ChainElement.CONNECT.name(), "tunnel-check", TunnelCheck::check);
        builder.addExecInterceptorAfter(ChainElement.CONNECT.name(), "request-sent", TunnelCheck::note);
    }

    private static ClassicHttpResponse check(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        scope.clientContext.removeAttribute(SENT);
        ClassicHttpResponse response = chain.proceed(request, scope);
        if (scope.route.isTunnelled() && scope.clientContext.getAttribute(SENT) == null) {
            int status = response.getCode();
            response.close();
            throw new ProxyRefusedException(status);
        }
        return response;
    }

    private static ClassicHttpResponse note(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        scope.clientContext.setAttribute(SENT, true);
        return chain.proceed(request, scope);
    }

    /** A proxy that does not make the connection it was asked for with CONNECT: its answer is not Duo's, whatever it says. */
    public static final class ProxyRefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        private final int statusCode;

        public ProxyRefusedException(int statusCode) {
            super("The proxy answered HTTP " + statusCode + " to CONNECT");
            this.statusCode = statusCode;
        }

        public int statusCode() {
            return statusCode;
        }
    }
}
