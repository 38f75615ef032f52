// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;

/** 401 for a request that is signed well: the keys belong to another application. */
public record Unauthorized() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return Answer.failure(40103, "Invalid signature in request credentials", "");
    }
}
