// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.KeyPrefix;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.S3OperationException;
import dev.duocollector.state.S3StateStore.Found;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The state object as an operator's command deals with it: it can be read even when a run refuses it, and is replaced only
 * after a copy was put beside it. A replacement is the same compare-and-swap as a collector's, so if a collector runs
 * meanwhile, only one of the two succeeds.
 */
public final class StateObject {

    private static final String ENDING = ".json";

    private final S3StateStore store;
    private final String key;
    private final String owner;
    private final State.Prefixes prefixes;
    private final Clock clock;

    private StateObject(S3StateStore store, String key, String owner, State.Prefixes prefixes, Clock clock) {
        this.store = store;
        this.key = key;
        this.owner = owner;
        this.prefixes = prefixes;
        this.clock = clock;
    }

    public static StateObject of(S3Client s3, Settings settings, Clock clock) {
        S3StateStore store =
                new S3StateStore(s3, settings.account().bucket(), settings.log().stateKey());
        return new StateObject(store, settings.log().stateKey(), settings.owner(), State.Prefixes.of(settings), clock);
    }

    /**
     * Looks at what is at the state's key. A state that a run refuses is not an error here.
     *
     * @throws S3OperationException if S3 refuses or cannot be reached
     */
    public StateSnapshot look() {
        S3StateStore.Asked asked = store.ask();
        Found found = asked.found().orElse(null);
        if (found == null) {
            return new StateSnapshot(store.toString(), asked.answer(), null, null, null);
        }
        State state = null;
        try {
            state = StateFormat.read(found.bytes(), store.toString());
            state.requireUsable(owner, clock.instant(), store.toString(), prefixes);
            return new StateSnapshot(store.toString(), asked.answer(), found, state, null);
        } catch (StateRefusedException e) {
            return new StateSnapshot(store.toString(), asked.answer(), found, state, e);
        }
    }

    /**
     * Returns where a copy of the state goes: beside it, with the time in its name, such as {@code
     * state_20261123T081500.123Z.json}.
     */
    public String copyKey() {
        String name = key.endsWith(ENDING) ? key.substring(0, key.length() - ENDING.length()) : key;
        return name + "_" + KeyPrefix.TIME.format(clock.instant()) + ENDING;
    }

    /**
     * Replaces the state that was looked at.
     *
     * @param before what was there; something else there by now is left alone
     * @param copyKey where to put a copy of it first, null for none; unused when there was nothing
     * @param next how far the log counts as collected
     * @param eventKeys the events that count as seen, with their times
     * @throws RefusedException if a collector, or another command, wrote meanwhile
     * @throws S3OperationException if S3 refuses or cannot be reached; of the write to the state itself, it may still take
     *     effect later
     */
    public void replace(
            StateSnapshot before, @Nullable String copyKey, Checkpoint next, Map<String, Instant> eventKeys) {
        Found found = before.found();
        if (found != null && copyKey != null) {
            store.copy(found, copyKey);
        }
        store.replace(new State(owner, "", next, eventKeys), found);
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
