// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.EventTime;
import dev.duocollector.text.Count;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The result of a conversion, in counts; no event's content. Its size does not grow with the input. */
final class UdmSummary {

    private static final int FIELDS_MAX = 50;
    private static final int FIELD_CHARS_MAX = 60;
    private static final String OTHER_FIELDS = "(others)";

    private final Map<String, Long> types = new TreeMap<>();
    private final Map<String, Long> unmapped = new TreeMap<>();
    private long inputs;
    private long lines;
    private long mapped;
    private long problems;
    private long withoutTarget;
    private long withoutTimestamp;
    private long withoutHost;
    private @Nullable Instant first;
    private @Nullable Instant last;

    void input() {
        inputs++;
    }

    void line() {
        lines++;
    }

    void problem() {
        problems++;
    }

    void mapped(Map<?, ?> event, DuoLog log, Map<String, Object> udm, UdmMapper mapper) {
        mapped++;
        Map<?, ?> metadata = (Map<?, ?>) udm.get("metadata");
        types.merge(String.valueOf(metadata.get("eventType")), 1L, Long::sum);
        EventTime.parse(String.valueOf(metadata.get("eventTimestamp"))).ifPresent(this::time);
        withoutTarget += UdmRules.lacksTarget(udm) ? 1 : 0;
        if (log == DuoLog.TELEPHONY) {
            withoutTimestamp += event.containsKey("timestamp") ? 0 : 1;
            withoutHost += event.containsKey("host") ? 0 : 1;
        }
        for (Object field : event.keySet()) {
            if (!mapper.isMapped(log, String.valueOf(field))) {
                unmapped(String.valueOf(field));
            }
        }
    }

    private void time(Instant time) {
        if (first == null || time.isBefore(first)) {
            first = time;
        }
        if (last == null || time.isAfter(last)) {
            last = time;
        }
    }

    /** Counts a field by its name, or with others once there are many names, since they may not be Duo's. */
    private void unmapped(String field) {
        String name = printable(field);
        unmapped.merge(unmapped.containsKey(name) || unmapped.size() < FIELDS_MAX ? name : OTHER_FIELDS, 1L, Long::sum);
    }

    private static String printable(String field) {
        String plain = field.codePoints()
                .limit(FIELD_CHARS_MAX)
                .map(c -> Character.isISOControl(c) || Character.isWhitespace(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return plain.isEmpty() ? "\"\"" : plain;
    }

    long problems() {
        return problems;
    }

    /** Returns the summary, one line for each thing worth saying. */
    List<String> report() {
        List<String> report = new ArrayList<>();
        report.add(Count.grouped(inputs, "input") + ", " + Count.grouped(lines, "line") + ": "
                + Count.grouped(mapped, "event") + " mapped, " + Count.grouped(problems, "problem") + ".");
        if (mapped > 0) {
            report.add("Event types: " + counts(types));
            report.add("Times: " + first + " to " + last);
            report.add("Fields that the table does not map: " + (unmapped.isEmpty() ? "none" : counts(unmapped)));
        }
        note(
                report,
                withoutHost,
                "without host: GENERIC_EVENT, and no principal.hostname. The collector adds it with event.shape=duo-client.");
        note(
                report,
                withoutTimestamp,
                "without timestamp: should Google's parser still read that one, and not ts, their time will be that of ingestion. The"
                        + " collector adds it with event.shape=duo-client.");
        note(
                report,
                withoutTarget,
                "of USER_UNCATEGORIZED without target: Google's guide asks for one, and Google's own table sets none.");
        return report;
    }

    private static void note(List<String> report, long events, String what) {
        if (events > 0) {
            report.add("Note: " + Count.grouped(events, "event") + " " + what);
        }
    }

    private static String counts(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(count -> String.format(Locale.ROOT, "%s %,d", count.getKey(), count.getValue()))
                .collect(Collectors.joining(", "));
    }
}
