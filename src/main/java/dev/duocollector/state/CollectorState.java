// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The collector's state machine: the checkpoint, and the keys of the events that are in the bucket, as one run moves them. A
 * page's batch is {@linkplain #declare declared}, its object stored, and the batch {@linkplain #confirm confirmed} in memory,
 * which the next state write makes durable. The state PUT is the commit point; a PUT that another collector got in before
 * fails with {@link RefusedException}. Thread-safe.
 */
public final class CollectorState {

    private final S3StateStore store;
    private final String owner;
    private final Duration overlap;
    private final Clock clock;
    private final State.@Nullable Prefixes prefixes;

    private Map<String, Instant> confirmed = new HashMap<>();
    private S3StateStore.@Nullable Stored stored;
    private @Nullable Checkpoint checkpoint;
    private StateAnswer answer = new StateAnswer(Optional.empty(), Optional.empty(), false);
    private @Nullable Instant reached;
    private boolean loaded;
    private boolean moved;
    private boolean windowWritten = true;
    private BooleanSupplier windowInTime = () -> true;
    private boolean conditionsKept;

    /**
     * @param store where the state is
     * @param owner whose state it is, {@link Settings#owner}; a state of another owner is refused
     * @param overlap how long before the end of a window the next one begins; keys are kept that long
     * @param clock says whether a checkpoint is in the future, and when a batch was declared if S3 does not say
     */
    public CollectorState(S3StateStore store, String owner, Duration overlap, Clock clock) {
        this(store, owner, overlap, clock, true, null);
    }

    private CollectorState(
            S3StateStore store,
            String owner,
            Duration overlap,
            Clock clock,
            boolean conditionsKept,
            State.@Nullable Prefixes prefixes) {
        this.store = store;
        this.owner = owner;
        this.overlap = overlap;
        this.clock = clock;
        this.conditionsKept = conditionsKept;
        this.prefixes = prefixes;
    }

    /**
     * Returns the state of the collector that the settings describe. Unless they allow a store that does not honor
     * conditional writes, its first state write is followed by two that must be refused.
     */
    public static CollectorState of(S3Client s3, Settings settings, Clock clock) {
        S3StateStore store =
                new S3StateStore(s3, settings.account().bucket(), settings.log().stateKey());
        return new CollectorState(
                store,
                settings.owner(),
                settings.log().get(SettingTable.OVERLAP),
                clock,
                settings.account().get(SettingTable.UNCONDITIONAL_WRITES),
                State.Prefixes.of(settings));
    }

    /**
     * Reads the state again and forgets what was in memory; each run begins with it, and its time begins with S3's answer.
     *
     * @param time returns what time it is, given what the answer says; what it throws, this method throws, before it has
     *     looked at the state
     * @return how far the log has been collected, empty before the first run
     * @throws StateRefusedException if the state is another account's or from the future
     */
    public synchronized Optional<Checkpoint> open(Function<StateAnswer, Instant> time) {
        reached = null;
        moved = false;
        load(time);
        return Optional.ofNullable(checkpoint);
    }

    /** Tells whether an event's key is known; reads the state if nothing was read before. */
    public synchronized boolean contains(String key) {
        ensureLoaded();
        return confirmed.containsKey(key);
    }

    /** Tells so of an event that Duo shows, and keeps a known key at least as long as one of that time: Duo may show it again. */
    public synchronized boolean meet(String key, Instant time) {
        ensureLoaded();
        return confirmed.computeIfPresent(key, (known, before) -> before.isAfter(time) ? before : time) != null;
    }

    /** Returns what S3 said beside the state when it was read last. */
    public synchronized StateAnswer answer() {
        return answer;
    }

    /** After a state that cannot be read or is refused, nothing is in memory that a later call could write. */
    private void load(Function<StateAnswer, Instant> time) {
        loaded = false;
        windowWritten = true;
        S3StateStore.Asked asked = store.ask();
        answer = asked.answer();
        Instant now = time.apply(answer);
        S3StateStore.Stored read = asked.found().map(store::stored).orElse(null);
        if (read != null) {
            read.state().requireUsable(owner, now, store.toString(), prefixes);
        }
        stored = read;
        checkpoint = read == null ? null : read.state().checkpoint();
        confirmed = read == null ? new HashMap<>() : new HashMap<>(read.state().eventKeys());
        loaded = true;
    }

    /** Returns the checkpoint as this run has moved it; empty while there is neither a state nor an open window. */
    public synchronized Optional<Checkpoint> current() {
        return Optional.ofNullable(checkpoint);
    }

    /** Returns the checkpoint as this run has moved it, which may be ahead of what is stored. */
    public synchronized Checkpoint checkpoint() {
        if (checkpoint == null) {
            throw new IllegalStateException("No window has been opened yet");
        }
        return checkpoint;
    }

    /**
     * Opens a window in memory: nothing has moved by it. Whatever writes the state next writes the window too, before anything
     * of it is stored.
     */
    public synchronized void openWindow(Window window) {
        openWindow(window, () -> true);
    }

    /**
     * Does the same with a window that must be written in time.
     *
     * @param inTime asked right before the window is written for the first time; if it is too late, that write fails with a
     *     {@link RefusedException}
     */
    public synchronized void openWindow(Window window, BooleanSupplier inTime) {
        checkpoint = checkpoint == null ? Checkpoint.first(window) : checkpoint.opened(window);
        windowWritten = false;
        windowInTime = inTime;
    }

    /** Tells whether the open window is in the state; without an open window, true. */
    public synchronized boolean isWindowWritten() {
        return windowWritten;
    }

    /** Tells whether the open window may be written still. */
    public synchronized boolean isWindowInTime() {
        return windowWritten || windowInTime.getAsBoolean();
    }

    /** Has the open window, which is not written yet, end earlier. */
    public synchronized void endWindowAt(Instant maxtime) {
        requireUnwritten();
        checkpoint = checkpoint().endingAt(maxtime);
    }

    /** Forgets the open window, which is not written yet. */
    public synchronized void dropWindow() {
        requireUnwritten();
        checkpoint = stored == null ? null : stored.state().checkpoint();
        windowWritten = true;
    }

    /** Writes the open window, whether anything of it is read or not. */
    public synchronized void writeWindow() {
        write(checkpoint());
    }

    private void requireUnwritten() {
        if (windowWritten) {
            throw new IllegalStateException("The window is in the state already");
        }
    }

    /**
     * Gives the open window a later start, because Duo no longer keeps what is before: in memory, until something else is
     * written. A run that reads nothing has raised nothing.
     */
    public synchronized void raiseMintime(Instant mintime) {
        checkpoint = checkpoint().startingAt(mintime);
    }

    /**
     * Writes that the batch is about to be stored. The batch that is pending already may be declared again. That takes it over
     * from the run that declared it, or fails if another writer has settled it meanwhile: its object may have been taken and deleted
     * since, and would come a second time.
     *
     * @return when it was declared, by S3's clock; by this machine's, if S3 does not say
     */
    public synchronized Instant declare(Batch batch) {
        Instant before = clock.instant();
        write(checkpoint().declared(batch));
        return Optional.ofNullable(stored)
                .flatMap(S3StateStore.Stored::writtenAt)
                .orElse(before);
    }

    /**
     * Notes that a recovery has looked for the pending batch and found neither its object nor all of its events. The first
     * such miss is written; later ones change nothing, so that the state's age keeps counting from the first.
     */
    public synchronized void miss() {
        Batch pending = checkpoint().pendingBatch().orElseThrow();
        if (!pending.missed()) {
            write(checkpoint().declared(pending.missedOnce()));
        }
    }

    /**
     * Forgets the pending batch by a state write, so that its page is read as if new. Only for a batch that was missed before,
     * once the state is so old that no write of the batch can still arrive.
     */
    public synchronized void forget() {
        write(checkpoint().forgotten());
    }

    /**
     * Notes, in memory, that the batch is in the bucket or that nothing of it was to be stored: its keys are known and the
     * cursor moves past its page. The next state write makes that durable.
     */
    public synchronized void confirm(Batch batch) {
        noteReached(batch);
        moveTo(checkpoint().advanced(batch.cursorAfter()), batch.eventKeys());
    }

    /**
     * Notes, in memory, that a pending batch was stored again by a recovery: its keys are known, and its page is read again,
     * so that whatever joined the page since becomes a batch of its own.
     */
    public synchronized void settle(Batch batch) {
        // Reading has not come further: the page is read again, so keys of its time are still needed.
        moveTo(checkpoint().settled(), batch.eventKeys());
    }

    /** Commits the open window; all its pages have been read. */
    public synchronized void closeWindow() {
        // In memory first, keys and bounds together: a write that fails may be followed by a save() that does not.
        moveTo(checkpoint().closed(), Map.of());
        save();
    }

    /** Writes the state if anything moved since it was written last; every run ends with it. */
    public synchronized void save() {
        if (moved) {
            write(checkpoint());
        }
    }

    private void noteReached(Batch batch) {
        Window open = checkpoint().openWindow().orElseThrow();
        // A page that is asked for once more is not read yet, so keys of its time are still needed.
        boolean moves = !batch.cursorAfter().equals(open.cursor());
        // An event without a readable time is dated maxtime, which says nothing of how far the window is read.
        for (Instant ts : batch.eventKeys().values()) {
            if (moves && ts.isBefore(open.maxtime()) && (reached == null || ts.isAfter(reached))) {
                reached = ts;
            }
        }
    }

    /** Moves to a checkpoint; of the keys that are known, and of those that become so, it keeps what a later page can meet again. */
    private void moveTo(Checkpoint next, Map<String, Instant> keys) {
        Instant from = next.keysNeededFrom(overlap, reached);
        confirmed.values().removeIf(ts -> ts.isBefore(from));
        keys.entrySet().stream()
                .filter(key -> !key.getValue().isBefore(from))
                .forEach(key -> confirmed.put(key.getKey(), key.getValue()));
        checkpoint = next.keysComplete(from);
        moved = true;
    }

    private void write(@Nullable Checkpoint next) {
        if (!windowWritten && !windowInTime.getAsBoolean()) {
            throw new RefusedException(
                    RunOutcome.FAILED,
                    "The first window could not be written within 5 minutes of its opening, or a back-fill was begun meanwhile; it is"
                            + " opened again. If it stays so, see what takes so long: Duo's answers, S3, or the steps in event-steps.");
        }
        stored = store.compareAndSwap(new State(owner, "", next, confirmed), stored);
        checkpoint = next;
        windowWritten = true;
        moved = false;
        if (!conditionsKept) {
            // Before the first object is stored, since every write of one comes after a write of the state.
            store.refuseUnconditional(stored);
            conditionsKept = true;
        }
    }

    /** Writes the keys as a change leaves them, if it changes any. A write that fails may still take effect. */
    synchronized void rewriteKeys(Consumer<Map<String, Instant>> change) {
        ensureLoaded();
        Map<String, Instant> before = confirmed;
        confirmed = new HashMap<>(before);
        change.accept(confirmed);
        if (confirmed.equals(before)) {
            return;
        }
        try {
            write(checkpoint);
        } catch (RuntimeException e) {
            confirmed = before;
            // The write may still take effect, or another writer's did: the next call looks.
            loaded = false;
            throw e;
        }
    }

    private void ensureLoaded() {
        if (!loaded) {
            load(asked -> clock.instant());
        }
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
