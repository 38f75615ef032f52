// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a log has been collected. Every method returns the checkpoint that follows; none of them writes.
 *
 * @param committedThrough every event up to here that Duo showed in time is in the bucket; never steps back
 * @param keysFrom the event keys are complete from here on: an event from before may be an old one, and that cannot be known
 * @param window the window being read, null between windows
 * @param pending the batch that was declared and not yet confirmed, null when there is none; only ever beside a window
 */
public record Checkpoint(
        Instant committedThrough,
        Instant keysFrom,
        @Nullable Window window,
        @Nullable Batch pending) {

    public Checkpoint {
        if (pending != null && window == null) {
            throw new IllegalArgumentException("A pending batch needs its window");
        }
    }

    /** Returns the checkpoint of a collector that has never run, about to read its first window. */
    public static Checkpoint first(Window window) {
        return new Checkpoint(window.mintime(), window.mintime(), window, null);
    }

    public Optional<Window> openWindow() {
        return Optional.ofNullable(window);
    }

    public Optional<Batch> pendingBatch() {
        return Optional.ofNullable(pending);
    }

    /** Opens a window. Its bounds are in the state before its first page is read, so a crash cannot move them. */
    public Checkpoint opened(Window next) {
        require(window == null, "A window is open already");
        return new Checkpoint(committedThrough, keysFrom, next, null);
    }

    /** Replaces the open window by itself with a later start. */
    public Checkpoint startingAt(Instant mintime) {
        return new Checkpoint(committedThrough, keysFrom, requireWindow().startingAt(mintime), pending);
    }

    /** Replaces the open window by itself with an earlier end. */
    public Checkpoint endingAt(Instant maxtime) {
        return new Checkpoint(committedThrough, keysFrom, requireWindow().endingAt(maxtime), pending);
    }

    /**
     * Declares a batch with the cursor still <em>before</em> its page, so that a crash reads that page again. The batch that is
     * pending may be declared once more, and no other.
     */
    public Checkpoint declared(Batch batch) {
        require(pending == null || pending.objectKey().equals(batch.objectKey()), "A batch is pending already");
        return new Checkpoint(committedThrough, keysFrom, requireWindow(), batch);
    }

    /** Moves past a page whose new events, if it had any, are in the bucket. */
    public Checkpoint advanced(Cursor next) {
        return new Checkpoint(committedThrough, keysFrom, requireWindow().advancedTo(next), null);
    }

    /** Forgets a pending batch: nothing of it is in the bucket or can still get there, and its page is read as if new. */
    public Checkpoint forgotten() {
        return new Checkpoint(committedThrough, keysFrom, requireWindow(), null);
    }

    /** Settles a pending batch that was stored again, without moving the cursor: its page is read again. */
    public Checkpoint settled() {
        Window open = requireWindow();
        // The page number moves on nevertheless: what joined the page since becomes an object with a number of its own.
        return new Checkpoint(committedThrough, keysFrom, open.advancedTo(open.cursor()), null);
    }

    /** Commits the window, also one that held nothing: a quiet tenant must not age out of Duo's retention. */
    public Checkpoint closed() {
        Window done = requireWindow();
        require(pending == null, "A batch is pending");
        Instant through = done.maxtime().isAfter(committedThrough) ? done.maxtime() : committedThrough;
        return new Checkpoint(through, keysFrom, null, null);
    }

    /** Returns the checkpoint with complete keys from the given instant, if that is later than before. */
    public Checkpoint keysComplete(Instant from) {
        return new Checkpoint(committedThrough, from.isAfter(keysFrom) ? from : keysFrom, window, pending);
    }

    /**
     * Returns the first instant with event keys that can still be asked for, given the overlap in force and how far the open
     * window has been read. Between windows that is an overlap before {@link #committedThrough}. In an open window it is
     * what the window can still return, from its start or an overlap behind the last event read, or what the next one will
     * begin with, whichever is earlier.
     */
    public Instant keysNeededFrom(Duration overlap, @Nullable Instant reached) {
        if (window == null) {
            return committedThrough.minus(overlap);
        }
        Instant stillToCome = window.mintime();
        if (reached != null && reached.minus(overlap).isAfter(stillToCome)) {
            stillToCome = reached.minus(overlap);
        }
        Instant nextWindow = window.maxtime().minus(overlap);
        return nextWindow.isBefore(stillToCome) ? nextWindow : stillToCome;
    }

    /** Cuts an event's time as Duo's offsets and bounds do: to the millisecond. */
    public static Instant toMillis(Instant ts) {
        return ts.truncatedTo(ChronoUnit.MILLIS);
    }

    private Window requireWindow() {
        if (window == null) {
            throw new IllegalStateException("No window is open");
        }
        return window;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }
}
