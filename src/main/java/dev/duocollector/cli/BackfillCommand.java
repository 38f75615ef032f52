// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.app.CamelApplication;
import dev.duocollector.failure.ExitCode;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.RangeGuard;
import dev.duocollector.run.Stream;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.Window;
import dev.duocollector.text.Log;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.camel.CamelContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads a past time into the bucket, as a run would, with a state of its own. */
@Command(
        name = "backfill",
        description = {
            "Reads a past time of Duo's log into the bucket: what is there already is left out.",
            "It has a checkpoint of its own. Stopped or killed, it continues when the same command is run again."
        },
        exitCodeList = {
            "0:done: every event that Duo shows of the time is in the bucket",
            "1:failed or stopped: the same command continues (130 on Ctrl-C, the same)",
            "2:wrong use, or needs an operator; the last line says what to do"
        },
        footer = {
            "  backfill --from 2026-06-01 --to 2026-11-01    what Duo has of five months",
            "  backfill --from 2026-11-03T08:00:00Z --to 2026-11-03T12:00:00Z",
            "Duo allows about two requests a minute (duo.page.pause), 1000 events each: a",
            "million events take eight hours."
        })
final class BackfillCommand implements Callable<Integer> {

    private static final Log LOG = Log.of(BackfillCommand.class);

    @Mixin
    private RangeOptions options = new RangeOptions();

    @Mixin
    private StreamOptions streams = new StreamOptions();

    @Option(
            names = "--no-skip-existing",
            description = "Write every event of the time, also what is in the bucket: it is there twice then.")
    private boolean noSkipExisting;

    @Override
    public Integer call() {
        CamelApplication application =
                CamelApplication.onRange(options.range(!noSkipExisting)).of(streams.selection());
        return application.perform(ExitCode.AGAIN, context -> backfill(application, context));
    }

    /** Does it in a started application, and returns the exit code. */
    private static int backfill(CamelApplication application, CamelContext context) {
        Stream stream = StreamOptions.only(context);
        Settings settings = stream.settings();
        TimeRange range = settings.log().range().orElseThrow();
        Optional<Checkpoint> before = RangeGuard.of(stream).backfill();
        Optional<Window> open = before.flatMap(Checkpoint::openWindow);
        String state =
                "s3://" + settings.account().bucket() + "/" + settings.log().stateKey();
        if (before.isPresent() && open.isEmpty()) {
            LOG.info(
                    "The back-fill of {} was done before. To do it again, delete its state, {}, and run the same"
                            + " command.",
                    range,
                    state);
            return ExitCode.DONE;
        }
        LOG.info(
                "Back-fill of {} from {} into s3://{}/{} {}; its state is {}.",
                range,
                settings.account().apiHost(),
                settings.account().bucket(),
                settings.log().prefix(),
                open.map(window -> "continues with page " + window.page()).orElse("begins"),
                state);
        return report(application.reportOf(application.run(stream)), range);
    }

    private static int report(RunOutcome outcome, TimeRange range) {
        if (outcome == RunOutcome.DONE) {
            LOG.info("The back-fill of {} is done.", range);
            return ExitCode.DONE;
        }
        if (outcome == RunOutcome.OPERATOR) {
            LOG.warn("The back-fill of {} is not done. First do what the line before says.", range);
            return ExitCode.OPERATOR;
        }
        LOG.warn("The back-fill of {} is not done. Run the same command again: it continues where it stopped.", range);
        return ExitCode.AGAIN;
    }
}
