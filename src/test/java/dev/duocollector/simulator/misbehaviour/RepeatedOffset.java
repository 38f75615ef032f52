// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator.misbehaviour;

import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Call;
import dev.duocollector.simulator.Misbehaviour;
import dev.duocollector.simulator.PageForm;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The next_offset of the first page it sees, again on every later one, as in duo_client_python issue 265. */
public final class RepeatedOffset implements Misbehaviour {
    private final AtomicReference<@Nullable String> first = new AtomicReference<>();

    @Override
    public Answer answer(Call call) {
        return call.answer(PageForm.withMetadata(page -> {
            first.compareAndSet(null, PageForm.nextOffset(page));
            return PageForm.metadata(page, String.valueOf(first.get()));
        }));
    }
}
