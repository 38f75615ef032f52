// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;

/** 403: the application lacks "Grant read log", or the address is not allowed (duo_client_python issue 152). */
public record Forbidden() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return Answer.failure(40301, "Access forbidden", "");
    }
}
