// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import dev.duocollector.failure.ExitCode;
import dev.duocollector.text.Log;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.CamelContext;
import org.apache.camel.main.MainSupport;
import org.apache.camel.spi.ShutdownStrategy;
import org.apache.camel.support.LifecycleStrategySupport;

/** How the program ends on SIGTERM, the ordinary way to stop a service. */
final class StopSignal {

    private static final Log LOG = Log.of(StopSignal.class);

    /** How long Camel gets for its components after its own time-out. */
    private static final long SHUTDOWN_SECONDS_MORE = 5;

    private StopSignal() {}

    /**
     * Makes SIGTERM exit with this code after the shutdown hooks have run, or with 1 if its work was not finished in time; the JVM's
     * own is 143. SIGINT keeps its 130. By reflection, because sun.misc.Signal is not part of the platform that --release knows.
     */
    static void exitWith(int code, MainSupport camel) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object exit = Proxy.newProxyInstance(
                    StopSignal.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        CamelContext running = camel.getCamelContext();
                        if (running != null) {
                            endAfterShutdownTimeout(running.getShutdownStrategy());
                            running.addLifecycleStrategy(new AfterTimeout());
                        }
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
    private static void endAfterShutdownTimeout(ShutdownStrategy shutdown) {
        long seconds = shutdown.getTimeout() + SHUTDOWN_SECONDS_MORE;
        Thread end = new Thread(
                () -> {
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
                    endUnfinished(shutdown);
                },
                "shutdown time-out");
        end.setDaemon(true);
        end.start();
    }

    private static void endUnfinished(ShutdownStrategy shutdown) {
        LOG.warn(
                "Stopped in the middle of its work, which was not finished within camel.main.shutdown-timeout ({} s). The next"
                        + " run continues.",
                shutdown.getTimeout());
        Runtime.getRuntime().halt(ExitCode.AGAIN);
    }

    /** Sees, once Camel has stopped, whether it did so by force. */
    private static final class AfterTimeout extends LifecycleStrategySupport {

        @Override
        public void onContextStopped(CamelContext stopped) {
            if (stopped.getShutdownStrategy().isTimeoutOccurred()) {
                endUnfinished(stopped.getShutdownStrategy());
            }
        }
    }
}
