// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimulatorMainTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("DUO_SKEY", SignedGet.SKEY);

    private final Clock clock = Clock.fixed(SignedGet.NOW, ZoneOffset.UTC);

    @Test
    void start_showsTheEventsOfItsArguments() throws IOException {
        String[] args = {"0", SignedGet.IKEY, "100000", "PT24H", "now", "216"};
        try (DuoSimulator simulator = SimulatorMain.start(args, ENVIRONMENT, clock)) {
            assertThat(new SignedGet()
                            .parameter("limit", "1000")
                            .json(simulator)
                            .path("response")
                            .path("items"))
                    .hasSize(1000);
        }
    }

    @Test
    void start_withARateLimitRefusesBeyondIt() throws IOException {
        String[] args = {"0", SignedGet.IKEY, "1000", "PT24H", "2026-11-23T08:00:00Z", "216", "1"};
        try (DuoSimulator simulator = SimulatorMain.start(args, ENVIRONMENT, clock)) {
            assertThat(new SignedGet().send(simulator).status()).isEqualTo(200);
            assertThat(new SignedGet().send(simulator).status()).isEqualTo(429);
            simulator.takeRefusal(42901);
        }
    }

    @Test
    void start_failsWithoutASecretKey() {
        String[] args = {"0", SignedGet.IKEY, "1000", "PT24H", "now", "216"};
        assertThatThrownBy(() -> SimulatorMain.start(args, Map.of(), clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("DUO_SKEY must be set");
    }
}
