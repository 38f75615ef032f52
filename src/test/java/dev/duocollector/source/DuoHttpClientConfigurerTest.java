// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DuoHttpClientConfigurerTest {
    @Test
    void answerMayTakeFiveResponseTimeouts_besideTheConnection() {
        assertThat(new DuoHttpClientConfigurer(null, Duration.ofSeconds(10), Duration.ofSeconds(60)).answerMax())
                .isEqualTo(Duration.ofSeconds(10 + 5 * 60));
    }
}
