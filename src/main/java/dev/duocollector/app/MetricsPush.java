// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import dev.duocollector.text.Log;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The metrics at a Prometheus push gateway, under the job {@code duo-telephony} and the collector as instance. A POST
 * leaves the gateway's other metrics of that group as they are
 * (<a href="https://github.com/prometheus/pushgateway#api">Pushgateway API</a>, read 2026-11-23). What goes wrong is a WARN.
 */
final class MetricsPush {

    private static final Log LOG = Log.of(MetricsPush.class);

    /** A gateway is near, and a run's end must not wait for one that does not answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final URI gateway;
    private final URI target;
    private final Duration timeout;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    MetricsPush(URI gateway, String instance) {
        this(gateway, instance, TIMEOUT);
    }

    MetricsPush(URI gateway, String instance, Duration timeout) {
        this.gateway = gateway;
        this.target = URI.create(gateway + "/metrics/job/duo-telephony/instance/" + instance);
        this.timeout = timeout;
    }

    /** Sends them, and waits for the whole answer: the client's own time-out ends at its first byte. */
    void send(String text) {
        try {
            CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(
                    HttpRequest.newBuilder(target)
                            .header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                            .POST(HttpRequest.BodyPublishers.ofString(text))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            int status = status(answer);
            if (status >= 300) {
                warn("it answered " + status);
            }
        } catch (TimeoutException e) {
            warn("it has not answered within " + timeout.toSeconds() + " s");
        } catch (ExecutionException e) {
            warn((e.getCause() == null ? e : e.getCause()).getClass().getSimpleName());
        } catch (RuntimeException e) { // whatever the JDK's client finds wrong: the run has ended well
            warn(e.getClass().getSimpleName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            warn("the program is stopping");
        }
    }

    private int status(CompletableFuture<HttpResponse<Void>> answer)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS).statusCode();
        } finally {
            // One that is not awaited any more gives its connection back.
            answer.cancel(true);
        }
    }

    private void warn(String reason) {
        LOG.warn(
                "The metrics could not be pushed to {} ({}). The run is not affected. Check metrics.push, and whether a"
                        + " Prometheus push gateway listens there.",
                gateway,
                reason);
    }
}
