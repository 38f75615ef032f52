// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.demo;

import dev.duocollector.app.CamelApplication;
import dev.duocollector.run.RunReport;
import dev.duocollector.run.Streams;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.spi.EventNotifier;
import org.apache.camel.support.service.ServiceHelper;

/**
 * The collector as the program starts it, in this JVM: the routes and settings of the working directory, or else those of the
 * class path. Some settings are overridden; the environment is not read. Credentials come from the SDK's chain, as always.
 */
public final class LocalCollector implements AutoCloseable {

    private final CamelApplication application;

    private LocalCollector(CamelApplication application) {
        this.application = application;
    }

    /** Starts a collector that makes a run when it is asked to. */
    public static LocalCollector start(Map<String, String> settings) {
        CamelApplication application = CamelApplication.withoutSchedule(Map.of(), settings);
        try {
            application.start();
        } catch (Exception e) { // what Camel declares
            throw new IllegalStateException("The collector does not start", e);
        }
        return new LocalCollector(application);
    }

    /** Makes one run. */
    public RunReport run() {
        Exchange done = application.run(Streams.of(application.context()).all().get(0));
        RunReport report = done.getMessage().getBody(RunReport.class);
        if (report == null) {
            throw new IllegalStateException("The run ended without a report", done.getException());
        }
        return report;
    }

    /** Tells the notifier of whatever happens from now on. */
    void notify(EventNotifier notifier) {
        ServiceHelper.startService(notifier);
        application.context().getManagementStrategy().addEventNotifier(notifier);
    }

    @Override
    public void close() {
        application.stop();
    }
}
