// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.operate.SetThrough;
import dev.duocollector.operate.StatePlan;
import dev.duocollector.sink.BucketEvents;
import dev.duocollector.state.StateSnapshot;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Moves what counts as collected to another time. */
@Command(
        name = "set-through",
        description = {
            "Has the log count as collected through a time.",
            "Back, what is after it is read again, and what the bucket holds of it counts as seen, so nothing is stored"
                    + " twice. Forward, what is between is never read. Also makes a state where there is none, or one that"
                    + " is refused. It says all this before it asks. Stop every collector first."
        },
        exitCodeList = {
            "0:done, or said what it would do",
            "1:S3 failed, or a collector wrote meanwhile: the same command again may succeed",
            "2:wrong use, a time out of bounds, a batch that could be lost, or no consent; nothing was changed"
        },
        footer = {
            "  state set-through now-3d --dry-run             to read three days again",
            "  state set-through 2026-11-23T08:00:00Z --yes   from a script"
        })
final class StateSetThroughCommand extends StateCommand.Subcommand {

    @Parameters(paramLabel = "TIME", description = TimeArgument.FORMS + ".")
    private String time = "";

    @Mixin
    private StateCommand.ChangeOptions options = new StateCommand.ChangeOptions();

    @Option(
            names = "--no-skip-existing",
            description =
                    "Do not read the bucket: events of the time that is read again are there twice then, unless the"
                            + " state knows them.")
    private boolean noSkipExisting;

    @Override
    int run(StateCommand.Session session) {
        StateSnapshot before = session.state().look();
        Instant now = session.time(before);
        Instant through = TimeArgument.parse(time, now)
                .orElseThrow(() -> RefusedException.operator(
                        "'" + time + "' is not a time. Allowed: " + TimeArgument.FORMS + "."));
        Optional<BucketEvents> bucket =
                noSkipExisting ? Optional.empty() : Optional.of(BucketEvents.of(session.s3(), session.settings()));
        StatePlan plan = SetThrough.plan(before, through, session.settings(), now, bucket, session.err()::println);
        return change(session, options, before, plan);
    }
}
