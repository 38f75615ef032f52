// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.duocollector.app.CamelSettings;
import dev.duocollector.failure.ExitCode;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.operate.Times;
import dev.duocollector.settings.Accounts;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.SettingsException;
import dev.duocollector.sink.S3Clients;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.ChildrenObject;
import dev.duocollector.state.StateObject;
import dev.duocollector.state.StateSnapshot;
import dev.duocollector.text.JsonText;
import dev.duocollector.text.PlainLine;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.s3.S3Client;

/** Shows in a line for each log how far it is collected, by what is in the bucket. */
@Command(
        name = "status",
        description = {
            "Shows in a line for each log how far it is collected, and what is open.",
            "It only reads the states in the bucket, so it also works while a collector runs elsewhere, or none does."
        },
        exitCodeList = {
            "0:shown, and no log is late",
            "1:a log is further back than --max-lag; or S3 failed, and the same command again may succeed",
            "2:wrong use, or a state is refused; the other logs are shown"
        },
        footer = {
            "  status                 for people",
            "  status --json          for programs: one object, with the logs in \"streams\"",
            "  status --max-lag 3h    for monitoring: exits with 1 when a log is further back"
        })
final class StatusCommand implements Callable<Integer> {

    private static final String ROW = "%-25s %-12s %s";
    private static final String SHARD = "%-6s";
    private static final int NAME_WIDTH = 14;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON document instead of lines.")
    private boolean json;

    @Option(
            names = "--max-lag",
            paramLabel = "DURATION",
            converter = StateShowCommand.LagMax.class,
            description =
                    "Exit with 1 when a log is collected only through a time longer ago than this, such as 3h, or not at all.")
    private @Nullable Duration lagMax;

    @Mixin
    private StreamOptions options = new StreamOptions();

    private final Map<String, String> environment;
    private final Clock clock;

    StatusCommand() {
        this(System.getenv(), Clock.systemUTC());
    }

    StatusCommand(Map<String, String> environment, Clock clock) {
        this.environment = environment;
        this.clock = clock;
    }

    /**
     * How far one log is collected.
     *
     * @param state its state; empty if it cannot be read, which an operator must see to
     * @param trouble what is wrong with the state; empty if nothing is
     */
    private record Status(Settings settings, Optional<StateSnapshot> state, Optional<String> trouble, Instant now) {

        /** @throws RefusedException if the store cannot be reached, which goes for the other logs as well */
        static Status of(Settings settings, StateObject object, Instant now) {
            try {
                StateSnapshot state = object.look();
                return new Status(
                        settings, Optional.of(state), state.refusal().map(refusal -> state.refusalMessage()), now);
            } catch (RefusedException e) {
                if (e.outcome() != RunOutcome.OPERATOR) {
                    throw e;
                }
                return new Status(settings, Optional.empty(), Optional.of(String.valueOf(e.getMessage())), now);
            }
        }

        String name() {
            return settings.streamName().toString();
        }

        private Optional<Checkpoint> checkpoint() {
            return state.flatMap(StateSnapshot::checkpoint);
        }

        Optional<Instant> through() {
            return checkpoint().map(Checkpoint::committedThrough);
        }

        Optional<Duration> lag() {
            return through().map(time -> Duration.between(time, now));
        }

        boolean isLate(@Nullable Duration max) {
            return max != null && lag().filter(lag -> lag.compareTo(max) <= 0).isEmpty();
        }

        /** Which of the shards has it; empty if there are none. */
        Optional<Integer> shard() {
            return settings.account().shard().map(shards -> shards.of(settings.owner()));
        }

        String row() {
            return shard().map(shard -> String.format(Locale.ROOT, SHARD, shard))
                            .orElse("")
                    + String.format(
                            Locale.ROOT,
                            ROW,
                            through().map(Instant::toString).orElse("-"),
                            lag().map(lag -> Times.text(lag) + (lag.isNegative() ? " ahead" : ""))
                                    .orElse("-"),
                            open());
        }

        private String open() {
            if (trouble.isPresent()) {
                return state.isPresent() ? "the state is refused" : "the state cannot be read";
            }
            if (!state.orElseThrow().exists()) {
                return "no run has stored anything yet";
            }
            String window = checkpoint()
                    .flatMap(Checkpoint::openWindow)
                    .map(open -> "in window " + open + ", page " + open.page() + " next")
                    .orElse("");
            String pending = checkpoint()
                    .flatMap(Checkpoint::pendingBatch)
                    .map(batch -> "pending " + batch.objectKey())
                    .orElse("");
            return window + (window.isEmpty() || pending.isEmpty() ? "" : "; ") + pending;
        }

        void into(ObjectNode node, @Nullable Duration max) {
            node.put("account", settings.account().apiHost())
                    .put("log", settings.log().duoLog().toString());
            if (!settings.name().isEmpty()) {
                node.put("name", settings.name());
            }
            shard().ifPresent(shard -> node.put("shard", shard));
            node.put("state", state.map(StateSnapshot::place).orElse(null));
            node.put("coveredThrough", through().map(Instant::toString).orElse(null));
            node.put("lagSeconds", lag().map(lag -> lag.toMillis() / 1000.0).orElse(null));
            node.put("windowOpen", checkpoint().flatMap(Checkpoint::openWindow).isPresent());
            node.put(
                    "pending",
                    checkpoint()
                            .flatMap(Checkpoint::pendingBatch)
                            .map(Batch::objectKey)
                            .orElse(null));
            node.put("refused", trouble.orElse(null));
            node.put("late", isLate(max));
        }
    }

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec, "spec").commandLine().getOut();
        PrintWriter err = Objects.requireNonNull(spec, "spec").commandLine().getErr();
        try {
            Settings shared = CamelSettings.of(environment).with(Settings::withoutKeys);
            try (S3Client s3 = S3Clients.create(shared)) {
                Accounts.Found found = ChildrenObject.look(new Accounts(shared, options.selection()), s3);
                found.problems().forEach(line -> err.println(PlainLine.of(line)));
                List<Status> streams = found.ofEachStream().stream()
                        .map(each -> Status.of(each, StateObject.of(s3, each, clock), clock.instant()))
                        .toList();
                int exitCode = Math.max(found.exitCode(), exitCode(streams));
                (json ? List.of(document(streams, exitCode)) : rows(streams))
                        .forEach(line -> out.println(PlainLine.of(line)));
                streams.forEach(stream -> stream.trouble()
                        .ifPresent(trouble -> err.println(PlainLine.of(stream.name() + ": " + trouble))));
                if (streams.isEmpty() && found.problems().isEmpty()) {
                    err.println("No account is configured.");
                }
                return exitCode;
            }
        } catch (SettingsException e) {
            e.problems().forEach(line -> err.println(PlainLine.of(line)));
            return e.outcome().exitCode();
        } catch (RefusedException e) {
            err.println(PlainLine.of(e.getMessage()));
            return e.outcome().exitCode();
        }
    }

    private int exitCode(List<Status> streams) {
        if (streams.isEmpty()
                || streams.stream().anyMatch(stream -> stream.trouble().isPresent())) {
            return ExitCode.OPERATOR;
        }
        return streams.stream().anyMatch(stream -> stream.isLate(lagMax)) ? ExitCode.AGAIN : ExitCode.DONE;
    }

    private List<String> rows(List<Status> streams) {
        int width = streams.stream().mapToInt(stream -> stream.name().length()).reduce(NAME_WIDTH, Math::max) + 1;
        String row = "%-" + width + "s%s";
        List<String> rows = new ArrayList<>();
        boolean hasShards = streams.stream().anyMatch(stream -> stream.shard().isPresent());
        rows.add(String.format(
                Locale.ROOT,
                row,
                "LOG",
                (hasShards ? String.format(Locale.ROOT, SHARD, "SHARD") : "")
                        + String.format(Locale.ROOT, ROW, "COVERED THROUGH", "LAG", "OPEN")));
        streams.forEach(stream -> rows.add(
                String.format(Locale.ROOT, row, stream.name(), stream.row()).stripTrailing()
                        + (stream.isLate(lagMax) ? "   LATE (--max-lag)" : "")));
        return rows;
    }

    private String document(List<Status> streams, int exitCode) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode all = root.putArray("streams");
        streams.forEach(stream -> stream.into(all.addObject(), lagMax));
        root.put("exitCode", exitCode);
        return JsonText.line(root);
    }
}
