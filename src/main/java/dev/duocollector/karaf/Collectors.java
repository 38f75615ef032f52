// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.karaf;

import java.nio.file.Path;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ManagedServiceFactory;

/**
 * The collectors in one container, each with a .cfg file, a Camel context and threads of its own. Configuration Admin's calls
 * return at once: what they ask for happens on the collector's own thread. Thread-safe.
 */
final class Collectors implements ManagedServiceFactory {

    private final Path routes;
    private final Map<String, Collector> byPid = new ConcurrentHashMap<>();
    private Supplier<CamelContext> contexts = () -> {
        throw new IllegalStateException("The bundle has not been started");
    };

    /** @param routes the folder of the operator's own route files, which need not exist */
    Collectors(Path routes) {
        this.routes = routes;
    }

    /** Called once, before anything else. */
    void open(BundleContext bundle) {
        contexts = () -> CamelContexts.in(bundle);
    }

    @Override
    public String getName() {
        return "Duo telephony collectors";
    }

    /** Takes the settings of {@code dev.duocollector.cfg}, null when the file is not there. */
    void updated(@Nullable Dictionary<String, ?> properties) {
        update(Activator.PID, ConfigFile.single(properties));
    }

    /** Takes the settings of a {@code dev.duocollector-<name>.cfg}. */
    @Override
    public void updated(String pid, Dictionary<String, ?> properties) {
        update(pid, ConfigFile.oneOfSeveral(pid, properties));
    }

    private void update(String pid, ConfigFile file) {
        byPid.computeIfAbsent(pid, unknown -> new Collector(file.name(), routes, contexts))
                .update(file);
    }

    /** Ends a collector when its file is gone. */
    @Override
    public void deleted(String pid) {
        Collector gone = byPid.remove(pid);
        if (gone != null) {
            gone.close();
        }
    }

    /** Ends all, at the same time, and waits for them. */
    void close() {
        List<Collector> all = List.copyOf(byPid.values());
        byPid.clear();
        all.forEach(Collector::close);
        all.forEach(Collector::awaitClosed);
    }
}
