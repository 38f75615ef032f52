// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.EventShape;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.source.DuoEvent;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * What {@link EventShape#DUO_CLIENT} adds behind Duo's own members: {@code eventtype}, {@code host}, and for the telephony log
 * {@code timestamp}; never in place of one that is there. Adds it to a line, and takes it off a stored one.
 *
 * @param log whose events they are
 * @param host the account's API host, in lower case
 */
record ClientFields(DuoLog log, String host) {

    /**
     * Gives each field that an event gets.
     *
     * @param isThere tells whether the event has a member of a name
     * @param time the event's; empty if it has none
     */
    void forEach(Predicate<String> isThere, Optional<Instant> time, BiConsumer<String, Object> fields) {
        if (!isThere.test("eventtype")) {
            fields.accept("eventtype", log.toString());
        }
        if (!isThere.test("host")) {
            fields.accept("host", host);
        }
        Optional<Long> timestamp = timestamp(log, time);
        if (timestamp.isPresent() && !isThere.test("timestamp")) {
            fields.accept("timestamp", timestamp.get());
        }
    }

    private static Optional<Long> timestamp(DuoLog log, Optional<Instant> time) {
        return log.getsTimestamp() ? time.map(Instant::getEpochSecond) : Optional.empty();
    }

    /**
     * Returns the event of a stored line as Duo sent it: a line of the shape {@code duo-client} without the members that the
     * collector appended, any other as it is. What is taken off is exactly what was appended, to the byte, so that an event
     * which an operator's step or another program has rewritten stays as it is. The host may be any: the account's was another
     * before Duo moved it.
     */
    static DuoEvent without(DuoEvent line) throws IOException {
        DuoLog log = line.log();
        Optional<Long> timestamp = timestamp(log, line.ts());
        boolean shaped = line.names().contains("eventtype")
                && line.names().contains("host")
                && (timestamp.isEmpty() || line.names().contains("timestamp"));
        if (!shaped) {
            return line;
        }
        byte[] json = line.json();
        int brace = json.length - 1;
        int end = brace;
        if (timestamp.isPresent()) {
            end = without(json, end, "\"timestamp\":" + timestamp.get());
        }
        end = withoutHost(json, end);
        end = without(json, end, "\"eventtype\":\"" + log + '"');
        if (end == brace) {
            return line;
        }
        byte[] sent = Arrays.copyOf(json, end + 1);
        sent[end] = '}';
        return DuoEvent.of(sent, log);
    }

    private static int withoutHost(byte[] json, int end) {
        int start = end - 1;
        while (start > 0 && json[start - 1] != '"') {
            start--;
        }
        String text = new String(json, start, Math.max(0, end - 1 - start), ISO_8859_1);
        return SettingTable.API_HOST
                .type()
                .reader()
                .apply(text)
                .filter(text::equals)
                .map(host -> without(json, end, "\"host\":\"" + host + '"'))
                .orElse(end);
    }

    /** Returns where the text ends without its last member, if that is the given one. */
    private static int without(byte[] json, int end, String member) {
        byte[] bytes = member.getBytes(UTF_8);
        int start = end - bytes.length;
        if (start < 1 || !Arrays.equals(json, start, end, bytes, 0, bytes.length)) {
            return end;
        }
        return json[start - 1] == ',' ? start - 1 : start == 1 ? start : end;
    }
}
