// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.util.Optional;
import java.util.Set;

/** An Admin API application: its keys open the logs of its own account, and nothing of the Accounts API. */
record AdminApplication(String ikey, String skey, SimulatedAccount account) implements Application {
    @Override
    public Object owner() {
        return account;
    }

    @Override
    public Endpoint endpoint(Request request) {
        return account.log(request.path())
                .map(log -> log.endpoint(skey, Set.of()))
                .orElseGet(() -> Endpoint.refusing(
                        request.path(),
                        account.apiHost(),
                        Optional.of(skey),
                        Refusal.accessForbidden("not an Accounts API application")));
    }

    /** Names the application without its secret key. */
    @Override
    public String toString() {
        return "Admin API application " + ikey + " of " + account;
    }
}
