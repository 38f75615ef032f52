// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import dev.duocollector.demo.LocalCollector;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.RunReport;
import java.util.Map;

/** One run of the collector as the program starts it. */
final class CollectorJob implements Job {

    private final LocalCollector collector;

    CollectorJob(Map<String, String> settings) {
        collector = LocalCollector.start(settings);
    }

    @Override
    public void run() {
        RunReport report = collector.run();
        if (report.outcome() != RunOutcome.DONE) {
            throw new IllegalStateException(report.line());
        }
    }

    @Override
    public void close() {
        collector.close();
    }
}
