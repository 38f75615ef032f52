// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.fault;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Says which request meets which fault.
 *
 * <p>{@link FaultProxy} asks once per request, in the order of their numbers, never from two threads at once; so a plan may
 * count. A plan that counts belongs to one proxy and is used once.
 */
@FunctionalInterface
public interface FaultPlan {

    /** Which of a call's tries a fault decided for the call's first try hits. */
    enum Tries {
        /** The client's own retry gets through. */
        FIRST,
        /** The call fails for good, however often the client tries. */
        ALL
    }

    Fault faultFor(ProxiedRequest request);

    /** Relays everything. */
    static FaultPlan none() {
        return request -> Fault.NONE;
    }

    /** Hits the {@code n}-th matching request, counted from 1, and no other. */
    static FaultPlan at(int n, Predicate<ProxiedRequest> matching, Fault fault) {
        AtomicInteger count = new AtomicInteger();
        return request -> matching.test(request) && count.incrementAndGet() == n ? fault : Fault.NONE;
    }

    /** Hits each {@code n}-th matching request: with 1 all of them. */
    static FaultPlan every(int n, Predicate<ProxiedRequest> matching, Fault fault) {
        AtomicInteger count = new AtomicInteger();
        return request -> matching.test(request) && count.incrementAndGet() % n == 0 ? fault : Fault.NONE;
    }

    /** Hits each matching request with the given probability, 0 to 1, by one of the faults; the seed fixes the choice. */
    static FaultPlan random(
            long seed, double probability, Predicate<ProxiedRequest> matching, Fault first, Fault... more) {
        List<Fault> others = List.of(more);
        Random random = new Random(seed);
        return request -> {
            if (!matching.test(request) || random.nextDouble() >= probability) {
                return Fault.NONE;
            }
            int choice = random.nextInt(1 + others.size());
            return choice == 0 ? first : others.get(choice - 1);
        };
    }

    /**
     * Asks {@code plan} once per call instead of once per try, so that the client's own retries count as one request: the AWS
     * SDK retries a call by itself after a lost connection, a 500 or a 503
     * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
     *
     * <p>Requests with one {@code amz-sdk-invocation-id} are one call; of the others, those that follow each other with equal
     * method, target and body.
     */
    static FaultPlan logical(FaultPlan plan, Tries tries) {
        Map<String, Fault> decided = new HashMap<>();
        String[] previous = {""};
        return request -> {
            String id = request.logicalId();
            boolean namedByClient =
                    request.header(ProxiedRequest.SDK_INVOCATION_ID).isPresent();
            boolean again = namedByClient ? decided.containsKey(id) : id.equals(previous[0]);
            if (!namedByClient) {
                previous[0] = id;
            }
            if (!again) {
                decided.put(id, plan.faultFor(request));
                return decided.get(id);
            }
            return tries == Tries.ALL ? decided.get(id) : Fault.NONE;
        };
    }
}
