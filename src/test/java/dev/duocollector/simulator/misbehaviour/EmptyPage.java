// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import dev.duocollector.simulator.PageForm;

/** A page without events, as at the end of a window, although there are some: the window seems to end before it. */
public record EmptyPage() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return call.answer(PageForm.empty());
    }
}
