// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.failure;

import java.util.Optional;
import org.apache.camel.CamelContext;

/**
 * An error of the JVM, such as an exhausted heap: any work, also in the libraries, may be half done, so the collector does
 * not continue. A StackOverflowError is not fatal: it has unwound its thread, and only that run fails.
 *
 * <p>The application that runs the routes decides what ends: an {@link Ending} in the registry, which for the runnable jar
 * ends the process. Without one, in a container or another application, the collector's own Camel context stops, and nothing
 * else.
 */
public final class FatalError {

    private FatalError() {}

    /** What a fatal error ends. */
    @FunctionalInterface
    public interface Ending {
        /** Is called on the thread that met it, and need not return. */
        void end(VirtualMachineError error);
    }

    /** Returns the error behind a failure, if it is one. */
    public static Optional<VirtualMachineError> behind(Throwable failure) {
        return FailureText.causeOf(failure, VirtualMachineError.class)
                .filter(error -> !(error instanceof StackOverflowError));
    }

    /** Ends what is to end, if the failure is fatal. */
    public static void check(CamelContext camel, Throwable failure) {
        Optional<VirtualMachineError> error = behind(failure);
        if (error.isEmpty()) {
            return;
        }
        Ending ending = camel.getRegistry().findSingleByType(Ending.class);
        if (ending != null) {
            ending.end(error.get());
            return;
        }
        // On a thread of its own: the context waits for the exchange that runs this.
        Thread stopping = new Thread(
                camel::stop, "collector stops after " + error.get().getClass().getSimpleName());
        stopping.setDaemon(true);
        stopping.start();
    }

    /** Rethrows what is fatal, so that no border treats it as a failure that may pass. */
    public static void rethrow(Exception caught) throws Exception {
        if (behind(caught).isPresent()) {
            throw caught;
        }
    }

    /** One line on it. */
    public static String line(VirtualMachineError error) {
        // Of all that the JVM calls a lack of memory, what the system limits for a user or a container.
        String remedy = String.valueOf(error.getMessage()).contains("native thread")
                ? "Allow it more threads (ulimit -u, systemd's TasksMax=, a container's pids limit)"
                : "Give it more memory with -Xmx";
        return "The collector ends: the JVM has met " + FailureText.brief(error)
                + ". Nothing is lost; the next run recovers. " + remedy + " if this happens again.";
    }
}
