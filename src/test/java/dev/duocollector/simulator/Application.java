// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

/** An application in Duo's sense: an integration key, a secret key, and the accounts whose logs they open. */
interface Application {
    String ikey();

    /** Returns the account, or the parent, that has the application. */
    Object owner();

    /** Returns what a request for one of Duo's paths is for when it comes with this application's integration key. */
    Endpoint endpoint(Request request);
}
