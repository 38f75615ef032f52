// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.operate;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.sink.BucketEvents;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.PollWindow;
import dev.duocollector.state.StateRefusedException.Reason;
import dev.duocollector.state.StateSnapshot;
import dev.duocollector.state.Window;
import dev.duocollector.text.Count;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Moves what counts as collected to another time, also from a state that is damaged, from the future, or lost. If it moves
 * back, the time between is read again, and what the bucket holds of it counts as seen; if forward, it is never read. Either
 * way an open window is given up, since its offsets are only good for its own bounds.
 */
public final class SetThrough {

    /** Why a state is refused that another program needs, or a run under another prefix. */
    private static final Set<Reason> NOT_REPLACED = EnumSet.of(Reason.NEWER, Reason.FOREIGN, Reason.PREFIX);

    private final StateSnapshot before;
    private final Instant through;
    private final boolean skipExisting;
    private final List<String> says = new ArrayList<>();

    private SetThrough(StateSnapshot before, Instant through, boolean skipExisting) {
        this.before = before;
        this.through = through;
        this.skipExisting = skipExisting;
    }

    /**
     * Works out the state, and reads the bucket for it.
     *
     * @param before what is there now
     * @param asked until when the log is to count as collected; cut to the millisecond
     * @param bucket what counts as seen; empty to count only what the state knows
     * @param progress gets a line now and then while the bucket is read
     * @throws RefusedException if the time is out of bounds, the state is a newer program's or another account's, or a pending
     *     batch could be lost
     */
    public static StatePlan plan(
            StateSnapshot before,
            Instant asked,
            Settings settings,
            Instant now,
            Optional<BucketEvents> bucket,
            Consumer<String> progress) {
        SetThrough plan = new SetThrough(before, asked.truncatedTo(ChronoUnit.MILLIS), bucket.isPresent());
        plan.refuseOutOfBounds(settings, now);
        refuseOthers(before);
        plan.refuseToLosePending();
        return plan.plan(settings, now, bucket, progress);
    }

    /** Refuses to replace a state that another program needs: a newer release, or the collector of another account. */
    static void refuseOthers(StateSnapshot before) {
        Optional<Reason> refusal = before.refusal();
        if (refusal.isPresent() && NOT_REPLACED.contains(refusal.get())) {
            throw RefusedException.operator(before.refusalMessage());
        }
    }

    private void refuseOutOfBounds(Settings settings, Instant now) {
        Instant latest = PollWindow.of(settings).shownThrough(now);
        if (through.isAfter(latest)) {
            throw RefusedException.operator("The time " + through + " is too late: now minus duo.lag is "
                    + latest.truncatedTo(ChronoUnit.SECONDS) + ", and Duo may show events of a later time yet.");
        }
        Instant oldest = PollWindow.of(settings).oldest(now);
        if (through.isBefore(oldest)) {
            throw RefusedException.operator(
                    "The time " + through + " is too early: Duo keeps 180 days, and nothing before "
                            + oldest.truncatedTo(ChronoUnit.SECONDS) + " can be read.");
        }
    }

    private void refuseToLosePending() {
        Batch pending = before.checkpoint().flatMap(Checkpoint::pendingBatch).orElse(null);
        if (pending == null) {
            return;
        }
        Instant earliest = Collections.min(pending.eventKeys().values());
        if (pending.isUdmWanted() || through.isAfter(earliest)) {
            throw RefusedException.operator(
                    "A batch is pending: " + pending + ". Only a run can tell whether it is in the bucket, and"
                            + " store it if not. Make one run first (once)"
                            + (pending.isUdmWanted()
                                    ? "."
                                    : "; if no run gets that far, set through " + earliest
                                            + " or earlier, and what of it is not in the bucket is read again."));
        }
        Settle.refuseWhileAWriteMayArrive(before);
        says.add("Given up: the pending batch " + pending
                + "; what of it is not in the bucket is read again. Be sure that no collector is running.");
    }

    private StatePlan plan(Settings settings, Instant now, Optional<BucketEvents> bucket, Consumer<String> progress) {
        Optional<Checkpoint> known = before.checkpoint();
        Instant keysFrom = known.isPresent() ? moved(known.get(), now) : begun(now);
        SeenEvents seen = new SeenEvents(keysFrom, now.truncatedTo(ChronoUnit.MILLIS), progress);
        bucket.ifPresent(seen::addAll);
        seen.addAll(before.eventKeys());
        saySeen(seen, keysFrom);
        Instant overlapped = through.minus(settings.log().get(SettingTable.OVERLAP));
        says.add("The next run begins at " + (overlapped.isAfter(keysFrom) ? overlapped : keysFrom) + ".");
        return new StatePlan(new Checkpoint(through, keysFrom, null, null), seen.keys(), says);
    }

    /** Without a state that says how far the log is collected, everything depends on the time and on the bucket. */
    private Instant begun(Instant now) {
        says.add(
                before.exists()
                        ? "Replaced: a state that is refused. " + before.refusalMessage()
                        : "There is no state yet at " + before + ".");
        says.add("Never read: what is before " + through
                + ". It counts as collected, so choose a time that is certain to be.");
        says.add("Read: " + Times.span(through, now.truncatedTo(ChronoUnit.SECONDS)) + ", less duo.lag.");
        if (!skipExisting) {
            says.add("Stored twice: whatever the bucket holds of that time.");
        }
        return through;
    }

    /** Says what moving means, and returns from when on the keys will be complete. */
    private Instant moved(Checkpoint known, Instant now) {
        if (before.refusal().isPresent()) {
            says.add("Replaced: a state that is refused. " + before.refusalMessage());
        }
        Instant reached = reached(known);
        known.openWindow()
                .ifPresent(open -> says.add("Given up: the open window " + open + "; everything up to " + reached
                        + " has been read. What is after is read in a new window."));
        if (through.isAfter(reached)) {
            says.add("Never read: events between " + Times.span(reached, through)
                    + ", and what Duo shows late of the time before.");
            return through;
        }
        says.add(
                through.equals(reached)
                        ? "Collected through " + through + ", as it is now."
                        : "Read again: " + Times.span(through, earlier(reached, now)) + ".");
        Instant keysFrom = known.keysFrom();
        if (!through.isBefore(keysFrom)) {
            return keysFrom;
        }
        if (!skipExisting) {
            says.add("Stored twice: whatever the bucket holds of "
                    + Times.span(through, earlier(earlier(keysFrom, reached), now)) + ".");
        }
        return through;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private void saySeen(SeenEvents seen, Instant keysFrom) {
        if (!skipExisting) {
            says.add("Seen already: the " + Count.of(seen.keys().size(), "event") + " since " + keysFrom
                    + " that the state knows. The bucket is not asked.");
            return;
        }
        says.add("Seen already: " + Count.of(seen.keys().size(), "event") + " since " + keysFrom + "; the bucket has "
                + seen.events()
                + " of them, in " + seen.objectsText()
                + ". An event that was deleted from the bucket since (by a feed, for one)"
                + " or changed by a step before it was stored is not known again, and is stored a second time.");
    }

    /** How far the log has been read, the open window included, as far as its cursor says. */
    private static Instant reached(Checkpoint known) {
        Window open = known.openWindow().orElse(null);
        if (open == null || open.cursor().position() == Cursor.Position.START) {
            return known.committedThrough();
        }
        if (open.finished()) {
            return open.maxtime();
        }
        Instant at = Times.ofOffset(open.cursor().offset()).orElse(Instant.MIN);
        boolean within = at.isAfter(known.committedThrough()) && !at.isAfter(open.maxtime());
        return within ? at : known.committedThrough();
    }
}
