// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import java.time.Duration;

/** The right answer, after a while; closing the simulator ends the wait. */
public record SlowPage(Duration delay) implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return call.answer().withDelay(delay);
    }
}
