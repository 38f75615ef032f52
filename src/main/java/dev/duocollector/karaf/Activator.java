// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.karaf;

import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Map;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.cm.ManagedServiceFactory;

/**
 * Starts and stops with the bundle. It needs no more of the container than Configuration Admin, which every Karaf has, so the
 * bundle installs where no repository can be reached.
 */
public final class Activator implements BundleActivator {

    /** What the .cfg files are named by: {@code dev.duocollector.cfg}, {@code dev.duocollector-<name>.cfg}. */
    static final String PID = "dev.duocollector";

    private static final String ROUTES = "duo-routes";

    private final Collectors collectors;

    public Activator() {
        Path etc = Path.of(System.getProperty("karaf.etc", "etc"));
        collectors = new Collectors(etc.resolve(ROUTES));
    }

    @Override
    public void start(BundleContext bundle) {
        collectors.open(bundle);
        bundle.registerService(ManagedService.class, collectors::updated, named());
        bundle.registerService(ManagedServiceFactory.class, collectors, named());
    }

    private static Dictionary<String, Object> named() {
        return FrameworkUtil.asDictionary(Map.of(Constants.SERVICE_PID, PID));
    }

    /** Ends each collector at its next page; the container withdraws the services. */
    @Override
    public void stop(BundleContext bundle) {
        collectors.close();
    }
}
