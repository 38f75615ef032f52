// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import dev.duocollector.text.Log;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.CamelContext;
import org.apache.camel.main.MainSupport;
import org.jspecify.annotations.Nullable;

/** How the program ends on SIGTERM, the ordinary way to stop a service. */
final class StopSignal {

    private static final Log LOG = Log.of(StopSignal.class);

    /** How long Camel gets for its components after its own time-out. */
    private static final long SHUTDOWN_SECONDS_MORE = 5;

    private StopSignal() {}

    /**
     * Makes SIGTERM exit with this code after the shutdown hooks have run; the JVM's own is 143. SIGINT keeps its 130. By
     * reflection, because sun.misc.Signal is not part of the platform that --release knows.
     */
    static void exitWith(int code, MainSupport camel) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object exit = Proxy.newProxyInstance(
                    StopSignal.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        endAfterShutdownTimeout(code, camel.getCamelContext());
                        System.exit(code);
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("TERM"), exit);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("SIGTERM will exit with the JVM's own code", e);
        }
    }

    /**
     * Ends the program a little after Camel's shutdown time-out, also when a thread still waits for a server and Camel for
     * the thread. The state is made to survive a kill.
     */
    private static void endAfterShutdownTimeout(int code, @Nullable CamelContext running) {
        if (running == null) {
            return;
        }
        long seconds = running.getShutdownStrategy().getTimeout() + SHUTDOWN_SECONDS_MORE;
        Thread end = new Thread(
                () -> {
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
                    Runtime.getRuntime().halt(code);
                },
                "shutdown time-out");
        end.setDaemon(true);
        end.start();
    }
}
