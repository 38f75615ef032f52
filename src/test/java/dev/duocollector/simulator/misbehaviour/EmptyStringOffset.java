// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import dev.duocollector.simulator.PageForm;

/** An empty next_offset on the last page. */
public record EmptyStringOffset() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return call.answer(PageForm.withMetadata(page ->
                page.last() ? PageForm.metadata(page, "\"\"") : PageForm.metadata(page, PageForm.nextOffset(page))));
    }
}
