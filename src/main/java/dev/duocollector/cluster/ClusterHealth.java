// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** The readiness check {@value #ID}: DOWN, with the reason, while this node takes no part in the cluster. No part of liveness. */
public final class ClusterHealth extends AbstractHealthCheck {

    public static final String ID = "duo-cluster";

    private final ClusterNode node;

    public ClusterHealth(ClusterNode node) {
        super("duo", ID);
        this.node = node;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.state(node.trouble().isEmpty() ? State.UP : State.DOWN);
        // As for the streams' health.
        builder.message(
                node.trouble().orElse("This node takes part in the cluster.").replace('"', '\''));
    }
}
