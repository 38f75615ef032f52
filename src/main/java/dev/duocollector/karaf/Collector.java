// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.karaf;

import dev.duocollector.app.CamelApplication;
import dev.duocollector.text.Log;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/**
 * One collector of the container. It starts with the settings of its file, restarts when the file is edited, and waits while
 * the file is empty or wrong. All of this happens on one thread, in the order of the requests.
 */
final class Collector {

    private static final Log LOG = Log.of(Collector.class);

    private static final String APPLICATION = "duo-telephony-collector";
    private static final String CONTEXT_NAME = "camel.main.name";

    /** For the current page and for Camel's components: some more than the shutdown time-out that most will set. */
    private static final long STOP_SECONDS_MAX = 120;

    private final String title;
    private final Path routes;
    private final Supplier<CamelContext> contexts;
    private final ExecutorService thread;
    private @Nullable CamelApplication application;
    private boolean waiting;

    /** @param name identifies it in the container; empty for the only one */
    Collector(String name, Path routes, Supplier<CamelContext> contexts) {
        this.title = name.isEmpty() ? APPLICATION : APPLICATION + "-" + name;
        this.routes = routes;
        this.contexts = contexts;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, title + " settings");
            // Camel, Quartz and the AWS SDK look classes up by name here, and in threads that begin here.
            created.setContextClassLoader(Collector.class.getClassLoader());
            return created;
        });
    }

    /** Has it start, or restart, with these settings. Returns at once. */
    void update(ConfigFile file) {
        thread.execute(() -> restart(file));
    }

    /** Has it end at its next page, for good. Returns at once. */
    void close() {
        thread.execute(() -> {
            boolean collecting = application != null;
            stop();
            if (collecting) {
                LOG.info("{} has ended.", title);
            }
        });
        thread.shutdown();
    }

    void awaitClosed() {
        try {
            if (!thread.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("{} has not ended within {} s. The next run recovers.", title, STOP_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void restart(ConfigFile file) {
        stop();
        if (file.isEmpty()) {
            if (!waiting) {
                LOG.info(
                        "Waiting for settings: {} needs duo.api.host, duo.ikey, duo.skey or duo.skey-file, and s3.bucket;"
                                + " or duo.accounts and s3.bucket.",
                        file);
            }
            waiting = true;
            return;
        }
        waiting = false;
        List<String> mistakes = start(file);
        if (!mistakes.isEmpty()) {
            mistakes.forEach(LOG::error);
            LOG.info("Nothing is collected by {}. Waiting for it to be saved again.", file);
        }
    }

    /** Returns what is wrong, empty if it has started. */
    private List<String> start(ConfigFile file) {
        if (isFolderWithoutRoutes()) {
            return List.of(
                    "No route was loaded: " + routes + " has no file *.camel.yaml. Put route files there, or remove"
                            + " the folder, for those that the bundle brings.");
        }
        Map<String, String> settings = new HashMap<>(file.settings());
        settings.putIfAbsent(CONTEXT_NAME, title);
        try {
            return start(CamelApplication.inContainer(settings, routes, file.path(), this::context));
        } catch (LinkageError e) {
            // A route file of the operator's may name a class that the bundle does not have. Nothing else would report
            // it.
            stop();
            return List.of("The program cannot start: " + e + ". The bundle has no such class.");
        }
    }

    private List<String> start(CamelApplication starting) {
        application = starting;
        try {
            starting.startCollecting();
        } catch (Exception e) { // what Camel declares
            List<String> mistakes = starting.explain(e);
            stop();
            return mistakes;
        }
        return List.of();
    }

    /** Named before it is built, since its threads take the name that it has then. */
    private CamelContext context() {
        CamelContext context = contexts.get();
        context.getCamelContextExtension().setName(title);
        return context;
    }

    private boolean isFolderWithoutRoutes() {
        if (!Files.isDirectory(routes)) {
            return false;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(routes, "*.camel.yaml")) {
            return !files.iterator().hasNext();
        } catch (IOException e) {
            return true;
        }
    }

    private void stop() {
        if (application != null) {
            application.stop();
            application = null;
        }
    }

    @Override
    public String toString() {
        return title;
    }
}
