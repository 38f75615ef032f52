// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;

/** Camel's Main, which parses each route file once: it would look in all of them before for what Camel K and Kamelets have. */
class CollectorMain extends Main {

    @Override
    protected void modelineRoutes(CamelContext context) {}
}
