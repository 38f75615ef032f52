// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Makes events with the fields that Duo sends, the same ones for the same seed. They become visible two minutes after
 * their ts, which is Duo's delay. Field set and values as in the response example of https://duo.com/docs/adminapi, phone
 * numbers from the range kept free for examples.
 */
public final class MadeUpEvents {
    /** See https://duo.com/docs/adminapi: "There is a two minute delay in availability of new telephony logs." */
    public static final Duration DELAY = Duration.ofMinutes(2);

    private static final DateTimeFormatter TS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final List<String> CONTEXTS =
            List.of("authentication", "authentication", "enrollment", "administrator login", "verify");

    /** What a careless reader or writer of JSON, or of Camel's languages, changes. */
    private static final List<String> EXOTIC_FIELDS = List.of(
            "\"credits\":2.50",
            "\"credits\":1E+2",
            "\"credits\":-0.0",
            "\"credits\":12345678901234567890",
            "\"credits\":0.1000000000000000055511151231257827",
            "\"context\":\"line\u2028separator, paragraph\u2029separator\"",
            "\"context\":\"escaped \\u2028 and \\u0000 and \\/ and \\\"\"",
            "\"context\":\"line\\nfeed, carriage\\rreturn\"",
            "\"context\":\"\uD83D\uDCDE and \\ud83d\\udcde\"",
            "\"context\":\"\u0130stanbul \u0131\u015F\u0131k, \u00E9 and e\u0301\"",
            "\"device\":{\"os\":{\"name\":\"\",\"versions\":[1,2.0,null,true,[],{}]}},\"new_field\":null",
            "\"host\":\"kept.example\",\"eventtype\":\"kept\",\"timestamp\":\"kept\"",
            "\"\":\"empty name\",\"a b\":\"<&>'\",\"${body}\":\"{{duo.skey}} ${header.x} $simple{body}\"");

    private final Random random;

    public MadeUpEvents(long seed) {
        this.random = new Random(seed);
    }

    /** Returns an event with all of Duo's fields. */
    public SimulatedEvent at(Instant ts) {
        String id = uuid();
        return event(
                ts, id, "{" + ordinary() + "," + telephonyId(id) + "," + ts(ts) + "," + txid() + "," + type() + "}");
    }

    /** Returns an event of the authentication log, with the members that duo_log_sync's fixtures have. */
    public SimulatedEvent authentication(Instant ts) {
        String id = uuid();
        return event(
                ts,
                id,
                "{\"access_device\":{\"browser\":null,\"ip\":\"198.51.100." + random.nextInt(250)
                        + "\",\"is_encryption_enabled\":\"unknown\",\"location\":{\"city\":\"Springfield\",\"country\":\"United States\"}},"
                        + "\"alias\":\"\",\"application\":{\"key\":\"DIEXAMPLE00000000001\",\"name\":\"Example VPN\"},"
                        + "\"auth_device\":{\"ip\":null,\"name\":\"+120255501" + random.nextInt(10) + random.nextInt(10)
                        + "\"},\"email\":\"a.person@example.com\",\"event_type\":\"authentication\",\"factor\":\"duo_push\","
                        + "\"isotimestamp\":\"" + TS.format(ts)
                        + "\",\"reason\":\"user_approved\",\"result\":\"success\","
                        + "\"timestamp\":" + ts.getEpochSecond() + ",\"txid\":\"" + id
                        + "\",\"user\":{\"groups\":[],\"name\":\"aperson\"}}");
    }

    /** Returns an event of the activity log; some of its members are JSON in a text. */
    public SimulatedEvent activity(Instant ts) {
        String id = uuid();
        return event(
                ts,
                id,
                "{\"access_device\":null,\"action\":{\"details\":null,\"name\":\"phone_update\"},\"activity_id\":\""
                        + id
                        + "\",\"actor\":{\"details\":\"{\\\"email\\\": \\\"admin@example.com\\\"}\",\"name\":\"Example Admin\",\"type\":\"admin\"},"
                        + "\"akey\":\"DAEXAMPLE00000000001\",\"application\":null,\"old_target\":null,\"outcome\":null,"
                        + "\"target\":{\"details\":\"{\\\"number\\\": \\\"+120255501" + random.nextInt(10)
                        + random.nextInt(10)
                        + "\\\"}\",\"name\":null,\"type\":\"phone\"},\"ts\":\"" + TS.format(ts) + "\"}");
    }

    /** Returns events that lie evenly in the time, the first at its beginning, none at its end. */
    public List<SimulatedEvent> spread(int count, Instant from, Instant to) {
        Duration step = Duration.between(from, to).dividedBy(Math.max(1, count));
        return IntStream.range(0, count)
                .mapToObj(i -> at(from.plus(step.multipliedBy(i))))
                .toList();
    }

    /** Returns another event with this one's ts and telephony_id and a txid of its own, as duo_log_sync's fixture has. */
    public SimulatedEvent twinOf(SimulatedEvent event) {
        String json = event.json().replaceFirst("\"txid\":\"[^\"]*\"", txid());
        return new SimulatedEvent(event.ts(), event.visibleFrom(), event.id() + "/" + uuid(), json);
    }

    public SimulatedEvent withoutTs(Instant at) {
        String id = uuid();
        return event(at, id, "{" + ordinary() + "," + telephonyId(id) + "," + txid() + "," + type() + "}");
    }

    public SimulatedEvent withoutTelephonyId(Instant at) {
        return event(at, uuid(), "{" + ordinary() + "," + ts(at) + "," + txid() + "," + type() + "}");
    }

    /** Returns events, one a millisecond, each with something that is easily changed on the way. */
    public List<SimulatedEvent> exotic(Instant from) {
        List<SimulatedEvent> events = new ArrayList<>();
        for (String fields : EXOTIC_FIELDS) {
            Instant ts = from.plusMillis(events.size());
            String id = uuid();
            events.add(event(ts, id, "{" + telephonyId(id) + "," + ts(ts) + "," + fields + "}"));
        }
        Instant ts = from.plusMillis(events.size());
        String id = uuid();
        events.add(
                event(ts, id, "{\n  " + ts(ts) + ",\r\n\t" + telephonyId(id) + " ,\n  \"credits\" : [\n 1 ,\n 2 ]\n}"));
        return events;
    }

    private static SimulatedEvent event(Instant ts, String id, String json) {
        return new SimulatedEvent(ts, ts.plus(DELAY), id, json);
    }

    private String ordinary() {
        return "\"context\":\"" + CONTEXTS.get(random.nextInt(CONTEXTS.size())) + "\",\"credits\":" + random.nextInt(7)
                + ",\"phone\":\"+120255501" + random.nextInt(10) + random.nextInt(10) + "\"";
    }

    private static String telephonyId(String id) {
        return "\"telephony_id\":\"" + id + "\"";
    }

    private static String ts(Instant ts) {
        return "\"ts\":\"" + TS.format(ts) + "\"";
    }

    private String txid() {
        return "\"txid\":\"" + uuid() + "\"";
    }

    private String type() {
        return "\"type\":\"" + (random.nextBoolean() ? "sms" : "phone") + "\"";
    }

    private String uuid() {
        // The bits of version 4 and of the usual variant.
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() >>> 2) | Long.MIN_VALUE;
        return new UUID(high, low).toString();
    }
}
