// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.source.DuoPage;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.Window;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How far a run has read one window, and whether Duo's pages of it come forward. */
public final class WindowReading {

    private final Set<String> offsetsSent = new HashSet<>();
    private final WindowTally tally = new WindowTally();
    private Window window;
    private Cursor cursor;
    private boolean firstAnswer;
    private @Nullable Instant reached;
    private @Nullable Instant latest;
    private @Nullable Instant latestBefore;
    private int pagesWithoutProgress;

    WindowReading(Window window) {
        this.window = window;
        this.cursor = window.cursor();
        this.firstAnswer = cursor.position() == Cursor.Position.START;
    }

    Window window() {
        return window;
    }

    /** The window begins later than it did; the position of reading does not change. */
    void mintimeRaised(Window open) {
        window = open;
    }

    Cursor cursor() {
        return cursor;
    }

    /** What Duo gave of the window, against what it said. */
    WindowTally tally() {
        return tally;
    }

    /** Returns how many more events Duo said that the window holds than it has given. */
    public long withheld() {
        return tally.withheld();
    }

    /** Tells whether the current answer is the first one to this window. */
    boolean isFirstAnswer() {
        return firstAnswer;
    }

    /** Duo has answered a question for a page of this window, and the answer is used. */
    void answered() {
        firstAnswer = false;
    }

    /** Notes what a page said of the page after it. */
    void pageRead(Cursor next) {
        cursor = next;
        pagesWithoutProgress = Objects.equals(latest, latestBefore) ? pagesWithoutProgress + 1 : 0;
        latestBefore = latest;
    }

    /** The time of the last event read, to the millisecond; null before the first. */
    @Nullable
    Instant reached() {
        return reached;
    }

    public void reached(Instant ts) {
        reached = ts;
    }

    /** Notes that an offset goes out. */
    void sends(String offset) {
        offsetsSent.add(offset);
    }

    boolean hasSent(String offset) {
        return offsetsSent.contains(offset);
    }

    /** Notes an event's time as Duo gave it, whether the event is new or not. */
    public void saw(Instant ts) {
        if (latest == null || ts.isAfter(latest)) {
            latest = ts;
        }
    }

    /** Returns how many pages in a row have brought no event later than those before. */
    int pagesWithoutProgress() {
        return pagesWithoutProgress;
    }

    /**
     * What Duo gave of a window, against what it said with the first answer that the window holds: {@code total_objects}, which is
     * an estimate and decides nothing, but shows that an answer was short. Only of a window that one run reads from its start.
     */
    static final class WindowTally {

        private OptionalLong said = OptionalLong.empty();
        private boolean whole;
        private long before;
        private long here;
        private @Nullable Cursor at;
        private boolean askedAgain;

        /** Counts a page. */
        void given(Cursor position, DuoPage page) {
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
            if (askedAgain || withheld() == 0) {
                return false;
            }
            askedAgain = true;
            return true;
        }

        /** How many events Duo said that there are, and has not given. */
        long withheld() {
            long given = before + here;
            // Compared first, since what is said may be any number.
            return whole && said.orElse(0) > given ? said.getAsLong() - given : 0;
        }
    }
}
