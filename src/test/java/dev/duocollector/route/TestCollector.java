// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import dev.duocollector.metrics.RunMetrics;
import dev.duocollector.run.Pause;
import dev.duocollector.run.RunReport;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import dev.duocollector.run.Ticker;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.TestSettings;
import dev.duocollector.sink.PromptS3Clients;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A collector in this JVM: the shipped routes and settings, loaded as they stand at the top of the project. Only three things
 * differ: its settings are overridden by the test's, its clock is the test's, and its S3 client does not wait between two
 * tries. A new one knows nothing but what lies in the bucket, so starting one is a restart.
 */
final class TestCollector implements AutoCloseable {

    private static final String SYSTEM_CLOCK = """
                - name: clock
                  type: java.time.Clock
                  factoryMethod: systemUTC
                # Time that passes, whatever the clock is set to.
                - name: ticker
                  type: dev.duocollector.run.Ticker
                  factoryMethod: system
            """;

    private static final String S3_CLIENTS = "type: dev.duocollector.sink.S3Clients\n";

    private final DefaultCamelContext context;
    private final ProducerTemplate template;

    private TestCollector(
            Map<String, String> settings,
            Clock clock,
            Map<String, String> replacedRoutes,
            boolean counting,
            MeterRegistry registry)
            throws Exception {
        context = counting ? RememberingContext.counting() : RememberingContext.built();
        Properties overrides = new Properties();
        overrides.putAll(settings);
        context.getPropertiesComponent().setLocation("file:application.properties");
        context.getPropertiesComponent().setOverrideProperties(overrides);
        TestSettings.range(settings).ifPresent(range -> context.getRegistry().bind("range", range));
        context.getRegistry().bind("clock", clock);
        context.getRegistry().bind("ticker", ticker(clock));
        if (registry != null) {
            context.getRegistry().bind("figures", registry);
        }
        PluginHelper.getRoutesLoader(context).loadRoutes(routes(replacedRoutes));
        if (clock instanceof MovableClock movable) {
            movable.requests().start(context);
        } else {
            context.start();
        }
        template = context.createProducerTemplate();
    }

    /** Starts a collector whose runs the test makes. */
    static TestCollector start(Map<String, String> settings, Clock clock) {
        return start(settings, clock, Map.of());
    }

    /**
     * Starts a collector with some route files replaced.
     *
     * @param replacedRoutes YAML by the file's name
     */
    static TestCollector start(Map<String, String> settings, Clock clock, Map<String, String> replacedRoutes) {
        return start(settings, clock, replacedRoutes, false, null);
    }

    /** Starts a collector whose application has a registry for metrics. */
    static TestCollector start(Map<String, String> settings, Clock clock, MeterRegistry registry) {
        return start(settings, clock, Map.of(), false, registry);
    }

    static TestCollector start(
            Map<String, String> settings, Clock clock, Map<String, String> replacedRoutes, MeterRegistry registry) {
        return start(settings, clock, replacedRoutes, false, registry);
    }

    /** Starts a collector that counts the exchanges at each step. */
    static TestCollector startCounting(Map<String, String> settings, Clock clock, Map<String, String> replacedRoutes) {
        return start(settings, clock, replacedRoutes, true, null);
    }

    private static TestCollector start(
            Map<String, String> settings,
            Clock clock,
            Map<String, String> replacedRoutes,
            boolean counting,
            MeterRegistry registry) {
        try {
            return new TestCollector(settings, clock, replacedRoutes, counting, registry);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("The collector does not start", e);
        }
    }

    private static List<Resource> routes(Map<String, String> replaced) throws IOException {
        TreeSet<Path> files = new TreeSet<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of("routes"), "*.camel.yaml")) {
            found.forEach(files::add);
        }
        List<Resource> resources = new ArrayList<>();
        for (Path file : files) {
            String name = file.getFileName().toString();
            String yaml = replaced.getOrDefault(name, Files.readString(file));
            if (name.equals("beans.camel.yaml")) {
                boolean ownClient = replaced.containsKey(name);
                if (!yaml.contains(SYSTEM_CLOCK) || !(ownClient || yaml.contains(S3_CLIENTS))) {
                    throw new IllegalStateException(
                            "beans.camel.yaml no longer declares its clock or its S3 client as this test expects");
                }
                yaml = yaml.replace(SYSTEM_CLOCK, "")
                        .replace(S3_CLIENTS, "type: " + PromptS3Clients.class.getName() + "\n");
            }
            resources.add(ResourceHelper.fromString(name, yaml));
        }
        return resources;
    }

    /** Makes one run of the only log and returns its report. */
    RunReport run() {
        return report(template.send("direct:telephony", exchange -> {}));
    }

    /** Makes one run of a log, of several, and returns its report. */
    RunReport runOf(String log) {
        return report(template.send("direct:telephony", exchange -> exchange.setVariable(Stream.VARIABLE, log)));
    }

    private static RunReport report(Exchange done) {
        if (done.getException() != null) {
            throw new IllegalStateException("The run ended in an exception", done.getException());
        }
        return done.getMessage().getBody(RunReport.class);
    }

    /** Goes on as another process would: one that knows nothing but what lies in the bucket, with a clock of its own. */
    void restart(Clock clock) {
        Streams streams = new Streams.Builder()
                .settings(bean("settings", Settings.class))
                .clock(clock)
                .ticker(ticker(clock))
                .pause(bean("pause", Pause.class))
                .s3Client(bean("s3Client", S3Client.class))
                .listener(bean("metrics", RunMetrics.class))
                .build();
        context.getRegistry().bind("streams", streams);
    }

    private <T> T bean(String name, Class<T> type) {
        return CamelContextHelper.mandatoryLookup(context, name, type);
    }

    private static Ticker ticker(Clock clock) {
        return clock instanceof MovableClock movable ? movable.ticker() : Ticker.system();
    }

    DefaultCamelContext context() {
        return context;
    }

    /** Stops the collector, as SIGTERM would: the run in hand ends at a page's boundary. */
    void stop() {
        context.stop();
    }

    /** Walks away from a collector that makes no run any more; it stops by and by, while the test goes on. */
    @Override
    public void close() {
        Thread stopping = new Thread(this::stop, "abandoned collector");
        stopping.setDaemon(true);
        stopping.start();
    }

    void abandon() {
        close();
    }
}
