// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.duocollector.settings.DuoLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One event of a log of Duo's: the JSON that Duo sent, and a mutable map over it for an operator's steps.
 *
 * <p>The JSON is parsed at the first access to the map, not before. Integers become {@code Integer}, {@code Long} or
 * {@code BigInteger}, other numbers {@code BigDecimal}; one that none of these prints as sent becomes a {@code Number} that
 * does. Objects and arrays become mutable maps and lists. Key, time and JSON are those of the event as sent, whatever was
 * done to the map. In Simple a member is {@code ${body[0][ts]}}; {@code ${body[0].ts}} is the method. Like most maps it is
 * not safe for use by several threads at once.
 */
public final class DuoEvent extends AbstractMap<String, @Nullable Object> {

    private final DuoLog log;
    private final byte[] json;
    private final List<String> names;
    private final @Nullable Instant ts;
    private final boolean isToTheSecond;
    private final CallKind kind;
    private final int credits;
    private @Nullable String eventKey;
    private @Nullable Map<String, @Nullable Object> members;

    /** Takes over the array, which must hold one valid JSON object without line breaks, nothing around it. */
    DuoEvent(
            DuoLog log,
            byte[] json,
            List<String> names,
            @Nullable Instant ts,
            boolean isToTheSecond,
            CallKind kind,
            int credits) {
        this.log = log;
        this.json = json;
        this.names = names;
        this.ts = ts;
        this.isToTheSecond = isToTheSecond;
        this.kind = kind;
        this.credits = credits;
    }

    /**
     * Reads one event from its JSON text, blanks around it allowed.
     *
     * @throws IOException if the text is anything but one JSON object in UTF-8; the message does not quote it
     */
    public static DuoEvent of(byte[] json, DuoLog log) throws IOException {
        try (JsonParser parser = EventJson.parser(json)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                DuoEvent event = EventJson.event(parser, json, log, List.of());
                if (parser.nextToken() == null) {
                    return event;
                }
            }
        } catch (IOException e) {
            throw new IOException("an event must be one JSON object, but " + EventJson.flaw(e));
        }
        throw new IOException("an event must be one JSON object, but it is something else or more than that");
    }

    /** Returns the 22 characters, safe in URLs and keys, that identify this event, whatever was done to the map. */
    public String eventKey() {
        if (eventKey == null) {
            eventKey = EventKey.of(json);
        }
        return eventKey;
    }

    /** Returns the log that it is of. */
    public DuoLog log() {
        return log;
    }

    /** Returns its time, {@code ts} or what its log has in that place, with all digits; empty if there is none to be read. */
    public Optional<Instant> ts() {
        return Optional.ofNullable(ts);
    }

    /** Returns the last millisecond that its time may mean: its second's last, if it is known to the second only. */
    public Optional<Instant> latestTs() {
        return ts().map(time -> (isToTheSecond ? time.plusMillis(999) : time).truncatedTo(ChronoUnit.MILLIS));
    }

    /** Returns whether its time is a second's begin, and it may be of any moment in that second: a log's second time has no fraction. */
    public boolean isToTheSecond() {
        return isToTheSecond;
    }

    /** Returns what it was for, and whether it was a call or a message, as Duo sent it. */
    public CallKind kind() {
        return kind;
    }

    /** Returns the credits that Duo took for it; 0 if it does not say so in a number. */
    public int credits() {
        return credits;
    }

    /** Returns a copy of the JSON as Duo sent it, without the line breaks between its tokens. */
    public byte[] json() {
        return json.clone();
    }

    /** Returns the names of the members that Duo sent, in their order. */
    public List<String> names() {
        return names;
    }

    /** Returns whether the map still says what Duo sent; a change below the first level and one undone count as well. */
    public boolean unchanged() {
        return members == null || members.equals(parsed());
    }

    @Override
    public Set<Entry<String, @Nullable Object>> entrySet() {
        return members().entrySet();
    }

    @Override
    public boolean containsKey(Object key) {
        return members().containsKey(key);
    }

    @Override
    public @Nullable Object get(Object key) {
        return members().get(key);
    }

    @Override
    public @Nullable Object put(String key, @Nullable Object value) {
        return members().put(key, value);
    }

    @Override
    public @Nullable Object remove(Object key) {
        return members().remove(key);
    }

    /** Names the event by its key only: a log must not hold the phone number. */
    @Override
    public String toString() {
        return "DuoEvent[" + eventKey() + "]";
    }

    private Map<String, @Nullable Object> members() {
        if (members == null) {
            members = parsed();
        }
        return members;
    }

    private Map<String, @Nullable Object> parsed() {
        try {
            return EventJson.members(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
