// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.settings.DuoLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A log of Duo's for the model: events in the order of their times, to the millisecond, each shown from some time on.
 * An offset is the position of the last event before it, so what is shown late behind a reader's position is passed over.
 */
final class ModelDuo {

    /** An event, by its number, with the time that Duo sorts it by and how long after that it is shown. */
    record Event(int number, Instant ts, Duration delay, boolean readableTime, String json) {

        boolean isShown(Instant now) {
            return !ts.plus(delay).isAfter(now);
        }
    }

    /** What identifies an event, in its own JSON and as UDM: its number, and whose it is. */
    private static final Pattern ID = Pattern.compile("\"n(\\d+)@([^\"]+)\"");

    private static final int NONE = -1;

    private final NavigableMap<String, Event> log = new TreeMap<>();
    private final DuoLog kind;
    private final String stream;
    private final boolean offsetBehindShortPages;
    private int withdrawn = NONE;

    /**
     * @param stream names the stream whose events these are
     * @param offsetBehindShortPages whether a page shorter than the limit has a next_offset; Duo's has been seen with and
     *     without
     */
    ModelDuo(DuoLog kind, String stream, boolean offsetBehindShortPages) {
        this.kind = kind;
        this.stream = stream;
        this.offsetBehindShortPages = offsetBehindShortPages;
    }

    /** Adds an event; without a readable time Duo sorts it by one all the same. */
    void add(int number, Instant ts, Duration delay, boolean readableTime) {
        String id = "\"n" + number + "@" + stream + "\"";
        String time = "\"" + kind.timeMember() + "\":\"" + ts + "\"";
        String json = "{\"n\":" + number + ","
                + switch (kind) {
                    case TELEPHONY ->
                        "\"telephony_id\":" + id
                                + ",\"context\":\"authentication\",\"type\":\"sms\",\"phone\":\"+12025550100\",\"credits\":1";
                    case AUTHENTICATION ->
                        "\"txid\":" + id
                                + ",\"event_type\":\"authentication\",\"result\":\"success\",\"reason\":\"user_approved\"";
                    case ACTIVITY ->
                        "\"activity_id\":" + id
                                + ",\"action\":{\"name\":\"phone_update\"},\"actor\":{\"name\":\"Example Admin\"}";
                }
                + (readableTime ? "," + time : "") + "}";
        log.put(position(ts, number), new Event(number, ts, delay, readableTime, json));
    }

    /** Returns the number of the event that a line was made of, which must be one of this log. */
    int number(String line) {
        Matcher found = ID.matcher(line);
        if (!found.find() || !found.group(2).equals(stream)) {
            throw new AssertionError("No event of " + stream + ": " + line);
        }
        return Integer.parseInt(found.group(1));
    }

    List<Event> events() {
        return List.copyOf(log.values());
    }

    /** Shows an event no more; the first one that is asked for, which is told. */
    boolean withdraw(int number) {
        if (withdrawn != NONE) {
            return false;
        }
        withdrawn = number;
        return true;
    }

    boolean isWithdrawn(int number) {
        return number == withdrawn;
    }

    /**
     * What is to be answered.
     *
     * @param log whose page it is
     * @param items its events
     * @param next where reading goes on, empty if Duo knows of nothing more
     * @param total how many events the whole window has
     */
    record Page(DuoLog log, List<String> items, String next, int total) {

        /** Returns a page that ends the window, with the first of the events only. */
        Page cutTo(int most) {
            return new Page(log, items.subList(0, most), "", total);
        }

        /**
         * Returns the body of Duo's answer.
         *
         * @param said what it says of the total, empty for nothing
         */
        String body(String said) {
            String offset = "\"" + next + "\"";
            if (log == DuoLog.AUTHENTICATION) {
                offset = "[" + offset.replace(",", "\", \"") + "]";
            }
            return "{\"stat\": \"OK\", \"response\": {\"" + log.listMember() + "\": [" + String.join(", ", items)
                    + "], \"metadata\": {\"next_offset\": " + (next.isEmpty() ? "null" : offset)
                    + (said.isEmpty() ? "" : ", \"total_objects\": " + said) + "}}}";
        }
    }

    /**
     * Looks up what a query, as it goes over the wire, asks for.
     *
     * @param hidden which events are left out this once
     */
    Page page(Map<String, String> query, Instant now, IntPredicate hidden) {
        long mintime = Long.parseLong(query.get("mintime"));
        long maxtime = Long.parseLong(query.get("maxtime"));
        int limit = Integer.parseInt(query.get("limit"));
        String offset = query.getOrDefault("next_offset", "");
        List<String> items = new ArrayList<>();
        int read = 0;
        int total = 0;
        String last = offset;
        for (Map.Entry<String, Event> entry : log.entrySet()) {
            Event event = entry.getValue();
            long millis = event.ts().toEpochMilli();
            if (millis >= mintime && millis <= maxtime && isShown(event, now)) {
                total++;
                if (entry.getKey().compareTo(offset) > 0 && read < limit) {
                    if (!hidden.test(event.number())) {
                        items.add(event.json());
                    }
                    read++;
                    last = entry.getKey();
                }
            }
        }
        boolean more = (read == limit || offsetBehindShortPages) && !items.isEmpty();
        return new Page(kind, items, more ? last : "", total);
    }

    private boolean isShown(Event event, Instant now) {
        return event.isShown(now) && !isWithdrawn(event.number());
    }

    /** Both parts have as many digits for each event, so that the order of texts is that of times. */
    private static String position(Instant ts, int number) {
        return ts.toEpochMilli() + "," + (1000 + number);
    }
}
