// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import dev.duocollector.simulator.Page;
import dev.duocollector.simulator.PageForm;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The next_offset as an array of its two parts, as the authentication log has it; to be sent back joined by a comma. */
public record ArrayOffset() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return call.answer(PageForm.withMetadata(page -> PageForm.metadata(page, array(page))));
    }

    private static String array(Page page) {
        return page.nextOffset()
                .map(offset ->
                        Stream.of(offset.split(",", 2)).map(PageForm::quote).collect(Collectors.joining(",", "[", "]")))
                .orElse("null");
    }
}
