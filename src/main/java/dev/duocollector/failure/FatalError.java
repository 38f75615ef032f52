// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.failure;

import java.util.Optional;
import org.apache.camel.CamelContext;

/**
 * An error of the JVM's own, such as an exhausted heap: whatever was under way may be half done, also in the libraries, so the
 * collector does not go on. A StackOverflowError is none: it has unwound its thread, and the run's failure is all of it.
 *
 * <p>What ends is decided by whoever runs the routes: an {@link Ending} in the registry, which for the runnable jar ends the
 * process. Without one, in a container or another application, the collector's own Camel context stops, and nothing else.
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
                .filter(error -> !(error instanceof StackOverflowError))
                .map(VirtualMachineError.class::cast);
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
        // On a thread of its own: a context waits for the exchange that this is.
        Thread stopping = new Thread(
                camel::stop, "collector stops after " + error.get().getClass().getSimpleName());
        stopping.setDaemon(true);
        stopping.start();
    }

    /** Hands on what is fatal, so that no border makes a passing failure of it. */
    public static void rethrow(Exception caught) throws Exception {
        if (behind(caught).isPresent()) {
            throw caught;
        }
    }

    /** One line on it. */
    public static String line(VirtualMachineError error) {
        return "The collector ends: the JVM has met " + FailureText.brief(error)
                + ". Nothing is lost; the next run recovers. Give it more memory with -Xmx if this comes again.";
    }
}
