// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import dev.duocollector.metrics.RunMetrics;
import dev.duocollector.page.StatusPage;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.PropertiesComponent;
import org.jspecify.annotations.Nullable;

/**
 * Monitoring of the runnable jar: a status page, health and metrics over HTTP while it runs as a service; metrics in a file,
 * or at a push gateway, after each run. None of it can make a run fail. What is off costs nothing: its registry, server and
 * classes are not loaded.
 */
final class Observation extends MainListenerSupport {

    private final boolean isService;
    private @Nullable PrometheusMeterRegistry registry;
    private boolean isServed;
    private @Nullable ObservationServer server;

    /**
     * Makes one.
     *
     * @param isService whether the program keeps running; else it opens no port, whatever is set
     */
    Observation(boolean isService) {
        this.isService = isService;
    }

    /** Binds the registry before the beans are made that look for one. The settings are not checked yet. */
    @Override
    public void beforeConfigure(BaseMainSupport main) {
        CamelContext context = main.getCamelContext();
        PropertiesComponent properties = context.getPropertiesComponent();
        boolean served = isService && isSet(properties, "observe.enabled", "true");
        if (served || isSet(properties, "metrics.textfile", "") || isSet(properties, "metrics.push", "")) {
            registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            context.getRegistry().bind(RunMetrics.REGISTRY, registry);
        }
    }

    /** Tells whether a setting has this value, or for an empty one any value. */
    private static boolean isSet(PropertiesComponent properties, String name, String value) {
        String set = properties.resolveProperty(name).orElse("").trim();
        return value.isEmpty() ? !set.isEmpty() : set.equalsIgnoreCase(value);
    }

    /** Has the metrics written after each run, once the beans are there. */
    @Override
    public void afterConfigure(BaseMainSupport main) {
        RunMetrics metrics = metrics(main.getCamelContext());
        if (registry == null || metrics == null) {
            return;
        }
        Settings settings = settings(main.getCamelContext());
        isServed = isService && settings.process().get(SettingTable.OBSERVE_ENABLED);
        if (isServed) {
            // For the status page, and before the first run, whose events count there.
            metrics.keepLastDays();
        }
        PrometheusMeterRegistry figures = registry;
        Optional<MetricsFile> file = settings.process().metricsTextfile().map(MetricsFile::new);
        Optional<MetricsPush> push =
                settings.process().get(SettingTable.PUSH).map(gateway -> new MetricsPush(gateway, instance(settings)));
        file.ifPresent(earlier -> earlier.resume(metrics));
        metrics.afterEachRun(() -> {
            file.ifPresent(target -> target.write(MetricsText.lasting(figures.scrape())));
            push.ifPresent(target -> target.send(MetricsText.lasting(figures.scrape())));
        });
    }

    /** Starts the server, if it is wanted. After the routes: the first run does not wait for it. */
    @Override
    public void afterStart(BaseMainSupport main) {
        CamelContext context = main.getCamelContext();
        RunMetrics metrics = metrics(context);
        if (isServed && registry != null && metrics != null) {
            server = new ObservationServer(context, settings(context), registry, StatusPage.of(context, metrics));
            server.start();
        }
    }

    /** Until then, the runs that the program waits for are seen. */
    @Override
    public void afterStop(BaseMainSupport main) {
        if (server != null) {
            server.close();
        }
    }

    /** Where the server is, once it has started. */
    Optional<URI> address() {
        return Optional.ofNullable(server).flatMap(ObservationServer::address);
    }

    /** Names this collector among those that push to one gateway: by its account, or the bucket that accounts share, and its shard. */
    static String instance(Settings settings) {
        String collector = settings.hasAccount()
                ? settings.account().apiHost()
                : settings.account().bucket();
        return settings.account()
                .shard()
                .map(shard -> collector + "-" + shard.index() + "-of-" + shard.count())
                .orElse(collector);
    }

    private static Settings settings(CamelContext context) {
        return context.getRegistry().lookupByNameAndType("settings", Settings.class);
    }

    private static @Nullable RunMetrics metrics(CamelContext context) {
        return context.getRegistry().lookupByNameAndType("metrics", RunMetrics.class);
    }
}
