// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.duocollector.page.StatusPage;
import dev.duocollector.page.StatusPage.Answer;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.text.Log;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's HTTP server with the status page, health and metrics, and nothing else. If it cannot start, most likely because
 * another collector has its port, that is a WARN: collecting matters more than monitoring.
 */
final class ObservationServer implements AutoCloseable {

    static final String PAGE_PATH = "/";
    static final String HEALTH_PATH = "/observe/health";
    static final String METRICS_PATH = "/observe/metrics";

    private static final Log LOG = Log.of(ObservationServer.class);

    /** Scrapes, probes and a person need two or three; the others are for clients that hold theirs. */
    private static final int THREADS_MAX = 32;

    private static final String TYPE = "Content-Type";
    private static final String TEXT_TYPE = "text/plain; charset=utf-8";
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String NOT_FOUND =
            "The status page is at " + PAGE_PATH + ", health at " + HEALTH_PATH + ", metrics at " + METRICS_PATH + ".";

    private final String host;
    private final int port;
    private final PrometheusMeterRegistry registry;
    private final StatusPage page;
    private final HealthAnswers health;
    private final ThreadPoolExecutor threads = threads();
    private @Nullable HttpServer server;

    ObservationServer(CamelContext context, Settings settings, PrometheusMeterRegistry registry, StatusPage page) {
        this.host = settings.process().get(SettingTable.OBSERVE_HOST);
        this.port = settings.process().get(SettingTable.OBSERVE_PORT);
        this.registry = registry;
        this.page = page;
        this.health = new HealthAnswers(context);
    }

    void start() {
        boundEachRequest();
        try {
            server = serve();
        } catch (IOException | RuntimeException e) {
            LOG.debug("The server for health and metrics could not start", e);
            LOG.warn(
                    "Health and metrics cannot be shown on {}:{} ({}). The program collects nevertheless. Set observe.port to a"
                            + " free port, observe.host to an address of this machine, or observe.enabled=false.",
                    host,
                    port,
                    reason(e));
        }
    }

    /** Where the page is, and the paths of the others begin; empty if the server has not started. */
    Optional<URI> address() {
        return Optional.ofNullable(server)
                .map(any -> URI.create(
                        "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + PAGE_PATH));
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
        }
        threads.shutdownNow();
    }

    /** The server takes these from nowhere else; who starts the JVM may know better. */
    private static void boundEachRequest() {
        // In seconds: a client that sends or reads slowly, or not at all, holds a thread for so long.
        System.getProperties().putIfAbsent("sun.net.httpserver.maxReqTime", "5");
        System.getProperties().putIfAbsent("sun.net.httpserver.maxRspTime", "15");
        // Else an answer waits for the client to acknowledge its first packet, which takes a twenty-fifth of a second.
        System.getProperties().putIfAbsent("sun.net.httpserver.nodelay", "true");
    }

    private HttpServer serve() throws IOException {
        InetSocketAddress wanted = new InetSocketAddress(host, port);
        if (wanted.isUnresolved()) {
            throw new IOException("there is no host of this name");
        }
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        HttpServer serving = HttpServer.create(wanted, 0);
        serving.setExecutor(threads);
        serving.createContext("/", exchange -> {
            try (exchange) {
                send(exchange, answer(exchange));
            }
        });
        serving.start();
        return serving;
    }

    /** Not Camel's: its stop would wait for a client that holds one. An idle one ends. */
    private static ThreadPoolExecutor threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                THREADS_MAX, THREADS_MAX, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), request -> {
                    Thread thread = new Thread(request, "observation");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private Answer answer(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        String query = exchange.getRequestURI().getRawQuery();
        try {
            return switch (path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path) {
                case PAGE_PATH -> page.answer(method, query);
                case HEALTH_PATH -> read(method, () -> health.all(query));
                case HEALTH_PATH + "/live" -> read(method, () -> health.live(query));
                case HEALTH_PATH + "/ready" -> read(method, () -> health.ready(query));
                case METRICS_PATH -> read(method, () -> new Answer(200, Map.of(TYPE, METRICS_TYPE), registry.scrape()));
                default -> text(404, NOT_FOUND);
            };
        } catch (RuntimeException e) {
            // The border to a server that would close the connection, and say nothing.
            LOG.debug("A request for {} could not be answered", path, e);
            return text(500, "This could not be answered. The log level DEBUG of dev.duocollector says why.");
        }
    }

    private static Answer read(String method, Supplier<Answer> answer) {
        return method.equals("GET") || method.equals("HEAD")
                ? answer.get()
                : new Answer(405, Map.of(TYPE, TEXT_TYPE, "Allow", "GET, HEAD"), "The method must be GET or HEAD.\n");
    }

    private static Answer text(int status, String line) {
        return new Answer(status, Map.of(TYPE, TEXT_TYPE), line + "\n");
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(UTF_8);
        Headers headers = exchange.getResponseHeaders();
        answer.headers().forEach(headers::set);
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(answer.status(), -1);
        } else {
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
            // Else a request that announces a body and does not send it gets no answer.
            exchange.getResponseBody().flush();
        }
    }

    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
