// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import dev.duocollector.failure.ExitCode;
import dev.duocollector.failure.FatalError;
import dev.duocollector.text.Log;

/** Ends the runnable jar's process on an error of the JVM: it would stay alive, answer probes, and never collect again. */
public final class FatalExit {

    private static final Log LOG = Log.of(FatalExit.class);

    private FatalExit() {}

    /** Ends the process when a thread meets one and nothing catches it; other failures are logged. */
    public static void onEveryThread() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            FatalError.behind(failure).ifPresent(FatalExit::end);
            LOG.error("The thread {} has ended by a failure", thread.getName(), failure);
        });
    }

    /** Logs what happened, if that still works, and ends the process with 1, without shutdown hooks: they may hang. */
    static void end(VirtualMachineError error) {
        try {
            LOG.error(FatalError.line(error));
        } finally {
            Runtime.getRuntime().halt(ExitCode.AGAIN);
        }
    }
}
