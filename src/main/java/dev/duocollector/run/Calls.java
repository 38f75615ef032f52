// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.source.CallKind;
import dev.duocollector.source.TelephonyEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** How many calls and messages a batch holds, and for how many credits, by their kind. Not thread-safe. */
public final class Calls {

    private final Map<CallKind, Sum> sums = new HashMap<>();

    /** Calls of one kind, and their credits. */
    public record Sum(int calls, long credits) {}

    void add(TelephonyEvent event) {
        sums.merge(
                event.kind(),
                new Sum(1, event.credits()),
                (a, b) -> new Sum(a.calls() + b.calls(), a.credits() + b.credits()));
    }

    public void forEach(BiConsumer<CallKind, Sum> action) {
        sums.forEach(action);
    }

    @Override
    public String toString() {
        return sums.toString();
    }
}
