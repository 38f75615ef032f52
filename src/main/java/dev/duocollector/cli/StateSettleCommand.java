// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.operate.Settle;
import dev.duocollector.operate.StatePlan;
import dev.duocollector.state.StateSnapshot;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says of a pending batch whether it is stored. */
@Command(
        name = "settle",
        description = {
            "Says of the pending batch what no run can know.",
            "A run that finds an object under the batch's key that is not whole, or finds the batch nowhere, leaves it pending."
                    + " Look at what is there, then say --stored or --missing. Stop every collector first."
        },
        exitCodeList = {
            "0:done, or said what it would do",
            "1:S3 failed, or a collector wrote meanwhile: the same command again may succeed",
            "2:wrong use, nothing pending, an object that is there, a write that may still arrive, or no consent; nothing was"
                    + " changed"
        },
        footer = {
            "  state settle --stored --dry-run   what it would do",
            "  state settle --missing            to have its events read again"
        })
final class StateSettleCommand extends StateCommand.Subcommand {

    @ArgGroup(multiplicity = "1")
    private Verdict verdict = new Verdict();

    @Mixin
    private StateCommand.ChangeOptions options = new StateCommand.ChangeOptions();

    /** One of the two must be said. */
    static final class Verdict {

        @Option(
                names = "--stored",
                required = true,
                description = "Its events are in the bucket, or where a feed has taken them. They are not read again.")
        private boolean stored;

        @Option(
                names = "--missing",
                required = true,
                description =
                        "Nothing of it is there, and its events must be read again. Refused while anything is under its"
                                + " keys, and until the state is 30 minutes old.")
        private boolean missing;
    }

    @Override
    int run(StateCommand.Session session) {
        StateSnapshot before = session.state().look();
        return change(session, options, before, plan(session, before));
    }

    private StatePlan plan(StateCommand.Session session, StateSnapshot before) {
        if (verdict.missing == verdict.stored) {
            throw new IllegalStateException("picocli lets one of the two through");
        }
        return verdict.stored ? Settle.stored(before) : Settle.missing(before, session.s3(), session.settings());
    }
}
