// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Makes one run, for schedulers outside: cron, a Kubernetes CronJob, a container on Lambda. */
@Command(
        name = "once",
        mixinStandardHelpOptions = true,
        description = {
            "Makes one run, until the window is read to its end, and exits.",
            "With metrics.textfile or metrics.push it leaves its figures there; it opens no port."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything up to two minutes ago (duo.lag) is in the bucket",
            "1:failed, held up by Duo's rate limit, or more to read after max.iterations: the next run goes on",
            "2:an operator must act; the last line says how"
        })
final class OnceCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        return CamelApplication.withoutSchedule().runOnce();
    }
}
