// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.duocollector.failure.ExitCode;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.operate.Times;
import dev.duocollector.settings.SettingType;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.StateSnapshot;
import dev.duocollector.state.Window;
import dev.duocollector.text.JsonText;
import dev.duocollector.text.PhoneNumbers;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Shows how far the log is collected. */
@Command(
        name = "show",
        description = "Shows how far the log is collected, and what is open; only reads.",
        exitCodeList = {
            "0:shown, or there is no state yet",
            "1:later than --max-lag; or S3 failed, and the same command again may succeed",
            "2:wrong use, or the state is refused; it is shown as far as it can be read"
        },
        footer = {
            "  state show                 for people",
            "  state show --json          for programs: each log in \"streams\", lagSeconds, …",
            "  state show --max-lag 3h    for monitoring: exits with 1 when it is later"
        })
final class StateShowCommand extends StateCommand.Subcommand {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--json", description = "Print one JSON document instead of lines.")
    private boolean json;

    @Option(
            names = "--max-lag",
            paramLabel = "DURATION",
            converter = LagMax.class,
            description = {
                "Exit with 1 when the log is collected only through a time longer ago than this, such as 3h or 90m, or when"
                        + " there is no state yet."
            })
    private @Nullable Duration lagMax;

    /** What --json shows, a state each. */
    private final ArrayNode streams = JSON.createArrayNode();

    /** A duration as the settings have them; only a positive one makes sense here. */
    static final class LagMax implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            return SettingType.parseDuration(value)
                    .filter(max -> !max.isZero() && !max.isNegative())
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + value + "' is not a positive duration such as 90s, 30m, 3h, 1d or PT3H"));
        }
    }

    @Override
    int run(StateCommand.Session session) {
        StateSnapshot shown;
        try {
            shown = session.state().look();
        } catch (RefusedException e) {
            if (e.outcome() != RunOutcome.OPERATOR) {
                // The store cannot be reached, which goes for the other logs as well.
                throw e;
            }
            if (json) {
                document(session).put("refused", e.getMessage());
            }
            session.err().println(name(session) + e.getMessage());
            return e.outcome().exitCode();
        }
        if (json) {
            json(shown, session);
        } else {
            rows(shown, session).forEach((name, value) -> session.out().println(row(name, value)));
            Screen.ofOutput().ifPresent(screen -> draw(shown, session, screen));
        }
        if (shown.refusal().isPresent()) {
            session.err().println(shown.refusalMessage());
            return ExitCode.OPERATOR;
        }
        Optional<String> late = late(shown, session.now());
        late.ifPresent(line -> session.err().println(name(session) + line));
        return late.isPresent() ? ExitCode.AGAIN : ExitCode.DONE;
    }

    private static String row(String name, String value) {
        return String.format(Locale.ROOT, "%-11s %s", name, value);
    }

    private static void draw(StateSnapshot shown, StateCommand.Session session, Screen screen) {
        if (shown.checkpoint().isPresent() && shown.refusal().isEmpty()) {
            Screen right = new Screen(screen.width() - row("", "").length(), screen.hasBlocks());
            String name = "Days";
            for (String line : CollectedDays.draw(shown.checkpoint().get(), session.now(), right)) {
                session.out().println(row(name, line));
                name = "";
            }
        }
    }

    /** Names the log in front of a line, where there are several. */
    private static String name(StateCommand.Session session) {
        String label = session.settings().label();
        return label.isEmpty() ? "" : label + ": ";
    }

    private Optional<String> late(StateSnapshot shown, Instant now) {
        Duration max = lagMax;
        if (max == null) {
            return Optional.empty();
        }
        if (shown.checkpoint().isEmpty()) {
            return Optional.of("Late: nothing is collected yet, and --max-lag is " + Times.text(max) + ".");
        }
        Instant through = shown.checkpoint().get().committedThrough();
        Duration lag = Duration.between(through, now);
        return lag.compareTo(max) <= 0
                ? Optional.empty()
                : Optional.of("Late: collected through " + through + ", " + Times.text(lag) + " ago, and --max-lag is "
                        + Times.text(max) + ".");
    }

    private static Map<String, String> rows(StateSnapshot shown, StateCommand.Session session) {
        Map<String, String> rows = new LinkedHashMap<>();
        if (!session.settings().label().isEmpty()) {
            rows.put("Log", session.settings().label());
        }
        if (!shown.exists()) {
            String lookback = Times.text(session.settings().log().lookback());
            rows.put("State", shown.place() + ": there is none yet");
            rows.put("Account", session.settings().owner());
            rows.put("Covered", "nothing; the first run begins " + lookback + " ago (duo.lookback)");
            return rows;
        }
        Map<String, String> readable = shown.readable();
        String written = shown.writtenAt().map(Instant::toString).orElse("at an unknown time");
        rows.put("State", shown.place());
        rows.put("Written", String.format(Locale.ROOT, "%s, %,d bytes", written, shown.bytes()));
        rows.put("Account", value(readable, "owner"));
        rows.put("Format", "version " + value(readable, "version") + ", write " + value(readable, "writeId"));
        if (shown.checkpoint().isPresent()) {
            rows.putAll(rows(shown, shown.checkpoint().get(), session.now()));
        } else {
            rows.put("Covered", value(readable, "committedThrough"));
        }
        return rows;
    }

    private static Map<String, String> rows(StateSnapshot shown, Checkpoint known, Instant now) {
        Map<String, String> rows = new LinkedHashMap<>();
        Duration lag = Duration.between(known.committedThrough(), now);
        String ago = Times.text(lag) + (lag.isNegative() ? " ahead" : " ago");
        Optional<String> window = known.openWindow()
                .map(open -> open + " is open, page " + open.page() + " next, cursor " + open.cursor());
        Optional<String> pending = known.pendingBatch().map(batch -> batch + ", not known to be in the bucket");
        String keys = shown.eventKeys().size() + ", complete since " + known.keysFrom() + newest(shown.eventKeys());
        rows.put("Covered", "through " + known.committedThrough() + ", " + ago);
        rows.put("Window", window.orElse("none open"));
        rows.put("Pending", pending.orElse("nothing"));
        rows.put("Event keys", keys);
        return rows;
    }

    private static String newest(Map<String, Instant> keys) {
        return keys.isEmpty() ? "" : ", the newest of " + Collections.max(keys.values());
    }

    private static String value(Map<String, String> readable, String name) {
        // A damaged state may hold anything, control sequences and phone numbers included.
        return PhoneNumbers.masked(readable.getOrDefault(name, "unreadable")).replaceAll("\\p{Cntrl}", "?");
    }

    @Override
    void end(int exitCode, PrintWriter out) {
        if (json) {
            ObjectNode document = JSON.createObjectNode();
            document.set("streams", streams);
            out.println(JsonText.line(document.put("exitCode", exitCode)));
        }
    }

    private ObjectNode document(StateCommand.Session session) {
        return streams.addObject()
                .put("account", session.settings().account().apiHost())
                .put("log", session.settings().log().duoLog().toString());
    }

    private void json(StateSnapshot shown, StateCommand.Session session) {
        ObjectNode root = document(session);
        root.put("place", shown.place());
        root.put("exists", shown.exists());
        root.put("refused", shown.refusal().isPresent() ? shown.refusalMessage() : null);
        Optional<String> refusal = shown.refusal().map(reason -> reason.name().toLowerCase(Locale.ROOT));
        root.put("refusal", refusal.orElse(null));
        root.put("bytes", shown.bytes());
        root.put("writtenAt", shown.writtenAt().map(Instant::toString).orElse(null));
        Map<String, String> readable = shown.readable();
        root.set("version", number(readable.get("version")));
        root.put(
                "owner",
                Optional.ofNullable(readable.get("owner"))
                        .map(PhoneNumbers::masked)
                        .orElse(null));
        root.put("writeId", readable.get("writeId"));
        root.put("committedThrough", readable.get("committedThrough"));
        Checkpoint known = shown.checkpoint().orElse(null);
        if (known != null) {
            Duration lag = Duration.between(known.committedThrough(), session.now());
            root.put("lagSeconds", lag.toMillis() / 1000.0);
            root.put("keysFrom", known.keysFrom().toString());
            root.put("eventKeys", shown.eventKeys().size());
            known.openWindow().ifPresent(open -> window(root.putObject("window"), open));
            known.pendingBatch().ifPresent(pending -> pending(root.putObject("pending"), pending));
        }
    }

    private static JsonNode number(@Nullable String text) {
        try {
            return text == null ? JSON.nullNode() : JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return JSON.getNodeFactory().textNode(text);
        }
    }

    private static void window(ObjectNode node, Window open) {
        node.put("mintime", open.mintime().toString());
        node.put("maxtime", open.maxtime().toString());
        node.put("limit", open.limit());
        node.put("page", open.page());
        node.put("cursor", open.cursor().toString());
        Times.ofOffset(open.cursor().offset()).ifPresent(time -> node.put("readThrough", time.toString()));
    }

    private static void pending(ObjectNode node, Batch pending) {
        node.put("objectKey", pending.objectKey());
        node.put("udmObjectKey", pending.isUdmWanted() ? pending.udmKey() : null);
        node.put("events", pending.eventKeys().size());
    }
}
