// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import dev.duocollector.cluster.ClusterHealth;
import dev.duocollector.cluster.ClusterNode;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.Settings;
import dev.duocollector.text.Log;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.support.LifecycleStrategySupport;
import org.jspecify.annotations.Nullable;

/** Makes the program a node of a cluster, where {@code cluster.jdbc-url} is set. */
final class ClusterMember extends MainListenerSupport {

    private static final Log LOG = Log.of(ClusterMember.class);

    /** The route that makes the runs which fall to a node. */
    private static final String ROUTE = "node";

    private @Nullable ClusterNode node;

    /** Binds the triggers before the routes ask for them. */
    @Override
    public void afterConfigure(BaseMainSupport main) {
        CamelContext camel = main.getCamelContext();
        Settings settings = camel.getRegistry().lookupByNameAndType("settings", Settings.class);
        if (settings == null || settings.process().cluster().isEmpty()) {
            return;
        }
        ClusterNode made = new ClusterNode(camel, settings);
        camel.getRegistry().bind("clusterTriggers", made.triggers());
        camel.getRegistry().bind(ClusterHealth.ID, new ClusterHealth(made));
        camel.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStopping(CamelContext context) {
                made.standBy();
            }

            @Override
            public void onContextStopped(CamelContext context) {
                made.stop();
            }
        });
        node = made;
    }

    /** Takes part once the routes can make runs. */
    @Override
    public void afterStart(BaseMainSupport main) {
        if (node == null) {
            return;
        }
        CamelContext camel = main.getCamelContext();
        if (camel.getRoute(ROUTE) == null) {
            throw RefusedException.operator("There is no route " + ROUTE + ", which makes the runs of a cluster"
                    + " (cluster.jdbc-url). No log is read. Put routes/schedule.camel.yaml back as it was shipped.");
        }
        if (camel.getRouteController().getRouteStatus(ROUTE).isStarted()) {
            node.start();
        } else {
            LOG.info("This program takes no part in the cluster: duo.schedule.auto-startup is false.");
        }
    }
}
