// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignOfLifeTest {

    /** What the database has at each look, 10 s apart, as seconds by the node's clock; '-' for no sign. */
    @ParameterizedTest
    @CsvSource({
        "goes on,                 1 2 3 4,       ''",
        "the first one is late,   - - 3 4,       ''",
        "none ever,               - - - -,       2 3",
        "stops,                   1 1 1 1 1,     3 4",
        "goes on again,           1 1 1 1 5 6,   3",
        "tables made empty,       1 - 3 4,       ''",
        "is not put back,         1 - - - -,     4",
        "the clock is set ahead,  1 2 900 901,   ''",
        "the clock is set back,   900 1 2 3,     ''"
    })
    void standsStill_ifTheSignDoesNotChangeForMoreThan20Seconds(String name, String signs, String stillAt) {
        SignOfLife life = new SignOfLife(Long.MAX_VALUE);
        long nanoTime = Long.MAX_VALUE;
        List<String> still = new ArrayList<>();
        for (String sign : signs.split(" ", -1)) {
            nanoTime += Duration.ofSeconds(10).toNanos();
            Optional<Instant> seen =
                    sign.equals("-") ? Optional.empty() : Optional.of(Instant.ofEpochSecond(Long.parseLong(sign)));
            if (life.standsStill(seen, nanoTime)) {
                still.add(Long.toString((nanoTime - Long.MAX_VALUE) / 10_000_000_000L - 1));
            }
        }

        assertThat(String.join(" ", still)).as(name).isEqualTo(stillAt);
    }
}
