// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call or message was for, and whether it was a call or a message, from a list that does not grow: Duo may add values at
 * any time, and what is not in the list counts as {@value #OTHER}
 * (<a href="https://duo.com/docs/adminapi#telephony-logs">Admin API</a>, read 2026-11-23).
 */
public record CallKind(String context, String type) {

    /** For every value that is not in the list, and for a missing one. */
    public static final String OTHER = "other";

    private static final List<String> CONTEXTS =
            List.of("administrator login", "authentication", "enrollment", "verify", OTHER);
    private static final List<String> TYPES = List.of("phone", "sms", OTHER);

    private static final List<CallKind> ALL = all();

    /** Returns the kind of an event with these values; null is a member that is not there or not a text. */
    static CallKind of(@Nullable String context, @Nullable String type) {
        return ALL.get(index(CONTEXTS, context) * TYPES.size() + index(TYPES, type));
    }

    public static List<CallKind> values() {
        return ALL;
    }

    private static int index(List<String> list, @Nullable String value) {
        int found = value == null ? -1 : list.indexOf(value);
        return found < 0 ? list.size() - 1 : found;
    }

    private static List<CallKind> all() {
        List<CallKind> kinds = new ArrayList<>();
        for (String context : CONTEXTS) {
            for (String type : TYPES) {
                kinds.add(new CallKind(context, type));
            }
        }
        return List.copyOf(kinds);
    }
}
