// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.Settings;
import dev.duocollector.run.CloseRun;
import dev.duocollector.run.CollectPending;
import dev.duocollector.run.ConfirmBatch;
import dev.duocollector.run.DeclareBatch;
import dev.duocollector.run.DropSeen;
import dev.duocollector.run.EndRun;
import dev.duocollector.run.InBucket;
import dev.duocollector.run.OpenRun;
import dev.duocollector.run.PagePause;
import dev.duocollector.run.PageQuery;
import dev.duocollector.run.Pause;
import dev.duocollector.run.Run;
import dev.duocollector.run.RunListener;
import dev.duocollector.run.RunReport;
import dev.duocollector.run.SettlePending;
import dev.duocollector.s3.MemoryS3;
import dev.duocollector.source.DuoRequestSigner;
import dev.duocollector.source.TelephonyEvent;
import dev.duocollector.source.TelephonyPage;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.event.CamelContextStoppingEvent;
import org.apache.camel.spi.EventNotifier;
import org.apache.camel.spi.ManagementStrategy;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * One collector process, driven step by step: the program's own processors in the order of telephony.camel.yaml and
 * object.camel.yaml, with a stop after each call that another process could come between. What the routes do by themselves
 * (the HEAD, the PUT, the choices, the error handler) is written out here.
 */
final class ModelCollector {

    /** A step, after which the next one is known. */
    private interface Step {
        void take() throws Exception;
    }

    private final MemoryS3 s3;
    private final String bucket;
    private final BiFunction<Map<String, String>, ModelCollector, TelephonyPage> duo;
    private final CamelContext context;
    private final Pause pause = new Pause();
    private final OpenRun openRun;
    private final CollectPending collectPending = new CollectPending();
    private final SettlePending settlePending;
    private final PageQuery pageQuery;
    private final DropSeen dropSeen;
    private final DeclareBatch declareBatch;
    private final ConfirmBatch confirmBatch;
    private final PagePause pagePause;
    private final CloseRun closeRun;
    private final EndRun endRun;

    private Exchange exchange;
    private @Nullable Step next;
    private String aboutToStore = "";

    /**
     * @param duo answers a query, or fails with an unchecked exception
     */
    ModelCollector(
            MemoryS3 s3,
            BiFunction<Map<String, String>, ModelCollector, TelephonyPage> duo,
            Settings settings,
            Clock clock,
            CamelContext context) {
        this.s3 = s3;
        this.bucket = settings.bucket();
        this.duo = duo;
        this.context = context;
        this.exchange = new DefaultExchange(context);
        S3IdempotentRepository repository = S3IdempotentRepository.of(s3, settings, clock);
        InBucket inBucket = InBucket.of(s3, settings);
        openRun =
                new OpenRun(repository, settings, inBucket, clock, () -> clock.millis() * 1_000_000L, RunListener.NONE);
        settlePending = new SettlePending(repository);
        pageQuery = new PageQuery(repository, settings);
        dropSeen = new DropSeen(repository, settings, inBucket);
        declareBatch = new DeclareBatch(repository);
        confirmBatch = new ConfirmBatch(repository, settings);
        pagePause = new PagePause(pause, settings);
        closeRun = new CloseRun(repository, pause);
        endRun = new EndRun(repository, settings, pause, clock);
    }

    boolean isRunning() {
        return next != null;
    }

    void start() {
        exchange = new DefaultExchange(context);
        next = this::open;
    }

    /** Takes one step; a failure ends the run, as the routes' error handler does. */
    void step() {
        Step step = next;
        next = null;
        try {
            if (step != null) {
                step.take();
            }
        } catch (Exception e) { // what the error handler catches
            exchange.setProperty(Exchange.EXCEPTION_CAUGHT, e);
            endRun.process(exchange);
        }
    }

    /** Returns how the last run ended. */
    RunReport report() {
        return exchange.getMessage().getBody(RunReport.class);
    }

    /** Tells whether the next step is to store this object, whatever has become of it since the last one. */
    boolean isAboutToStore(String key) {
        return aboutToStore.equals(key);
    }

    boolean isStopping() {
        return pause.isStopping();
    }

    /** Tells the program to stop, as SIGTERM does. */
    void stop() {
        pause.setCamelContext(context);
        ManagementStrategy strategy = context.getManagementStrategy();
        List<EventNotifier> notifiers = strategy.getEventNotifiers();
        EventNotifier pauses = notifiers.get(notifiers.size() - 1);
        try {
            pauses.notify(new CamelContextStoppingEvent(context));
        } catch (Exception e) { // what the interface declares
            throw new IllegalStateException(e);
        }
        strategy.removeEventNotifier(pauses);
    }

    // ---- telephony.camel.yaml

    private void open() {
        openRun.process(exchange);
        next = run().isRecovering() ? this::head : this::page;
    }

    private void head() {
        try {
            s3.headObject(head -> head.bucket(bucket).key(run().getBatch().objectKey()));
            confirmBatch.process(exchange);
            next = this::page;
        } catch (NoSuchKeyException notThere) {
            next = this::collect;
        }
    }

    private void collect() throws IOException {
        if (!run().isMore()) {
            deliver(run().getRecovered(), this::settle);
            return;
        }
        ask();
        collectPending.process(exchange);
        pagePause.process(exchange);
        next = this::collect;
    }

    private void settle() {
        settlePending.process(exchange);
        next = this::page;
    }

    private void page() throws IOException {
        if (!run().isMore() || pause.isStopping()) {
            closeRun.process(exchange);
            return;
        }
        ask();
        dropSeen.process(exchange);
        deliver(body(), this::confirm);
    }

    private void confirm() {
        confirmBatch.process(exchange);
        pagePause.process(exchange);
        next = this::page;
    }

    private void ask() {
        pageQuery.process(exchange);
        exchange.getMessage().setBody(duo.apply(query(), this));
    }

    // ---- object.camel.yaml

    private void deliver(List<TelephonyEvent> events, Step after) {
        next = events.isEmpty() ? after : () -> declare(events, after);
    }

    private void declare(List<TelephonyEvent> events, Step after) {
        declareBatch.process(exchange);
        aboutToStore = run().getBatch().objectKey();
        next = () -> put(events, after);
    }

    private void put(List<TelephonyEvent> events, Step after) {
        aboutToStore = "";
        String lines = events.stream().map(event -> event.get("n") + "\n").collect(Collectors.joining());
        try {
            s3.putObject(
                    PutObjectRequest.builder()
                            .bucket(bucket)
                            .key(run().getBatch().objectKey())
                            .ifNoneMatch("*")
                            .build(),
                    RequestBody.fromString(lines));
        } catch (S3Exception e) {
            if (e.statusCode() != 412) {
                throw e;
            }
        }
        next = after;
    }

    private Run run() {
        return exchange.getVariable(Run.VARIABLE, Run.class);
    }

    @SuppressWarnings("unchecked") // what pageQuery leaves
    private Map<String, String> query() {
        return exchange.getVariable(DuoRequestSigner.QUERY, Map.class);
    }

    @SuppressWarnings("unchecked") // what dropSeen leaves
    private List<TelephonyEvent> body() {
        return exchange.getMessage().getBody(List.class);
    }
}
