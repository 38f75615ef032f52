// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import java.time.Duration;

/**
 * Another time at the server: beyond its tolerance it refuses the request's Date, and its own Date shows by how much.
 *
 * @param ahead how far the server's clock is ahead of the simulator's; negative when it is behind
 */
public record ClockSkew(Duration ahead) implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return call.answerAt(call.request().at().plus(ahead));
    }
}
