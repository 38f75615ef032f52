// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.util.Optional;

/** An Admin API application: its keys open the logs of its own account. */
record AdminApplication(String ikey, String skey, SimulatedAccount account) implements Application {
    @Override
    public Endpoint endpoint(Request request) {
        LogEndpoint log = account.log(request.path());
        return new Endpoint(account.apiHost(), Optional.of(skey), log.rateLimit(), log::page);
    }

    /** Names the application without its secret key. */
    @Override
    public String toString() {
        return "Admin API application " + ikey + " of " + account.apiHost();
    }
}
