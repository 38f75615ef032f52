// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.duocollector.app.CamelApplication;
import dev.duocollector.failure.ExitCode;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.RangeGuard;
import dev.duocollector.run.Stream;
import dev.duocollector.settings.StreamName;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.text.Count;
import dev.duocollector.text.JsonText;
import dev.duocollector.text.Log;
import dev.duocollector.text.PlainLine;
import dev.duocollector.verify.Comparison.Difference;
import dev.duocollector.verify.Comparison.Kind;
import dev.duocollector.verify.Comparison.Place;
import dev.duocollector.verify.Comparison.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows that the bucket holds what Duo has: each event of a time once, and nothing else. */
@Command(
        name = "verify",
        description = {
            "Reads a past time from Duo again and compares it with the bucket. Writes nothing.",
            "The result goes to standard output, without phone numbers; how far it is, to standard error."
        },
        exitCodeList = {
            "0:every event of the time is in the bucket exactly once, and nothing else",
            "1:they differ; or the comparison was not finished, and nothing is known: the last line says which",
            "2:wrong use, or needs an operator; the last line says what to do"
        },
        footer = {
            "  verify --from 2026-11-01 --to 2026-11-08",
            "  verify --from 2026-11-01 --to 2026-11-08 --json > verified.json",
            "Takes as long as to collect the time once more, and up to 64 bytes of memory an",
            "event."
        })
final class VerifyCommand implements Callable<Integer> {

    private static final Log LOG = Log.of(VerifyCommand.class);

    @Mixin
    private RangeOptions options = new RangeOptions();

    @Mixin
    private StreamOptions streams = new StreamOptions();

    @Option(names = "--json", description = "Print one JSON document instead of lines.")
    private boolean json;

    @Override
    public Integer call() {
        TimeRange range = options.range(true);
        CamelApplication application = CamelApplication.onRange(range).of(streams.selection());
        return application.perform(ExitCode.AGAIN, context -> verify(application, context));
    }

    private int verify(CamelApplication application, CamelContext context) {
        Stream stream = StreamOptions.only(context);
        String idName = stream.settings().log().duoLog().idMembers().get(0);
        RangeGuard.of(stream).verify();
        Exchange done = application.run("direct:verify");
        Result result = done.getMessage().getBody(Result.class);
        if (result == null) {
            RunOutcome outcome = application.reportOf(done);
            boolean isOperators = outcome == RunOutcome.OPERATOR;
            LOG.warn(
                    "The comparison was not finished: nothing is known. {} the same command again.",
                    isOperators ? "Do what the line before says, then run" : "Run");
            return isOperators ? ExitCode.OPERATOR : ExitCode.AGAIN;
        }
        VerifiedDays days = VerifiedDays.of(result);
        String names = StreamName.options(stream.settings());
        (json ? List.of(json(result, days, idName)) : lines(result, days.lines(Screen.ofOutput(), names), idName))
                .forEach(line -> System.out.println(PlainLine.of(line)));
        return exitCode(result);
    }

    private static int exitCode(Result result) {
        return result.isEqual() ? ExitCode.DONE : ExitCode.AGAIN;
    }

    /**
     * The result in words: counts, the days, the events that differ, and what that comes to.
     *
     * @param days the lines about the days
     * @param idName what Duo calls an event's id in this log
     */
    static List<String> lines(Result result, List<String> days, String idName) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s: Duo shows %s; the bucket has %s in %s.",
                result.range(),
                Count.grouped(result.duoEvents(), "different event"),
                Count.grouped(result.bucketEvents(), "line"),
                Count.grouped(result.objects(), "object")));
        result.counts()
                .forEach((kind, count) ->
                        lines.add(String.format(Locale.ROOT, "  %-8s %,7d  %s", name(kind), count, kind.meaning())));
        lines.addAll(days);
        for (Kind kind : Kind.values()) {
            List<Difference> ofKind = result.differences().stream()
                    .filter(difference -> difference.kind() == kind)
                    .toList();
            ofKind.forEach(difference -> lines.add(line(difference, idName)));
            long more = result.counts().get(kind) - ofKind.size();
            if (more > 0) {
                lines.add(String.format(Locale.ROOT, "%s: and %,d more", name(kind), more));
            }
        }
        if (result.withheld() > 0) {
            lines.add("Duo said that it holds " + Count.grouped(result.withheld(), "event")
                    + " more than it gave, also when it was asked once more: what these are is not known.");
        }
        lines.add(
                result.isEqual()
                        ? "Every event is in the bucket exactly once."
                        : "Duo and the bucket differ. See OPERATIONS, \"Verify\", for what each kind means.");
        return lines;
    }

    private static String line(Difference difference, String idName) {
        return name(difference.kind()) + ": "
                + difference.time().map(Object::toString).orElse("no time")
                + (difference.id().isEmpty() ? "" : " " + idName + " " + difference.id())
                + difference.places().stream()
                        .map(Place::toString)
                        .collect(Collectors.joining(" and ", difference.places().isEmpty() ? "" : " in ", ""));
    }

    private static String json(Result result, VerifiedDays days, String idName) {
        ObjectNode root = JsonNodeFactory.instance
                .objectNode()
                .put("exitCode", exitCode(result))
                .put("from", result.range().from().toString())
                .put("to", result.range().to().toString())
                .put("equal", result.isEqual())
                .put("duoEvents", result.duoEvents())
                .put("withheld", result.withheld())
                .put("bucketEvents", result.bucketEvents())
                .put("objects", result.objects());
        result.counts().forEach((kind, count) -> root.put(name(kind), count));
        days.json(root);
        ArrayNode differences = root.putArray("differences");
        for (Difference difference : result.differences()) {
            ObjectNode node = differences.addObject().put("kind", name(difference.kind()));
            difference.time().ifPresent(time -> node.put("time", time.toString()));
            if (!difference.id().isEmpty()) {
                node.put(idName, difference.id());
            }
            ArrayNode places = node.putArray("places");
            difference
                    .places()
                    .forEach(place ->
                            places.addObject().put("object", place.object()).put("line", place.line()));
        }
        return JsonText.line(root);
    }

    private static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
