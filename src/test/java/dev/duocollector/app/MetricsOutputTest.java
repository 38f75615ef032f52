// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.metrics.Metric;
import dev.duocollector.metrics.RunMetrics;
import dev.duocollector.run.RunReport;
import dev.duocollector.settings.TestSettings;
import dev.duocollector.source.RequestOutcome;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The metrics after a run: in a file, over several processes, and at a push gateway. */
class MetricsOutputTest {

    private static final Instant NOW = Instant.parse("2026-11-23T09:00:00Z");
    private static final RunReport DONE = new RunReport(RunOutcome.DONE, "done");
    private static final RunReport FAILED = new RunReport(RunOutcome.FAILED, "failed");

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.duocollector");
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void listen() {
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(logged);
    }

    /** What one process has of metrics. */
    private static final class Program {
        private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        private final RunMetrics metrics;

        Program(Instant now) {
            Clock clock = Clock.fixed(now, ZoneOffset.UTC);
            metrics = new RunMetrics(clock);
            DefaultCamelContext context = new DefaultCamelContext();
            context.getRegistry().bind(RunMetrics.REGISTRY, registry);
            metrics.setCamelContext(context);
        }

        void run(RunReport report) {
            metrics.answered(RequestOutcome.SUCCESS);
            metrics.ended(report, Duration.ofMillis(1500));
        }

        String text() {
            return MetricsText.lasting(registry.scrape());
        }
    }

    @Test
    void text_leavesOutWhatAgesAndWhatHasNoValue() {
        Program program = new Program(NOW);
        assertThat(program.registry.scrape()).contains("duo_telephony_lag_seconds", "_timestamp_seconds NaN");
        program.metrics.coveredThrough(NOW.minusSeconds(120));
        program.run(FAILED);

        assertThat(program.text().lines())
                .contains(
                        "duo_telephony_requests_total{outcome=\"success\"} 1.0",
                        "duo_telephony_runs_total{outcome=\"failed\"} 1.0",
                        "duo_telephony_run_duration_seconds 1.5",
                        "# TYPE duo_telephony_runs_total counter")
                .noneMatch(line -> line.contains("NaN"))
                .noneMatch(line -> line.contains("_lag_") || line.contains("_age_"))
                .noneMatch(line -> line.startsWith("duo_telephony_last_success"));
    }

    @Test
    void file_isWrittenWhole_forOthersToRead() throws IOException {
        Path file = Files.writeString(folder.resolve("duo.prom"), "what was there before");
        Program program = new Program(NOW);
        program.run(DONE);
        new MetricsFile(file).write(program.text());

        assertThat(file).hasContent(program.text());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .startsWith("rw-r--");
        assertThat(folder).isDirectoryContaining(path -> path.endsWith("duo.prom"));
        assertThat(folder.toFile().list()).hasSize(1);
        assertThat(logged.list).isEmpty();
    }

    @Test
    void counters_goOnOverProcesses_andTheLastSuccessIsKept() {
        MetricsFile file = new MetricsFile(folder.resolve("duo.prom"));
        Program first = new Program(NOW);
        file.resume(first.metrics);
        first.run(DONE);
        file.write(first.text());

        Program second = new Program(NOW.plusSeconds(3600));
        file.resume(second.metrics);
        second.run(FAILED);
        file.write(second.text());

        assertThat(folder.resolve("duo.prom"))
                .content()
                .contains(
                        "duo_telephony_requests_total{outcome=\"success\"} 2.0",
                        "duo_telephony_runs_total{outcome=\"done\"} 1.0",
                        "duo_telephony_runs_total{outcome=\"failed\"} 1.0",
                        "duo_telephony_last_run{outcome=\"done\"} 0.0",
                        "duo_telephony_last_run{outcome=\"failed\"} 1.0");
        assertThat(second.registry.find(Metric.LAST_SUCCESS.meterName()).gauge().value())
                .isEqualTo((double) NOW.getEpochSecond());
        assertThat(logged.list).isEmpty();
    }

    @Test
    void file_isReadAsFarAsItMakesSense() {
        Program program = new Program(NOW);
        MetricsText.resume(
                List.of(
                        "",
                        "# TYPE duo_telephony_pages_total counter",
                        "duo_telephony_pages_total seven",
                        "duo_telephony_retries_total -1.0",
                        "duo_telephony_gaps_total +Inf",
                        "duo_telephony_runs_total{outcome=\"done\",host=\"x\"} 5.0",
                        "node_load1 3.0",
                        "duo_telephony_lag_seconds 9.0",
                        "duo_telephony_events_written_total 1.5E3"),
                program.metrics);

        assertThat(value(program, Metric.EVENTS_WRITTEN)).isEqualTo(1500);
        assertThat(value(program, Metric.PAGES)).isZero();
        assertThat(value(program, Metric.RETRIES)).isZero();
        assertThat(value(program, Metric.GAPS)).isZero();
        assertThat(value(program, Metric.RUNS)).isZero();
    }

    private static double value(Program program, Metric metric) {
        return program.registry.find(metric.meterName()).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    @Test
    void fileThatCannotBeWritten_isAWarning() throws IOException {
        Path gone = Files.createDirectory(folder.resolve("gone"));
        MetricsFile file = new MetricsFile(gone.resolve("duo.prom"));
        Files.delete(gone);
        file.write("text\n");

        assertWarned("The metrics could not be written to " + gone.resolve("duo.prom"), "metrics.textfile");
    }

    @Test
    void push_isAPostToTheAccountsGroup() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        HttpServer gateway = gateway(200, received);
        try {
            new MetricsPush(uri(gateway), TestSettings.API_HOST).send("a 1\n");

            assertThat(received.poll(10, TimeUnit.SECONDS))
                    .isEqualTo("POST /metrics/job/duo-telephony/instance/" + TestSettings.API_HOST + " a 1\n");
            assertThat(logged.list).isEmpty();
        } finally {
            gateway.stop(0);
        }
    }

    @Test
    void pushThatFails_isAWarning() throws IOException {
        HttpServer gateway = gateway(400, new LinkedBlockingQueue<>());
        try {
            new MetricsPush(uri(gateway), TestSettings.API_HOST).send("a 1\n");
            assertWarned("could not be pushed to " + uri(gateway) + " (it answered 400)", "metrics.push");
        } finally {
            gateway.stop(0);
        }

        new MetricsPush(URI.create("http://127.0.0.1:1"), TestSettings.API_HOST).send("a 1\n");
        assertWarned("could not be pushed to http://127.0.0.1:1 (ConnectException)", "metrics.push");

        new MetricsPush(URI.create("http://127.0.0.1:70000"), TestSettings.API_HOST).send("a 1\n");
        assertWarned("could not be pushed to http://127.0.0.1:70000 (IllegalArgumentException)", "metrics.push");
    }

    /** The answer's head comes, and its body does not. */
    @Test
    void pushThatIsNotAnsweredToTheEnd_isAWarning_andTheNextOneIsSent() throws IOException {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        CountDownLatch end = new CountDownLatch(1);
        HttpServer gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        gateway.setExecutor(threads);
        gateway.createContext("/", exchange -> {
            received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            try {
                assertThat(end.await(1, TimeUnit.MINUTES)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        gateway.start();
        try {
            MetricsPush push = new MetricsPush(uri(gateway), TestSettings.API_HOST, Duration.ofSeconds(1));
            for (String text : List.of("a 1\n", "a 2\n")) {
                push.send(text);
                assertWarned("it has not answered within 1 s", "metrics.push");
            }
            assertThat(received).containsExactly("a 1\n", "a 2\n");
        } finally {
            end.countDown();
            gateway.stop(0);
            threads.shutdown();
        }
    }

    @Test
    void shards_pushToGroupsOfTheirOwn() {
        assertThat(Observation.instance(TestSettings.with())).isEqualTo(TestSettings.API_HOST);
        assertThat(Observation.instance(TestSettings.with("streams.shard", "1/3")))
                .isEqualTo(TestSettings.API_HOST + "-1-of-3");
    }

    private void assertWarned(String... parts) {
        assertThat(logged.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage()).contains(parts).contains("The run is not affected");
        });
        logged.list.clear();
    }

    private static HttpServer gateway(int status, BlockingQueue<String> received) throws IOException {
        HttpServer gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            received.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        gateway.start();
        return gateway;
    }

    private static URI uri(HttpServer gateway) {
        return URI.create("http://127.0.0.1:" + gateway.getAddress().getPort());
    }
}
