// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.karaf;

import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.karaf.core.OsgiCamelContextPublisher;
import org.apache.camel.karaf.core.OsgiDefaultCamelContext;
import org.osgi.framework.BundleContext;

/**
 * The kind of Camel context that fits where the bundle's Camel comes from: a plain one when Camel is inside the bundle; when
 * it is the container's, in many bundles, camel-karaf's, which finds components there.
 */
final class CamelContexts {

    private CamelContexts() {}

    static CamelContext in(BundleContext bundle) {
        return isCamelOfTheContainer() ? Container.context(bundle) : new DefaultCamelContext(false);
    }

    private static boolean isCamelOfTheContainer() {
        try {
            Class.forName(
                    "org.apache.camel.karaf.core.OsgiDefaultCamelContext", false, CamelContexts.class.getClassLoader());
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
