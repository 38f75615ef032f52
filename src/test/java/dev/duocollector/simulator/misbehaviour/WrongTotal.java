// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import dev.duocollector.simulator.PageForm;

/**
 * Another total_objects than there are, as Duo's is an estimate.
 *
 * @param json what stands there
 */
public record WrongTotal(String json) implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return call.answer(PageForm.withMetadata(
                page -> "{\"total_objects\":" + json + ",\"next_offset\":" + PageForm.nextOffset(page) + "}"));
    }
}
