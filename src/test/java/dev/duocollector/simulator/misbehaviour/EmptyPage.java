// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;

/** No event and no further page, whatever there is. */
public record EmptyPage() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return Answer.ok("{\"response\":{\"items\":[],\"metadata\":{\"next_offset\":null}},\"stat\":\"OK\"}");
    }
}
