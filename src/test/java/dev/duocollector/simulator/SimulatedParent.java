// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A Duo account with an Accounts API application, whose keys read the logs of its children; to read its own logs it needs an
 * {@linkplain DuoSimulator#addAccount Admin API application}. Children come and go while the simulator runs. Thread-safe.
 */
public final class SimulatedParent {
    /** Where the children are listed. */
    public static final String LIST_PATH = "/accounts/v1/account/list";

    private final String apiHost;
    private final Map<String, Child> children = new LinkedHashMap<>();

    record Child(String accountId, String name, SimulatedAccount account) {}

    SimulatedParent(String apiHost) {
        this.apiHost = Objects.requireNonNull(apiHost, "apiHost");
    }

    /** Returns the parent's name, which is not the host that requests go to. */
    public String apiHost() {
        return apiHost;
    }

    /**
     * Adds a child behind the others in the list, or puts it in the place of the one with that account_id.
     *
     * @param accountId DA and 18 capital letters or digits
     * @param childApiHost the child's own API host, which the list, a {@link Request} and a {@link RecordedRequest} tell
     * @throws IllegalArgumentException if accountId has another form
     */
    public SimulatedAccount addChild(
            String accountId, String childApiHost, String name, Consumer<SimulatedAccount.Builder> logs) {
        if (!accountId.matches("DA[0-9A-Z]{18}")) {
            throw new IllegalArgumentException(
                    "accountId must be DA and 18 capital letters or digits: was " + accountId);
        }
        SimulatedAccount.Builder settings = new SimulatedAccount.Builder();
        logs.accept(settings);
        SimulatedAccount account = new SimulatedAccount(childApiHost, settings);
        synchronized (children) {
            children.put(accountId, new Child(accountId, Objects.requireNonNull(name, "name"), account));
        }
        return account;
    }

    /**
     * Removes a child: it is not in the list, and its account_id is refused from now on.
     *
     * @throws IllegalArgumentException if it is not there
     */
    public void removeChild(String accountId) {
        synchronized (children) {
            if (children.remove(accountId) == null) {
                throw new IllegalArgumentException("There is no child " + accountId);
            }
        }
    }

    Optional<Child> child(String accountId) {
        synchronized (children) {
            return Optional.ofNullable(children.get(accountId));
        }
    }

    List<Child> children() {
        synchronized (children) {
            return List.copyOf(children.values());
        }
    }

    @Override
    public String toString() {
        return "parent " + apiHost;
    }
}
