// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.app.CamelApplication;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Collects by the schedule until the program is asked to stop. */
@Command(
        name = "run",
        description = {
            "Makes a run at once, then by duo.schedule (UTC), until it is asked to stop.",
            "Meanwhile it shows a status page at http://127.0.0.1:9876/, and health and metrics below it, at /observe/health"
                    + " and /observe/metrics, unless the settings observe.* say otherwise."
        },
        exitCodeList = {
            "0:asked to stop (SIGTERM); the current page was finished",
            "1:asked to stop, and the current page was not finished within camel.main.shutdown-timeout",
            "2:a setting or a route is wrong; each is named on a line of its own"
        })
final class RunCommand implements Callable<Integer> {

    @Mixin
    private FirstOption first = new FirstOption();

    @Override
    public Integer call() {
        return CamelApplication.withSchedule(first.overrides()).runUntilStopped();
    }
}
