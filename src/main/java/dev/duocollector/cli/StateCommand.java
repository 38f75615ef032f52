// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.app.CamelSettings;
import dev.duocollector.failure.ExitCode;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.operate.StatePlan;
import dev.duocollector.run.RangeGuard;
import dev.duocollector.run.RunTime;
import dev.duocollector.run.Ticker;
import dev.duocollector.settings.Accounts;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.Selection;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.SettingsException;
import dev.duocollector.sink.S3Clients;
import dev.duocollector.state.ChildrenObject;
import dev.duocollector.state.StateObject;
import dev.duocollector.state.StateSnapshot;
import dev.duocollector.text.Count;
import dev.duocollector.text.PlainLine;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.s3.S3Client;

/** Shows and changes how far the log counts as collected. */
@Command(
        name = "state",
        description = "Shows and changes how far the log counts as collected.",
        subcommands = {
            StateShowCommand.class,
            StateSetThroughCommand.class,
            StateImportCommand.class,
            StateSettleCommand.class,
            HelpCommand.class
        },
        exitCodeList = {
            "0:done",
            "1:S3 failed, or a collector wrote meanwhile: the same command again may succeed",
            "2:wrong use, a state that is refused, or no consent; nothing was changed"
        },
        footer = {
            "  state show                               how far, how late, what is open",
            "  state set-through now-3d --dry-run       to read three days again",
            "  state import duo-telephony/state.json    in place of the guide's Lambda",
            "  state settle --missing                   to read a lost batch again"
        })
final class StateCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--log",
            paramLabel = "LOG",
            converter = StreamOptions.ToLog.class,
            completionCandidates = StreamOptions.Logs.class,
            scope = ScopeType.INHERIT,
            description = "Which log's state, of those in duo.logs: telephony, authentication or activity.")
    private @Nullable DuoLog log;

    @Option(
            names = "--account",
            paramLabel = "NAME",
            converter = StreamOptions.ToAccount.class,
            scope = ScopeType.INHERIT,
            description = "Which account's state: the name of its file in the folder of accounts, or its API hostname.")
    private @Nullable String account;

    private final Map<String, String> environment;
    private final Clock clock;
    private final Confirmation confirmation;

    StateCommand() {
        this(System.getenv(), Clock.systemUTC(), Confirmation.ofTerminal());
    }

    StateCommand(Map<String, String> environment, Clock clock, Confirmation confirmation) {
        this.environment = environment;
        this.clock = clock;
        this.confirmation = confirmation;
    }

    /** What the subcommands that change the state have in common. */
    static final class ChangeOptions {

        @Option(names = "--yes", description = "Do not ask. Needed where there is no terminal.")
        private boolean yes;

        @Option(names = "--dry-run", description = "Say what it would do, and change nothing.")
        private boolean dryRun;

        @Option(
                names = "--no-copy",
                description = "Keep no copy of the old state. By default, one is put beside the state first, with the"
                        + " time in its name.")
        private boolean noCopy;
    }

    /**
     * A subcommand at work: what the settings name, and where to print.
     *
     * @param backfills the states of back-fills as they were before the bucket was read; none for one that changes nothing
     */
    record Session(
            Settings settings,
            S3Client s3,
            StateObject state,
            Map<String, String> backfills,
            Instant now,
            PrintWriter out,
            PrintWriter err) {

        /**
         * Returns what time it is for a change: the earlier of this machine's clock and of S3's, as for a run.
         *
         * @throws RefusedException if the two are too far apart
         */
        Instant time(StateSnapshot looked) {
            boolean isIgnored = settings.account().get(SettingTable.S3_CLOCK);
            return RunTime.begin(
                            isIgnored ? Optional.empty() : looked.answeredAt(),
                            Clock.fixed(now, ZoneOffset.UTC),
                            Ticker.system())
                    .now();
        }
    }

    /** Prints each line as one, whatever is in it. */
    private static final class PlainLines extends PrintWriter {

        PlainLines(PrintWriter to) {
            super(to, true);
        }

        @Override
        public void println(@Nullable String text) {
            super.println(PlainLine.of(text));
        }
    }

    /** What shows or changes the state. */
    abstract static class Subcommand implements Callable<Integer> {

        @ParentCommand
        private @Nullable StateCommand parent;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public final Integer call() {
            return parent().run(Objects.requireNonNull(spec, "spec"), this);
        }

        /** Does it, and returns the exit code. */
        abstract int run(Session session);

        /** Prints what there is to print once all states have been looked at. */
        void end(int exitCode, PrintWriter out) {}

        int change(Session session, ChangeOptions options, StateSnapshot before, StatePlan plan) {
            return parent().change(session, options, before, plan);
        }

        private StateCommand parent() {
            return Objects.requireNonNull(parent, "parent");
        }
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                Objects.requireNonNull(spec, "spec").commandLine(), "Missing: show, set-through, import, or settle.");
    }

    /** Runs a subcommand on the settings, and says in one line what goes wrong. */
    private int run(CommandSpec command, Subcommand action) {
        PrintWriter out = new PlainLines(command.commandLine().getOut());
        PrintWriter err = new PlainLines(command.commandLine().getErr());
        try {
            Settings shared = CamelSettings.of(environment).with(Settings::withoutKeys);
            Selection selection = new Selection(Optional.ofNullable(account), Optional.ofNullable(log));
            try (S3Client s3 = S3Clients.create(shared)) {
                Accounts.Found found = ChildrenObject.look(new Accounts(shared, selection), s3);
                found.problems().forEach(err::println);
                if (!(action instanceof StateShowCommand) || found.accounts().isEmpty()) {
                    StreamOptions.requireOne(found.ofEachStream());
                }
                int worst = found.exitCode();
                for (Settings settings : found.ofEachStream()) {
                    StateObject state = StateObject.of(s3, settings, clock);
                    Map<String, String> backfills = action instanceof StateShowCommand
                            ? Map.of()
                            : guard(s3, settings).backfills();
                    worst = Math.max(
                            worst, action.run(new Session(settings, s3, state, backfills, clock.instant(), out, err)));
                }
                action.end(worst, out);
                return worst;
            }
        } catch (SettingsException e) {
            e.problems().forEach(err::println);
            return e.outcome().exitCode();
        } catch (RefusedException e) {
            err.println(
                    e.outcome() == RunOutcome.OWNED
                            ? "Nothing was changed: a collector, or another command, has written or deleted the state meanwhile."
                                    + " Stop it, and try again."
                            : e.getMessage());
            return e.outcome().exitCode();
        }
    }

    /** Says what a plan means and, with consent, puts it into effect. */
    private int change(Session session, ChangeOptions options, StateSnapshot before, StatePlan plan) {
        // What such a back-fill has yet to write cannot be read back from the bucket, and does not count as seen.
        RangeGuard guard = guard(session.s3(), session.settings());
        guard.refuseUnfinishedBeside(plan.next());
        plan.says().forEach(session.out()::println);
        session.out().flush();
        if (options.dryRun) {
            session.out().println("Nothing was changed (--dry-run).");
            return ExitCode.DONE;
        }
        String copyKey = options.noCopy || !before.exists() ? null : copyKey(session);
        if (!confirmation.isGiven(options.yes, "Write this state?", session.err())) {
            return ExitCode.OPERATOR;
        }
        Optional<String> begun = guard.begunSince(session.backfills(), plan.next());
        if (begun.isPresent()) {
            throw new RefusedException(
                    RunOutcome.FAILED,
                    "Nothing was changed: a back-fill has written meanwhile, and what it stores would be read again. Its state is "
                            + begun.get() + ". Try again once it is done.");
        }
        session.state().replace(before, copyKey, plan.next(), plan.eventKeys());
        session.out()
                .println("Written: " + session.state() + ", collected through "
                        + plan.next().committedThrough() + ", "
                        + Count.of(plan.eventKeys().size(), "event key") + "."
                        + (copyKey == null
                                ? ""
                                : " As it was: s3://"
                                        + session.settings().account().bucket() + "/" + copyKey + "."));
        begun = guard.begunSince(session.backfills(), plan.next());
        if (begun.isPresent()) {
            throw RefusedException.operator(
                    "A back-fill has begun at the same moment, and would store what the collector reads"
                            + " again. Stop it, and delete its state, " + begun.get() + ", before the collector runs.");
        }
        return ExitCode.DONE;
    }

    private RangeGuard guard(S3Client s3, Settings settings) {
        return new RangeGuard(s3, settings, clock, Ticker.system());
    }

    private static String copyKey(Session session) {
        String key = session.state().copyKey();
        if (session.settings().log().prefix().contains(key)) {
            throw RefusedException.operator(
                    "The copy of the state, " + key + ", would be inside s3.prefix, and a feed would take it"
                            + " for a log. Save the state elsewhere, if you want to keep it, and add --no-copy.");
        }
        return key;
    }
}
