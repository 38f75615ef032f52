// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets the runs of one stream follow one another, which Duo's pace and the checkpoint both require, and at most one of the
 * schedule's wait. Thread-safe.
 */
final class Turn {

    /** How often whoever waits looks whether the program stops. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Semaphore free = new Semaphore(1, true);
    private final AtomicBoolean asked = new AtomicBoolean();

    /** Asks for a run; false if one is asked for already and has not begun. */
    boolean ask() {
        return asked.compareAndSet(false, true);
    }

    /** Takes back what was asked for, and could not be handed on. */
    void forget() {
        asked.set(false);
    }

    /** Begins a run, once the run before has ended; false if the program stops meanwhile. */
    boolean begin(Pause pause) {
        try {
            while (!free.tryAcquire(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
                if (pause.isStopping()) {
                    return false;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        asked.set(false);
        return true;
    }

    void end() {
        free.release();
    }

    @Override
    public String toString() {
        return "Turn[free " + free.availablePermits() + ", asked " + asked + "]";
    }
}
