// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import dev.duocollector.failure.ExitCode;
import dev.duocollector.failure.FailureText;
import dev.duocollector.failure.FatalError;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.DryRun;
import dev.duocollector.run.FatalErrors;
import dev.duocollector.run.RunReport;
import dev.duocollector.run.RunTriggers;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import dev.duocollector.settings.Selection;
import dev.duocollector.settings.SettingSources;
import dev.duocollector.settings.SettingsException;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.steps.DryEndpoints;
import dev.duocollector.text.Log;
import dev.duocollector.text.PlainLine;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;

/**
 * Camel Main with the settings and the route files of the working directory, each before the jar's of the same name; or, in a
 * container, with those that the container gives. It binds no bean: the routes bring theirs, so that they run the same
 * elsewhere.
 */
public final class CamelApplication {

    private static final Log LOG = Log.of(CamelApplication.class);

    /** Camel itself reads no file: it would read it as Latin-1. */
    private static final String NO_SETTINGS_FILE = "false";

    private static final String SELECTION = "selection";

    private final org.apache.camel.main.Main camel;
    private final CamelSettings settings;

    /** Where the status page is, once the program has started. */
    private final Supplier<Optional<URI>> observed;

    private CamelApplication(Map<String, String> environment, Map<String, String> overrides, Observation observation) {
        this.settings = new CamelSettings(SettingSources.of(environment), overrides);
        this.camel = new CollectorMain(settings.sources().routes()::hasOwn);
        this.observed = observation::address;
        setUp();
        camel.addMainListener(observation);
        camel.bind("fatalErrorEnding", (FatalError.Ending) FatalExit::end);
    }

    private CamelApplication(SettingSources container, Supplier<CamelContext> contexts) {
        // Only the runnable jar has the libraries for metrics and health.
        observed = Optional::empty;
        settings = new CamelSettings(container, Map.of());
        camel = new CollectorMain(settings.sources().routes()::hasOwn) {
            @Override
            protected CamelContext createCamelContext() {
                return contexts.get();
            }
        };
        // The default strategy's JVM hook would keep each context that a saved .cfg has replaced.
        camel.setShutdownStrategy(new SimpleMainShutdownStrategy());
        setUp();
        camel.configure()
                .withAutoConfigurationEnvironmentVariablesEnabled(false)
                .withAutoConfigurationSystemPropertiesEnabled(false)
                .withAutoConfigurationLogSummary(false);
    }

    private void setUp() {
        camel.setDefaultPropertyPlaceholderLocation(NO_SETTINGS_FILE);
        camel.setInitialProperties(CamelSettings.ofJar());
        camel.configure().withRoutesIncludePattern(settings.sources().routes().includePattern());
        settings.overrides().forEach(camel::addOverrideProperty);
        camel.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeInitialize(BaseMainSupport main) {
                settings.readInto((PropertiesComponent) main.getCamelContext().getPropertiesComponent());
            }
        });
    }

    /** Returns an application that makes a run at its start and then by the schedule. */
    public static CamelApplication withSchedule(Map<String, String> settings) {
        CamelApplication application = new CamelApplication(System.getenv(), settings, new Observation(true));
        application.camel.addMainListener(new ClusterMember());
        return application;
    }

    /** Returns an application that makes a run when it is asked to. */
    public static CamelApplication withoutSchedule(Map<String, String> settings) {
        return withoutSchedule(System.getenv(), settings);
    }

    /** Returns the same on the given environment, with settings that come before all others. */
    public static CamelApplication withoutSchedule(Map<String, String> environment, Map<String, String> settings) {
        Map<String, String> overrides = new HashMap<>(settings);
        overrides.put("duo.schedule.auto-startup", "false");
        return new CamelApplication(environment, overrides, new Observation(false));
    }

    /** Returns an application that reads a fixed time when it is asked to. */
    public static CamelApplication onRange(TimeRange range) {
        CamelApplication application = withoutSchedule(Map.of());
        application.camel.bind("range", range);
        return application;
    }

    /** Leaves out what is not selected, and nothing else: without this, what other nodes collect (streams.shard), too. */
    public CamelApplication of(Selection selection) {
        camel.bind(SELECTION, selection);
        return this;
    }

    /**
     * Returns an application that makes a run at its start and then by the schedule, in a container that may hold several. It
     * reads no environment, no system property and no working directory: what is not given here is as the jar has it.
     *
     * @param settings those that differ from the jar's
     * @param routes a folder whose route files count before the jar's of the same name; it need not exist
     * @param place where an operator finds the settings, such as {@code etc/dev.duocollector.cfg}
     * @param contexts makes the Camel context that fits the container
     */
    public static CamelApplication inContainer(
            Map<String, String> settings, Path routes, String place, Supplier<CamelContext> contexts) {
        return new CamelApplication(SettingSources.ofContainer(settings, routes, place), contexts);
    }

    /** Runs until the program is asked to stop, and returns the exit code. */
    public int runUntilStopped() {
        StopSignal.exitWith(ExitCode.DONE, camel);
        camel.addMainListener(new MainListenerSupport() {
            @Override
            public void afterStart(BaseMainSupport main) {
                sayWhatIsCollected();
            }
        });
        try {
            settings.awaitVault();
            settings.refuseWrongFiles();
            camel.run();
            return camel.getExitCode();
        } catch (Exception e) {
            return reportStart(e);
        }
    }

    /**
     * Starts collecting in a container, and returns; {@link #stop} ends it.
     *
     * @throws Exception whatever a route or a bean throws; {@link #explain} says what it means
     */
    public void startCollecting() throws Exception {
        start();
        sayWhatIsCollected();
    }

    private void sayWhatIsCollected() {
        if (context().getRoutes().isEmpty()) {
            throw new IllegalStateException("no route was loaded: the route files found hold none");
        }
        Streams streams = Streams.of(context());
        LOG.info(
                "Collecting {}{}{}",
                streams.collected(RunTriggers.of(context()).areShared()),
                observed.get()
                        .map(at ->
                                " Status page: " + at + ". Health and metrics: " + at + "observe/health and /metrics.")
                        .orElse(""),
                settings.sources().inForce().map(files -> " " + files + ".").orElse(""));
    }

    /** Makes one run of each log, side by side, and returns the worst exit code. */
    public int runOnce() {
        // Without the schedule, Quartz need not start.
        camel.configure().withRoutesIncludePattern(settings.sources().routes().includePattern(false));
        return perform(ExitCode.DONE, context -> {
            settings.sources().inForce().ifPresent(files -> LOG.info("{}.", files));
            Streams all = Streams.of(context);
            all.withChildren(context, true);
            List<Stream> streams = all.all();
            int worst = all.exitCode();
            if (streams.size() < 2) {
                return streams.stream()
                        .mapToInt(only -> reportOf(run(only)).exitCode())
                        .reduce(worst, Math::max);
            }
            // A first run of one log may take days, and Duo's pace is each log's own.
            ExecutorService threads =
                    context.getExecutorServiceManager().newFixedThreadPool(this, "once", Math.min(streams.size(), 64));
            return streams.stream()
                    .map(stream -> CompletableFuture.supplyAsync(() -> reportOf(run(stream)), threads))
                    .toList()
                    .stream()
                    .mapToInt(run -> run.join().exitCode())
                    .reduce(worst, Math::max);
        });
    }

    /**
     * Starts, has the work done, and stops. What the work refuses is an ERROR, and the exit code says whether it may pass.
     *
     * @param onSigterm what SIGTERM makes the program exit with
     * @param work gets the started context, and returns the exit code
     */
    public int perform(int onSigterm, ToIntFunction<CamelContext> work) {
        StopSignal.exitWith(onSigterm, camel);
        // Camel's shutdown hook would only wait for the application that runs Camel, and there is none here.
        camel.getShutdownStrategy().addShutdownListener(camel::shutdown);
        try {
            start();
        } catch (Exception e) {
            return reportStart(e);
        }
        try {
            return work.applyAsInt(context());
        } catch (RefusedException e) {
            LOG.error(e.getMessage());
            return e.outcome().exitCode();
        } finally {
            stop();
        }
    }

    public RunOutcome reportOf(Exchange done) {
        RunReport report = done.getMessage().getBody(RunReport.class);
        return report == null ? reportBroken(done) : report.outcome();
    }

    /**
     * Says what the next run would begin with and what the operator's steps would make of it, writes and delivers nothing, and
     * returns the exit code.
     *
     * @param show whether personal data may be printed
     */
    public int dryRun(PrintStream out, boolean show) {
        DryEndpoints endpoints = new DryEndpoints();
        camel.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeInitialize(BaseMainSupport main) {
                main.getCamelContext().getCamelContextExtension().registerEndpointCallback(endpoints);
            }
        });
        return perform(ExitCode.AGAIN, context -> {
            Streams all = Streams.of(context);
            all.withChildren(context, false);
            int worst = all.exitCode();
            for (Stream stream : all.all()) {
                DryRun.Result result = DryRun.make(stream, context, endpoints, show);
                String name = stream.label().isEmpty() ? "" : stream.label() + ": ";
                if (result.outcome() == RunOutcome.DONE) {
                    result.lines().forEach(line -> out.println(PlainLine.of(name + line)));
                } else {
                    result.lines().forEach(line -> LOG.error("{}{}", name, line));
                }
                worst = Math.max(worst, result.outcome().exitCode());
            }
            if (worst == ExitCode.DONE) {
                out.println("Nothing was written.");
            }
            return worst;
        });
    }

    /** Starts Camel; throws whatever a route or a bean throws. */
    public void start() throws Exception {
        settings.refuseWrongFiles();
        settings.refuseWrongSelection(Optional.ofNullable(camel.lookup(SELECTION, Selection.class)));
        camel.start();
    }

    /** Makes one run of a stream; the body that comes back is its {@link RunReport}. */
    public Exchange run(Stream stream) {
        return send("direct:telephony", exchange -> exchange.setVariable(Stream.VARIABLE, stream.name()));
    }

    /** Sends an empty exchange to an endpoint, and returns the answer. */
    public Exchange run(String endpoint) {
        return send(endpoint, exchange -> {});
    }

    private Exchange send(String endpoint, Processor processor) {
        try (ProducerTemplate template = context().createProducerTemplate()) {
            return template.send(endpoint, processor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public CamelContext context() {
        return camel.getCamelContext();
    }

    /** Ends the current run at the next page, within camel.main.shutdown-timeout, and stops Camel. */
    public void stop() {
        camel.shutdown();
    }

    private RunOutcome reportBroken(Exchange done) {
        Exception cause = done.getException();
        if (cause != null && !context().isStarted()) {
            new FatalErrors().handleException(cause);
            return RunOutcome.FAILED;
        }
        LOG.error(
                "The route collect ended without a report{}. A route file changes how it ends: put it back as it was shipped, or"
                        + " remove it. {}.",
                cause == null ? "" : " (" + FailureText.brief(cause) + ")",
                settings.sources().inForce().orElse("No file of yours is in force"));
        return RunOutcome.OPERATOR;
    }

    /** Says why the program cannot start, one line for each mistake, and returns the exit code. */
    private int reportStart(Exception failure) {
        explain(failure).forEach(LOG::error);
        return FailureText.causeOf(failure, SettingsException.class)
                .map(wrong -> wrong.outcome().exitCode())
                .orElse(ExitCode.OPERATOR);
    }

    /** Returns why a start failed, one line for each mistake. */
    public List<String> explain(Exception failure) {
        LOG.debug("The program could not start", failure);
        return StartFailure.lines(failure, StartFailure.routesOf(context()));
    }
}
