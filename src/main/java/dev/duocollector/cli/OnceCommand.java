// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.app.CamelApplication;
import dev.duocollector.settings.Selection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes one run, for external schedulers: cron, a Kubernetes CronJob, a container on Lambda. */
@Command(
        name = "once",
        description = {
            "Makes one run of each log in duo.logs, until its window is read to its end, and exits with the worst exit code."
                    + " With streams.shard, of the logs of this shard, unless --account or --log say otherwise.",
            "With metrics.textfile or metrics.push it leaves its figures there; it opens no port."
        },
        exitCodeList = {
            "0:everything up to two minutes ago (duo.lag) is in the bucket",
            "1:failed, held up by Duo's rate limit, or more to read after max.iterations: the next run continues",
            "2:needs an operator; the last line says what to do"
        },
        footer = {
            "  once              read what there is, store it, exit",
            "  once --dry-run    say what that would begin with, and try your steps"
        })
final class OnceCommand implements Callable<Integer> {

    @Mixin
    private FirstOption first = new FirstOption();

    @Mixin
    private StreamOptions streams = new StreamOptions();

    @Option(
            names = "--dry-run",
            description = {
                "Read the state and one page as the next run would, print the window, the number of events, how many of"
                        + " them are new, their times, and what your steps make of them; write nothing, and send"
                        + " nothing to a second place."
            })
    private boolean dryRun;

    @Option(
            names = "--show",
            description =
                    "With --dry-run: print the lines before and after your steps as they are. They hold phone numbers.")
    private boolean show;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (show && !dryRun) {
            throw new ParameterException(spec.commandLine(), "--show has a meaning with --dry-run only.");
        }
        CamelApplication application = CamelApplication.withoutSchedule(first.overrides());
        if (!streams.selection().equals(Selection.ALL)) {
            application.of(streams.selection());
        }
        return dryRun ? application.dryRun(System.out, show) : application.runOnce();
    }
}
