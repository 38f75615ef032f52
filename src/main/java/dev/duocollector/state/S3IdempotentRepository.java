// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A Camel idempotent repository that keeps its keys in one S3 object. A key counts once it is confirmed, and a confirmation is
 * durable when {@link #confirm} returns; a key that was only added lives in memory and is forgotten by a crash.
 *
 * <p>Thread-safe. It needs a state key of its own, one process at a time, and grows by about 30 bytes a key until
 * {@link #clear()}.
 */
public final class S3IdempotentRepository extends ServiceSupport implements IdempotentRepository {

    private final CollectorState state;
    private final Clock clock;
    private final Set<String> added = new HashSet<>();

    S3IdempotentRepository(CollectorState state, Clock clock) {
        this.state = state;
        this.clock = clock;
    }

    /**
     * Returns a repository for a route of your own, which has keys and no checkpoint.
     *
     * @param stateKey the object with the keys; nothing else may use it
     * @param owner whose keys they are, such as the application's name; a state of another owner is refused
     * @param clock dates the keys
     */
    public static S3IdempotentRepository at(S3Client s3, String bucket, String stateKey, String owner, Clock clock) {
        S3StateStore store = new S3StateStore(s3, bucket, stateKey);
        return new S3IdempotentRepository(new CollectorState(store, owner, Duration.ZERO, clock), clock);
    }

    @Override
    public synchronized boolean contains(String key) {
        return state.contains(key) || added.contains(key);
    }

    @Override
    public synchronized boolean add(String key) {
        return !state.contains(key) && added.add(key);
    }

    @Override
    public synchronized boolean confirm(String key) {
        if (state.contains(key)) {
            return true;
        }
        if (!added.contains(key)) {
            return false;
        }
        state.rewriteKeys(keys -> keys.put(key, Checkpoint.toMillis(clock.instant())));
        added.remove(key);
        return true;
    }

    @Override
    public synchronized boolean remove(String key) {
        boolean known = state.contains(key);
        boolean removed = added.remove(key);
        state.rewriteKeys(keys -> keys.remove(key));
        return removed || known;
    }

    /** Empties the keys, durably. */
    @Override
    public synchronized void clear() {
        state.rewriteKeys(Map::clear);
        added.clear();
    }

    @Override
    public String toString() {
        return "S3IdempotentRepository[" + state + "]";
    }
}
