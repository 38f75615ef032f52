// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.fault;

import static dev.duocollector.fault.Fault.ANSWER_503;
import static dev.duocollector.fault.Fault.DROP_AFTER;
import static dev.duocollector.fault.Fault.DROP_BEFORE;
import static dev.duocollector.fault.Fault.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.fault.FaultPlan.Tries;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {

    @Test
    void at_hitsTheNthThatMatches_andNoOther() {
        FaultPlan plan = FaultPlan.at(2, ProxiedRequest::isWrite, DROP_AFTER);

        assertThat(faults(plan, put("a"), get("b"), put("c"), put("d"))).containsExactly(NONE, NONE, DROP_AFTER, NONE);
    }

    @Test
    void every_hitsEachNthThatMatches() {
        FaultPlan plan = FaultPlan.every(2, ProxiedRequest::isWrite, DROP_AFTER);

        assertThat(faults(plan, put("a"), put("b"), get("c"), put("d"), put("e")))
                .containsExactly(NONE, DROP_AFTER, NONE, NONE, DROP_AFTER);
    }

    @Test
    void random_isFixedByItsSeed_andKeepsItsProbability() {
        ProxiedRequest[] requests =
                IntStream.range(0, 1000).mapToObj(i -> put("a" + i)).toArray(ProxiedRequest[]::new);

        List<Fault> first = faults(FaultPlan.random(7, 0.3, r -> true, DROP_BEFORE, ANSWER_503), requests);

        assertThat(first).isEqualTo(faults(FaultPlan.random(7, 0.3, r -> true, DROP_BEFORE, ANSWER_503), requests));
        assertThat(first).isNotEqualTo(faults(FaultPlan.random(8, 0.3, r -> true, DROP_BEFORE, ANSWER_503), requests));
        assertThat(first.stream().filter(fault -> fault != NONE).count()).isBetween(250L, 350L);
        assertThat(first).contains(DROP_BEFORE, ANSWER_503);
        assertThat(faults(FaultPlan.random(7, 1, ProxiedRequest::isWrite, DROP_BEFORE), get("a"), put("b")))
                .containsExactly(NONE, DROP_BEFORE);
    }

    @Test
    void logical_hitsEveryTryOfTheCall_withAll() {
        FaultPlan plan = FaultPlan.logical(FaultPlan.at(2, ProxiedRequest::isWrite, DROP_AFTER), Tries.ALL);

        assertThat(faults(plan, put("a"), put("b"), put("b"), put("b"), put("c")))
                .containsExactly(NONE, DROP_AFTER, DROP_AFTER, DROP_AFTER, NONE);
    }

    @Test
    void logical_hitsTheFirstTryOfTheCall_withFirst() {
        FaultPlan plan = FaultPlan.logical(FaultPlan.every(2, ProxiedRequest::isWrite, DROP_AFTER), Tries.FIRST);

        assertThat(faults(plan, put("a"), put("b"), put("b"), put("b"), put("c"), put("d"), put("d")))
                .containsExactly(NONE, DROP_AFTER, NONE, NONE, NONE, DROP_AFTER, NONE);
    }

    @Test
    void logical_knowsASdkCall_whenOthersComeBetweenItsTries() {
        FaultPlan plan = FaultPlan.logical(FaultPlan.at(1, ProxiedRequest::isWrite, DROP_AFTER), Tries.ALL);

        assertThat(faults(plan, put("a"), put("b"), get("c"), put("a")))
                .containsExactly(DROP_AFTER, NONE, NONE, DROP_AFTER);
    }

    @Test
    void logical_takesEqualRequestsForOneCall_onlyWhenTheyFollowEachOther() {
        FaultPlan plan = FaultPlan.logical(FaultPlan.at(1, request -> true, DROP_BEFORE), Tries.ALL);

        assertThat(faults(plan, get("a"), get("a"), get("b"), get("a")))
                .containsExactly(DROP_BEFORE, DROP_BEFORE, NONE, NONE);
    }

    private static List<Fault> faults(FaultPlan plan, ProxiedRequest... requests) {
        return Stream.of(requests).map(plan::faultFor).toList();
    }

    /** A try of the SDK's call with that id. */
    private static ProxiedRequest put(String id) {
        return request("PUT", id, Map.of("amz-sdk-invocation-id", id));
    }

    /** A request of a client that gives its calls no ids; the digest stands for method, target and body. */
    private static ProxiedRequest get(String digest) {
        return request("GET", digest, Map.of());
    }

    private static ProxiedRequest request(String method, String logicalId, Map<String, String> headers) {
        return new ProxiedRequest(1, method, "/", "/", headers, 0, logicalId, NONE, 0);
    }
}
