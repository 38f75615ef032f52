// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import dev.duocollector.simulator.PageForm;

/** A null for all metadata on the last page, against which duo_log_sync guards itself. */
public record NullMetadata() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return call.answer(PageForm.withMetadata(
                page -> page.last() ? "null" : PageForm.metadata(page, PageForm.nextOffset(page))));
    }
}
