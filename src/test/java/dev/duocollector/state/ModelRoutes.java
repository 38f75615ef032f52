// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.run.Pause;
import dev.duocollector.run.RangeGuard;
import dev.duocollector.run.RunListener;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import dev.duocollector.run.Ticker;
import dev.duocollector.s3.MemoryS3;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.TestSettings;
import dev.duocollector.sink.WriteFence;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.event.CamelContextStoppingEvent;
import org.apache.camel.model.BeanFactoryDefinition;
import org.apache.camel.model.BeanModelHelper;
import org.apache.camel.model.Model;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.EventNotifier;
import org.apache.camel.spi.ManagementStrategy;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ProcessorEndpoint;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The shipped routes as they stand at the top of the project, loaded once, and any number of {@linkplain ModelProcess processes} that
 * run them: each with beans of its own, made by Camel from the shipped {@code beans.camel.yaml} with the process's settings. What
 * stands under a bean's name in the routes hands on to the bean of the process whose thread comes by.
 *
 * <p>They are never stopped, since to Camel a run that was killed is under way for ever; they have no thread of their own.
 * Replaced are the clock, the S3 client, the call of the {@code http} component, and the operator's steps.
 */
final class ModelRoutes {

    /** Stands in the operator's place; the process says what happens there. */
    private static final String EVENT_STEPS = """
            - route:
                id: event-steps
                errorHandler:
                  noErrorHandler: {}
                from:
                  uri: direct
                  parameters:
                    name: event-steps
                  steps:
                    - process:
                        ref: modelSteps
            """;

    private static final String HTTP = "http";
    private static final String STEPS = "modelSteps";

    private static final ThreadLocal<ModelProcess> CURRENT = new ThreadLocal<>();
    private final Map<String, Object> handedOn = new HashMap<>();
    private final DefaultCamelContext context;
    private final ProducerTemplate template;
    private final List<BeanFactoryDefinition<?>> definitions;
    private final S3Client s3Client = MemoryS3.client(
            new StoreOfProcess(),
            ((InstantSource) this::timeOfProcess).withZone(ZoneOffset.UTC),
            List.of(new WriteFence()));

    /** What a process has instead of its machine's. */
    record Surroundings(MemoryS3 s3, Clock clock, Ticker ticker, Processor http, Processor eventSteps) {}

    /** Loads the routes, whose placeholders take the given settings. */
    ModelRoutes(Map<String, String> settings) {
        context = new DefaultCamelContext(new BeansOfProcess());
        context.getPropertiesComponent().setLocation("file:application.properties");
        context.getPropertiesComponent().setOverrideProperties(properties(settings));
        context.addComponent(HTTP, new HttpComponent() {
            @Override
            protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
                parameters.clear();
                return new ProcessorEndpoint(
                        uri, this, exchange -> running().surroundings.http().process(exchange));
            }
        });
        context.getRegistry().bind(STEPS, (Processor)
                exchange -> running().surroundings.eventSteps().process(exchange));
        try {
            // All at once, for the routes to find their error handling.
            PluginHelper.getRoutesLoader(context).loadRoutes(routeFiles());
            definitions = List.copyOf(context.getCamelContextExtension()
                    .getContextPlugin(Model.class)
                    .getCustomBeans());
            for (BeanFactoryDefinition<?> definition : definitions) {
                String name = definition.getName();
                handedOn.put(name, handingOn(name, context.getRegistry().lookupByName(name)));
            }
            context.start();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) { // what Camel declares
            throw new IllegalStateException("The routes do not start", e);
        }
        template = context.createProducerTemplate();
    }

    /** Makes a process, which has done nothing yet. */
    ModelProcess process(Map<String, String> settings, Surroundings surroundings) {
        ModelProcess process = new ModelProcess(surroundings);
        ManagementStrategy strategy = context.getManagementStrategy();
        Set<EventNotifier> before = new LinkedHashSet<>(strategy.getEventNotifiers());
        context.getPropertiesComponent().setOverrideProperties(properties(settings));
        CURRENT.set(process);
        try {
            process.beans.putAll(
                    Map.of("clock", surroundings.clock(), "ticker", surroundings.ticker(), "s3Client", s3Client));
            TestSettings.range(settings).ifPresent(range -> process.beans.put("range", range));
            for (BeanFactoryDefinition<?> definition : definitions) {
                if (definition.getName().equals("streams")) {
                    // Camel has taken the properties out of the definition when it set them.
                    process.beans.put("streams", process.streams());
                } else if (!process.beans.containsKey(definition.getName())) {
                    process.beans.put(definition.getName(), BeanModelHelper.newInstance(definition, context));
                }
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) { // what Camel declares
            throw new IllegalStateException("The process does not start", e);
        } finally {
            CURRENT.remove();
        }
        for (EventNotifier notifier : List.copyOf(strategy.getEventNotifiers())) {
            if (!before.contains(notifier)) {
                strategy.removeEventNotifier(notifier);
                process.notifiers.add(notifier);
            }
        }
        return process;
    }

    /** Returns the process whose thread this is. */
    private ModelProcess running() {
        ModelProcess process = CURRENT.get();
        if (process == null) {
            throw new IllegalStateException("This thread runs no process");
        }
        return process;
    }

    /** A process of the program, between one start and its end. Its runs are made by one thread at a time. */
    final class ModelProcess {

        private final Surroundings surroundings;
        private final Map<String, Object> beans = new LinkedHashMap<>();
        private final List<EventNotifier> notifiers = new ArrayList<>();

        private ModelProcess(Surroundings surroundings) {
            this.surroundings = surroundings;
        }

        private Streams streams() {
            return new Streams.Builder()
                    .settings((Settings) bean("settings"))
                    .clock(surroundings.clock())
                    .ticker(surroundings.ticker())
                    .pause((Pause) bean("pause"))
                    .s3Client(s3Client)
                    .listener((RunListener) bean("metrics"))
                    .build();
        }

        private Object bean(String name) {
            return Objects.requireNonNull(beans.get(name), name);
        }

        /** Makes one run of a stream on this thread and returns its exchange, with the report or an exception. */
        Exchange run(String stream) {
            CURRENT.set(this);
            try {
                return template.send("direct:telephony", exchange -> exchange.setVariable(Stream.VARIABLE, stream));
            } finally {
                CURRENT.remove();
            }
        }

        /** Returns why the command {@code backfill} would make no run now, empty if it would. */
        Optional<String> refusal() {
            CURRENT.set(this);
            try {
                new RangeGuard(s3Client, (Settings) bean("settings"), surroundings.clock(), surroundings.ticker())
                        .backfill();
                return Optional.empty();
            } catch (RefusedException e) {
                return Optional.of(e.outcome() + ": " + e.getMessage());
            } finally {
                CURRENT.remove();
            }
        }

        /** Tells the process to stop, as SIGTERM does. */
        void stop() {
            for (EventNotifier notifier : notifiers) {
                try {
                    notifier.notify(new CamelContextStoppingEvent(context));
                } catch (Exception e) { // what the interface declares
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    /** One client serves all processes, since it takes the SDK longer to make one than a process needs it. */
    private final class StoreOfProcess implements SdkHttpClient {

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            return running().surroundings.s3().prepareRequest(request);
        }

        @Override
        public void close() {}
    }

    /** By which requests to S3 are signed: the process's time, until S3 refuses it and the SDK goes by S3's own. */
    private Instant timeOfProcess() {
        Instant local = running().surroundings.clock().instant();
        Instant right = running().surroundings.s3().now();
        return Duration.between(local, right).abs().compareTo(MemoryS3.SIGNATURE_MAX) > 0 ? right : local;
    }

    /** What Camel finds under the beans' names: the process's own, or for the routes what hands on to them. */
    private final class BeansOfProcess implements BeanRepository {

        private Map<String, Object> beans() {
            ModelProcess process = CURRENT.get();
            return process == null ? handedOn : process.beans;
        }

        @Override
        public @Nullable Object lookupByName(String name) {
            return beans().get(name);
        }

        @Override
        public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
            Object bean = lookupByName(name);
            return type.isInstance(bean) ? type.cast(bean) : null;
        }

        @Override
        public <T> Map<String, T> findByTypeWithName(Class<T> type) {
            Map<String, T> found = new HashMap<>();
            beans().forEach((name, bean) -> {
                if (type.isInstance(bean)) {
                    found.put(name, type.cast(bean));
                }
            });
            return found;
        }

        @Override
        public <T> Set<T> findByType(Class<T> type) {
            return new LinkedHashSet<>(findByTypeWithName(type).values());
        }
    }

    /** Returns what the routes hold on to: something of the bean's interfaces, which calls the running process's. */
    private Object handingOn(String name, Object bean) {
        Set<Class<?>> interfaces = new LinkedHashSet<>();
        for (Class<?> type = bean.getClass(); type != null; type = type.getSuperclass()) {
            interfaces.addAll(List.of(type.getInterfaces()));
        }
        if (interfaces.isEmpty()) {
            return bean;
        }
        return Proxy.newProxyInstance(
                getClass().getClassLoader(), interfaces.toArray(Class<?>[]::new), (proxy, method, arguments) -> {
                    ModelProcess process = CURRENT.get();
                    Object target = process == null ? bean : process.beans.get(name);
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static List<Resource> routeFiles() throws IOException {
        List<Resource> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of("routes"), "*.camel.yaml")) {
            for (Path file : found) {
                String name = file.getFileName().toString();
                String yaml = name.equals("event-steps.camel.yaml") ? EVENT_STEPS : Files.readString(file);
                files.add(ResourceHelper.fromString(name, yaml));
            }
        }
        return files;
    }

    private static Properties properties(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(settings);
        return properties;
    }
}
