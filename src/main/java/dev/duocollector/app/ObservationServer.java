// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import dev.duocollector.page.StatusPage;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.text.Log;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.prometheus.MicrometerPrometheus;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.health.HealthCheckRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Camel's management server, with health, metrics and the status page only. If it cannot start, most likely because another
 * collector has its port, that is a WARN: collecting matters more than monitoring.
 */
final class ObservationServer {

    static final String PAGE_PATH = "/";
    static final String HEALTH_PATH = "/observe/health";
    static final String METRICS_PATH = "/observe/metrics";

    private static final Log LOG = Log.of(ObservationServer.class);

    private final CamelContext context;
    private final String host;
    private final int port;
    private final MeterRegistry registry;
    private final StatusPage page;
    private @Nullable URI address;

    ObservationServer(CamelContext context, Settings settings, MeterRegistry registry, StatusPage page) {
        this.context = context;
        this.host = settings.process().get(SettingTable.OBSERVE_HOST);
        this.port = settings.process().get(SettingTable.OBSERVE_PORT);
        this.registry = registry;
        this.page = page;
    }

    void start() {
        try {
            // Before any part of the server is made, which would have to be closed again.
            requireFreePort();
            context.getRegistry().bind("observationVertx", small());
            ManagementHttpServer server = server();
            context.addService(server);
            context.addService(metrics());
            // On a worker's thread, since it takes longer than a loop of events may: with many streams, milliseconds.
            server.getRouter().route(PAGE_PATH).blockingHandler(this::answer, false);
            address = URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + PAGE_PATH);
        } catch (Exception e) {
            LOG.debug("The server for health and metrics could not start", e);
            LOG.warn(
                    "Health and metrics cannot be shown on {}:{} ({}). The program collects nevertheless. Set observe.port to a"
                            + " free port, observe.host to an address of this machine, or observe.enabled=false.",
                    host,
                    port,
                    reason(e));
        }
    }

    private void answer(RoutingContext exchange) {
        StatusPage.Answer answer = page.answer(
                exchange.request().method().name(), exchange.request().query());
        HttpServerResponse response = exchange.response().setStatusCode(answer.status());
        answer.headers().forEach(response::putHeader);
        Buffer body = Buffer.buffer(answer.body());
        if (exchange.request().method().equals(HttpMethod.HEAD)) {
            // The server would send it.
            response.putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(body.length()))
                    .end();
        } else {
            response.end(body);
        }
    }

    /** Where the page is, and the paths of the others begin; empty if the server has not started. */
    Optional<URI> address() {
        return Optional.ofNullable(address);
    }

    private void requireFreePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            InetSocketAddress wanted = new InetSocketAddress(host, port);
            if (wanted.isUnresolved()) {
                throw new IOException("there is no host of this name");
            }
            socket.bind(wanted);
        }
    }

    /** One thread is enough for a scrape now and then; and nothing may be written to disk, which may be read-only. */
    private static VertxOptions small() {
        // No name is looked up. Vert.x takes this from nowhere else, and would say at each start that Netty's
        // look-up, which is not in the jar, is missing.
        System.setProperty("vertx.disableDnsResolver", "true");
        return new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
    }

    private ManagementHttpServer server() {
        HealthCheckRegistry checks = HealthCheckRegistry.get(context);
        if (checks != null) {
            // Each check with its message, not the overall state alone.
            checks.setExposureLevel("full");
        }
        ManagementHttpServer server = new ManagementHttpServer();
        server.setCamelContext(context);
        server.setHost(host);
        server.setPort(port);
        server.setPath("/");
        server.setHealthCheckEnabled(true);
        server.setHealthPath(HEALTH_PATH);
        server.setMetricsEnabled(true);
        return server;
    }

    /** Without Camel's own figures for each route and endpoint: they cost time at each step, and say less than the run's. */
    private MicrometerPrometheus metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        MicrometerPrometheus metrics = new MicrometerPrometheus();
        metrics.setCamelContext(context);
        metrics.setPath(METRICS_PATH);
        metrics.setEnableRoutePolicy(false);
        metrics.setEnableExchangeEventNotifier(false);
        metrics.setEnableRouteEventNotifier(false);
        metrics.setClearOnReload(false);
        metrics.setSkipCamelInfo(true);
        return metrics;
    }

    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
