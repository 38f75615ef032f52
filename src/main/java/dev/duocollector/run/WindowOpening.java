// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.Settings;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.PollWindow;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/** Opens the window that a run reads next: in memory, since it is written only once Duo has answered. */
final class WindowOpening {

    /**
     * How long after its opening a first window may be written for the first time. A back-fill that begins meanwhile finds no
     * state, and keeps away from a window that would be opened then.
     */
    static final Duration FIRST_MAX = Duration.ofMinutes(5);

    private final CollectorState state;
    private final PollWindow pollWindow;
    private final FirstRun firstRun;
    private final Ticker ticker;

    WindowOpening(CollectorState state, Settings settings, S3Client s3, Ticker ticker) {
        this.state = state;
        this.pollWindow = PollWindow.of(settings);
        this.firstRun = new FirstRun(s3, settings);
        this.ticker = ticker;
    }

    /**
     * Opens it, unless there is nothing to read yet.
     *
     * @param checkpoint how far the log has been collected, null on a first run
     */
    void open(Run run, @Nullable Checkpoint checkpoint) {
        Optional<PollWindow.Next> next = checkpoint == null
                ? pollWindow.first(run.time().now(), firstRun.notBefore())
                : pollWindow.next(checkpoint, run.time().now());
        if (next.isEmpty()) {
            return;
        }
        next.get().gap().ifPresent(run::gapBefore);
        if (checkpoint == null) {
            long opened = ticker.nanos();
            state.openWindow(next.get().window(), () -> ticker.nanos() - opened <= FIRST_MAX.toNanos());
        } else {
            state.openWindow(next.get().window());
        }
        run.read(next.get().window());
    }
}
