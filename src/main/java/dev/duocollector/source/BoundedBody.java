// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * The step around the whole HTTP exchange that reads the answer's body into memory, up to a bound.
 *
 * <p>It counts after decompression, so a small answer that unpacks into a large one is refused as well. A body that ends
 * before its announced length or last chunk is an IOException of the HTTP client's. Camel's own reading has no bound, neither
 * for pages nor for the bodies of refusals.
 */
final class BoundedBody implements ExecChainHandler {
    /** Duo's refusals are a line of JSON; of anything longer (a proxy's error page) the beginning is enough to report. */
    static final int REFUSAL_BYTES_MAX = 64 * 1024;

    private final int bodyBytesMax;

    BoundedBody(int bodyBytesMax) {
        this.bodyBytesMax = bodyBytesMax;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        try {
            return bounded(chain.proceed(request, scope), scope);
        } catch (MessageConstraintException e) {
            // Its connection must not be used again, whether the head or a chunked body's trailer was too large.
            scope.execRuntime.discardEndpoint();
            throw AnswerTooLargeException.head(DuoConnections.LINE_BYTES_MAX, DuoConnections.HEADERS_MAX);
        }
    }

    private ClassicHttpResponse bounded(ClassicHttpResponse response, ExecChain.Scope scope) throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return response;
        }
        try {
            byte[] body = response.getCode() == HttpStatus.SC_OK ? page(entity) : refusal(entity);
            response.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
            leaveOutCharset(response);
            return response;
        } finally {
            // Without effect once the body is read to its end. Else it must come before any close, which would read on.
            scope.execRuntime.discardEndpoint();
        }
    }

    private byte[] page(HttpEntity entity) throws IOException {
        if (entity.getContentLength() > bodyBytesMax) {
            throw AnswerTooLargeException.body(bodyBytesMax);
        }
        InputStream content = entity.getContent();
        byte[] body = content.readNBytes(bodyBytesMax + 1);
        if (body.length > bodyBytesMax) {
            throw AnswerTooLargeException.body(bodyBytesMax);
        }
        content.close();
        return body;
    }

    private static byte[] refusal(HttpEntity entity) throws IOException {
        return entity.getContent().readNBytes(REFUSAL_BYTES_MAX);
    }

    /**
     * JSON is UTF-8 whatever the header says (RFC 8259, section 8.1). Camel would take a charset from it as the exchange's,
     * for every later step, and fail on one that it does not know.
     */
    private static void leaveOutCharset(ClassicHttpResponse response) {
        Header type = response.getFirstHeader(HttpHeaders.CONTENT_TYPE);
        if (type != null) {
            response.setHeader(HttpHeaders.CONTENT_TYPE, type.getValue().replaceFirst(";.*", ""));
        }
    }
}
