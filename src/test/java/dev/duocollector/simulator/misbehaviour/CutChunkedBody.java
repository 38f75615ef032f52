// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;

/** The right answer in chunks, of which half arrives, and no last chunk, before the connection ends. */
public record CutChunkedBody() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return call.answer().withTransfer(Answer.Transfer.CUT_CHUNKED);
    }
}
