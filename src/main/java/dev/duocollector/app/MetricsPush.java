// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import dev.duocollector.text.Log;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * The metrics at a Prometheus push gateway, under the job {@code duo-telephony} and the account's API host as instance. A POST
 * leaves the gateway's other metrics of that group as they are
 * (<a href="https://github.com/prometheus/pushgateway#api">Pushgateway API</a>, read 2026-11-23). What goes wrong is a WARN.
 */
final class MetricsPush {

    private static final Log LOG = Log.of(MetricsPush.class);

    /** A gateway is near, and a run's end must not wait for one that does not answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final URI gateway;
    private final URI target;

    MetricsPush(URI gateway, String instance) {
        this.gateway = gateway;
        this.target = URI.create(gateway + "/metrics/job/duo-telephony/instance/" + instance);
    }

    void send(String text) {
        try {
            HttpRequest request = HttpRequest.newBuilder(target)
                    .timeout(TIMEOUT)
                    .header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                    .POST(HttpRequest.BodyPublishers.ofString(text))
                    .build();
            HttpResponse<Void> answer = HttpClient.newBuilder()
                    .connectTimeout(TIMEOUT)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(request, HttpResponse.BodyHandlers.discarding());
            if (answer.statusCode() >= 300) {
                warn("it answered " + answer.statusCode());
            }
        } catch (IOException | RuntimeException e) { // whatever the JDK's client finds wrong: the run has ended well
            warn(e.getClass().getSimpleName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            warn("the program is stopping");
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
