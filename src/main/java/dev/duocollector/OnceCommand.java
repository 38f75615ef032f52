// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  once              read what there is, store it, exit",
            "  once --dry-run    say what that would begin with"
        })
final class OnceCommand implements Callable<Integer> {

    @Option(
            names = "--dry-run",
            description = {
                "Read the state and one page as the next run would, print the window, the number of events, how many of"
                        + " them are new, and their times; write nothing."
            })
    private boolean dryRun;

    @Override
    public Integer call() {
        if (dryRun) {
            // Standard output is for the result. Logback looks at this once, when the first logger is made.
            System.setProperty("dev.duocollector.log.target", "System.err");
            return CamelApplication.withoutSchedule().dryRun(System.out);
        }
        return CamelApplication.withoutSchedule().runOnce();
    }
}
