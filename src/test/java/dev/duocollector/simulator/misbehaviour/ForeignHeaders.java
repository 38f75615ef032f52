// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import dev.duocollector.simulator.PageForm;
import java.util.List;
import java.util.Map;

/** A right answer with header lines that mean something to whoever takes them over. */
public record ForeignHeaders(Map<String, String> headers) implements Misbehaviour {

    public ForeignHeaders {
        headers = Map.copyOf(headers);
    }

    @Override
    public Answer answer(Call call) {
        Answer answer = call.answer(page -> List.of(
                PageForm.utf8("{\"stat\":\"OK\",\"response\":{\"items\":["),
                page.items(),
                PageForm.utf8("],\"metadata\":{\"next_offset\":" + PageForm.nextOffset(page) + "}}}")));
        for (Map.Entry<String, String> header : headers.entrySet()) {
            answer = answer.withHeader(header.getKey(), header.getValue());
        }
        return answer;
    }
}
