// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One Duo account, with an Admin API application or as a parent's child: an API host, and the logs with their events. Each
 * log has its own permission, rate limit and offsets; an offset that another account, or another log, has issued is refused.
 * Thread-safe.
 */
public final class SimulatedAccount {
    private final String apiHost;
    private final boolean crossDeployment;
    private final Map<SimulatedLog, LogEndpoint> logs = new EnumMap<>(SimulatedLog.class);

    SimulatedAccount(String apiHost, Builder settings) {
        this.apiHost = Objects.requireNonNull(apiHost, "apiHost");
        this.crossDeployment = settings.crossDeployment;
        for (SimulatedLog log : SimulatedLog.values()) {
            logs.put(
                    log,
                    new LogEndpoint(
                            log,
                            apiHost,
                            settings.events.getOrDefault(log, new MemoryEventStore()),
                            settings.rateLimit.map(Supplier::get),
                            !settings.forbidden.contains(log)));
        }
    }

    /** Returns the account's name, which is not the host that requests go to. */
    public String apiHost() {
        return apiHost;
    }

    /** Returns the log at that path, if one is. */
    Optional<LogEndpoint> log(String path) {
        return logs.values().stream().filter(log -> log.path().equals(path)).findFirst();
    }

    /** Returns whether only the account's own keys, and not its parent's, read its logs. */
    boolean crossDeployment() {
        return crossDeployment;
    }

    @Override
    public String toString() {
        return "account " + apiHost;
    }

    /** The settings of an account's logs. */
    public static final class Builder {
        private final Map<SimulatedLog, EventStore> events = new EnumMap<>(SimulatedLog.class);
        private final Set<SimulatedLog> forbidden = EnumSet.noneOf(SimulatedLog.class);
        private Optional<Supplier<RateLimit>> rateLimit = Optional.empty();
        private boolean crossDeployment;

        Builder() {}

        /** The events of a log; a log without is empty. */
        public Builder events(SimulatedLog log, EventStore newEvents) {
            this.events.put(log, Objects.requireNonNull(newEvents, "newEvents"));
            return this;
        }

        /** Refuses a log with 403, as to an application, or an edition of Duo, that may not read it. */
        public Builder forbid(SimulatedLog log) {
            this.forbidden.add(log);
            return this;
        }

        /** Refuses with 42901 what exceeds this number (1 or more) in any minute, for each log; no limit by default. */
        public Builder rateLimit(int requestsPerMinute, boolean withRetryAfter) {
            this.rateLimit = Optional.of(() -> new RateLimit(requestsPerMinute, withRetryAfter));
            return this;
        }

        /** Refuses with 400 what is signed with a parent's keys, as to a child in another of Duo's deployments. */
        public Builder crossDeployment() {
            this.crossDeployment = true;
            return this;
        }
    }
}
