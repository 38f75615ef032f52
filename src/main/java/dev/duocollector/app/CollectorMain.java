// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import java.util.function.BooleanSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;

/**
 * Camel's Main, which parses each route file once, if all are the jar's. Before it loads the routes, Camel looks in the files for what
 * Camel K and Kamelets have, and for beans, which it binds early: a setting of a component may name a bean of an operator's file.
 */
class CollectorMain extends Main {

    private final BooleanSupplier hasOwnRoutes;

    CollectorMain(BooleanSupplier hasOwnRoutes) {
        this.hasOwnRoutes = hasOwnRoutes;
    }

    @Override
    protected void modelineRoutes(CamelContext context) throws Exception {
        if (hasOwnRoutes.getAsBoolean()) {
            super.modelineRoutes(context);
        }
    }
}
