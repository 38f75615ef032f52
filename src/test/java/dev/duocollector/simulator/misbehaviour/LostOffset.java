// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import dev.duocollector.simulator.PageForm;

/** A page without next_offset although events follow: the window seems to end with it. */
public record LostOffset() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return call.answer(PageForm.withMetadata(page -> "{" + PageForm.totalObjects(page) + "}"));
    }
}
