// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;

/**
 * A failure of the server's, 50001 being Duo's own example (https://duo.com/docs/rate-limits).
 *
 * @param status 500 to 599
 */
public record ServerError(int status) implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return Answer.failure(status * 100 + 1, "Unknown internal server error", "");
    }
}
