// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs that take turns: each on a thread of its own, and at any moment exactly one of the threads goes on, so that a story is the
 * same each time that it is told. A run gives its turn away only where it calls the world outside.
 */
final class ModelTurns {

    /** Far more than a run takes from one call to the next. */
    private static final Duration STEP_MAX = Duration.ofSeconds(60);

    private final Semaphore teller = new Semaphore(0);

    /** One run, from its start until it has ended. */
    final class Turn {

        private final Runnable work;
        private final Semaphore mine = new Semaphore(0);
        private boolean begun;
        private volatile boolean ended;
        private volatile @Nullable Throwable failure;

        private Turn(Runnable work) {
            this.work = work;
        }

        /** Lets the run go on until it gives its turn back or ends; called by whoever tells the story. */
        void goOn() {
            if (begun) {
                mine.release();
            } else {
                begun = true;
                // Never one that was used before: Camel leaves what is left of a killed run to the thread's next one.
                Thread thread = new Thread(this::work, "model run");
                thread.setDaemon(true);
                thread.start();
            }
            awaitTurn();
            Throwable thrown = failure;
            if (thrown != null) {
                throw new AssertionError("A run ended in " + thrown, thrown);
            }
        }

        private void awaitTurn() {
            try {
                if (!teller.tryAcquire(STEP_MAX.toSeconds(), TimeUnit.SECONDS)) {
                    throw new AssertionError("A run waits for what another one holds");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("Interrupted while a run went on", e);
            }
        }

        /** Gives the turn back and waits for the next one; called by the run. */
        void giveBack() {
            teller.release();
            mine.acquireUninterruptibly();
        }

        boolean isEnded() {
            return ended;
        }

        private void work() {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                ended = true;
                teller.release();
            }
        }
    }

    Turn turn(Runnable work) {
        return new Turn(work);
    }
}
