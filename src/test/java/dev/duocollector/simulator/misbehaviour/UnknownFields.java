// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import dev.duocollector.simulator.PageForm;
import java.util.List;

/** Fields in the envelope that nobody has heard of, and the known ones in another order, which Duo may change any time. */
public record UnknownFields() implements Misbehaviour {
    @Override
    public Answer answer(Call call) {
        return call.answer(page -> List.of(
                PageForm.utf8("{\"stat\":\"OK\",\"items\":[{\"not\":\"an event\"}],\"schema\":{\"stat\":\"FAIL\"},"
                        + "\"response\":{\"metadata\":{\"previous_offset\":[\"1\",\"2\"],"
                        + "\"total_objects\":{\"relation\":\"gte\",\"value\":" + page.total() + "},\"next_offset\":"
                        + PageForm.nextOffset(page) + "},\"next_offset\":\"not this one\",\"items\":["),
                page.items(),
                PageForm.utf8("],\"warnings\":null}}")));
    }
}
