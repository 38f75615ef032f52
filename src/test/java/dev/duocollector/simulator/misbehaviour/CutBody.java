// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;

/** The right answer with its Content-Length, of which half arrives before the connection ends. */
public record CutBody() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return call.answer().withTransfer(Answer.Transfer.CUT_LENGTH);
    }
}
