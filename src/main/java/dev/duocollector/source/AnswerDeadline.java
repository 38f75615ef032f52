// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * The step around the whole HTTP exchange that ends it when its time is up, however steadily bytes arrive. The client's own
 * time-outs start again with each byte, so a byte now and then, in the handshake, the head or the body, would keep a run
 * waiting forever.
 *
 * <p>The connection is then closed while it is read, and the reader's failure becomes a {@link SocketTimeoutException},
 * which is retried like any other time-out.
 */
final class AnswerDeadline implements ExecChainHandler {

    private final Duration answerMax;

    /**
     * @param answerMax from the wait for a connection to the body's last byte; must be longer than that wait can be, since
     *     before its end there is nothing to close
     */
    AnswerDeadline(Duration answerMax) {
        this.answerMax = answerMax;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        // The JDK's one timer thread, a daemon: there is nothing here to be stopped. An exchange that ends leaves its
        // queue.
        CompletableFuture<Void> exchange =
                new CompletableFuture<Void>().orTimeout(answerMax.toNanos(), TimeUnit.NANOSECONDS);
        CompletableFuture<Void> closing = exchange.exceptionally(expired -> {
            scope.execRuntime.discardEndpoint();
            return null;
        });
        try {
            return chain.proceed(request, scope);
        } catch (IOException | HttpException | RuntimeException e) {
            if (!exchange.isCompletedExceptionally()) {
                throw e;
            }
            // The connection is closed before the retry.
            closing.join();
            SocketTimeoutException timeout = new SocketTimeoutException(String.format(
                    Locale.ROOT, "The answer was not complete after %.1f s", answerMax.toMillis() / 1000.0));
            timeout.initCause(e);
            throw timeout;
        } finally {
            exchange.complete(null);
        }
    }
}
