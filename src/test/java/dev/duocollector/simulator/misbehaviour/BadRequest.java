// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;

/** 400 with a message_detail, for a request that is right. */
public record BadRequest(String detail) implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return Answer.failure(40002, "Invalid request parameters", detail);
    }
}
