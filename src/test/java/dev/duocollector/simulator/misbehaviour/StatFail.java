// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;

/** Duo's error envelope with the status 200 (test_response_stat_isnot_OK of Duo's Python client). */
public record StatFail(int code, String message, String detail) implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return Answer.failure(code, message, detail).withStatus(200);
    }
}
