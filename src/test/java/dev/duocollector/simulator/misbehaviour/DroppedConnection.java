// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;

/** The connection ends after the request, without a byte of an answer. */
public record DroppedConnection() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return call.answer().withTransfer(Answer.Transfer.DROPPED);
    }
}
