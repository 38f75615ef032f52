// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.PollWindow;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Opens the window that a run reads next: in memory, since it is written only once Duo has answered. */
final class WindowOpening {

    /**
     * How long after its opening a first window may be written for the first time. A back-fill that begins meanwhile finds no
     * state, and keeps away from a window that would be opened then.
     */
    static final Duration FIRST_MAX = Duration.ofMinutes(5);

    private WindowOpening() {}

    /**
     * Opens it, unless there is nothing to read yet.
     *
     * @param checkpoint how far the log has been collected, null on a first run
     */
    static void open(Run run, @Nullable Checkpoint checkpoint) {
        Stream stream = run.stream();
        Optional<PollWindow.Next> next = checkpoint == null
                ? stream.pollWindow().first(run.time().now(), stream.firstRun().notBefore())
                : stream.pollWindow().next(checkpoint, run.time().now());
        if (next.isEmpty()) {
            return;
        }
        next.get().gap().ifPresent(run::gapBefore);
        if (checkpoint == null) {
            Ticker ticker = stream.ticker();
            long opened = ticker.nanos();
            stream.state().openWindow(next.get().window(), () -> ticker.nanos() - opened <= FIRST_MAX.toNanos());
        } else {
            stream.state().openWindow(next.get().window());
        }
        run.read(next.get().window());
    }
}
