// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.source.TelephonyPage;
import dev.duocollector.state.Cursor;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What Duo gave of a window, against what it said with the first answer that the window holds: {@code total_objects}, which is
 * an estimate and decides nothing, but shows that an answer was short. Only of a window that one run reads from its start.
 */
final class WindowTally {

    private OptionalLong said = OptionalLong.empty();
    private boolean whole;
    private long before;
    private long here;
    private @Nullable Cursor at;
    private boolean askedAgain;

    /** Counts a page. */
    void given(Cursor position, TelephonyPage page) {
        int events = page.events().size();
        if (position.equals(at)) {
            // The same page once more.
            here = Math.max(here, events);
            return;
        }
        if (at == null) {
            whole = position.position() == Cursor.Position.START;
            said = page.totalObjects();
        }
        before += here;
        here = events;
        at = position;
        askedAgain = false;
    }

    /** Tells whether the current page, which seems to be the last of the window, is asked for once more; once for each page. */
    boolean asksAgain() {
        if (askedAgain || missing() == 0) {
            return false;
        }
        askedAgain = true;
        return true;
    }

    /** How many events Duo said that there are, and has not given. */
    long missing() {
        return whole ? Math.max(0, said.orElse(0) - before - here) : 0;
    }
}
