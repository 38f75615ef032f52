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
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.karaf.core.OsgiCamelContextPublisher;
import org.apache.camel.karaf.core.OsgiDefaultCamelContext;
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

    /**
     * The kind of Camel context that fits where the bundle's Camel comes from: a plain one when Camel is inside the bundle; when
     * it is the container's, in many bundles, camel-karaf's, which finds components there.
     */
    private static final class CamelContexts {

        private CamelContexts() {}

        static CamelContext in(BundleContext bundle) {
            return isCamelOfTheContainer() ? Container.context(bundle) : new DefaultCamelContext(false);
        }

        private static boolean isCamelOfTheContainer() {
            try {
                Class.forName(
                        "org.apache.camel.karaf.core.OsgiDefaultCamelContext",
                        false,
                        CamelContexts.class.getClassLoader());
                return true;
            } catch (ClassNotFoundException | NoClassDefFoundError e) {
                return false;
            }
        }

        /** Loaded only where camel-karaf is. */
        private static final class Container {

            static CamelContext context(BundleContext bundle) {
                OsgiDefaultCamelContext context = new OsgiDefaultCamelContext(bundle);
                // Without it, the shell's camel:context-list does not show the context.
                context.getManagementStrategy().addEventNotifier(new OsgiCamelContextPublisher(bundle));
                return context;
            }
        }
    }
}
