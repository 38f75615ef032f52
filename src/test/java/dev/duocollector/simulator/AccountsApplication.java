// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * An Accounts API application: its keys open the list of its parent's children, and, with the parameter account_id, the logs
 * of each child. See https://duo.com/docs/accountsapi, and AccountAdmin of Duo's Python client. The codes of the refusals are
 * inferred from what Duo answers elsewhere; only the words about another deployment have been seen.
 */
record AccountsApplication(String ikey, String skey, SimulatedParent parent) implements Application {
    private static final String ACCOUNT_ID = "account_id";

    @Override
    public Object owner() {
        return parent;
    }

    @Override
    public Endpoint endpoint(Request request) {
        if (request.path().equals(SimulatedParent.LIST_PATH)) {
            return Endpoint.at(request.path(), parent.apiHost(), Optional.of(skey), asked -> list());
        }
        String accountId = request.query().get(ACCOUNT_ID);
        if (accountId == null) {
            return refusing(request, Refusal.missingParameter(ACCOUNT_ID));
        }
        Optional<SimulatedAccount> child = parent.child(accountId).map(SimulatedParent.Child::account);
        if (child.filter(SimulatedAccount::crossDeployment).isPresent()) {
            return Endpoint.refusing(
                    request.path(), child.get().apiHost(), Optional.of(skey), Refusal.crossDeployment());
        }
        return child.flatMap(account -> account.log(request.path()))
                .map(log -> log.endpoint(skey, Set.of(ACCOUNT_ID)))
                .orElseGet(
                        () -> refusing(request, Refusal.accessForbidden("no child has the account_id " + accountId)));
    }

    private Endpoint refusing(Request request, Refusal refusal) {
        return Endpoint.refusing(request.path(), parent.apiHost(), Optional.of(skey), refusal);
    }

    private Function<PageForm, Answer> list() {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode response = answer.putArray("response");
        for (SimulatedParent.Child child : parent.children()) {
            response.addObject()
                    .put(ACCOUNT_ID, child.accountId())
                    .put("api_hostname", child.account().apiHost())
                    .put("name", child.name());
        }
        String json = answer.put("stat", "OK").toString();
        return form -> Answer.ok(json);
    }

    /** Names the application without its secret key. */
    @Override
    public String toString() {
        return "Accounts API application " + ikey + " of " + parent;
    }
}
