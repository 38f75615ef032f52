// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.route.World;
import dev.duocollector.s3.EmbeddedS3;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.EventShape;
import dev.duocollector.settings.KeyPrefix;
import dev.duocollector.settings.TestSettings;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.sink.BucketEvents.StoredEvent;
import dev.duocollector.sink.BucketEvents.StoredObject;
import dev.duocollector.sink.BucketEvents.Writer;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.testing.Gzip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;

class BucketEventsTest {

    private static final String BUCKET = "bucket-events";
    private static final Instant FROM = Instant.parse("2026-11-20T00:00:00Z");
    private static final Instant TO = Instant.parse("2026-11-21T00:00:00Z");
    private static final String OURS = "duo-telephony/telephony_20261120T120000.000Z_00001_25c056ba8eb4.ndjson";
    private static final String LAMBDAS = "duo-telephony/telephony_20261120_120000.json";

    private final EmbeddedS3 s3 = World.s3();
    private final BucketEvents reader =
            new BucketEvents(s3.client(), BUCKET, new KeyPrefix("duo-telephony"), DuoLog.TELEPHONY);

    @BeforeEach
    void emptyBucket() {
        s3.createBucket(BUCKET);
        s3.objects(BUCKET, "")
                .keySet()
                .forEach(key -> s3.client()
                        .deleteObject(request -> request.bucket(BUCKET).key(key)));
    }

    @ParameterizedTest
    @EnumSource(EventShape.class)
    void events_haveTheKeysThatTheyHadWhenDuoSentThem(EventShape shape) throws IOException {
        MadeUpEvents madeUp = new MadeUpEvents(3);
        List<SimulatedEvent> sent = new ArrayList<>(madeUp.spread(3, FROM, TO));
        sent.addAll(madeUp.exotic(FROM.plusSeconds(1)));
        sent.add(madeUp.withoutTs(FROM));
        sent.add(madeUp.withoutTelephonyId(FROM));
        sent.add(new SimulatedEvent(FROM, FROM, "empty", "{}"));
        List<DuoEvent> events = parsed(sent);
        put(OURS, marshaled(events, shape));
        put(OURS.replace("00001", "00002") + ".gz", Gzip.of(marshaled(events, shape)));

        List<StoredEvent> found = read();

        List<String> keys = events.stream().map(DuoEvent::eventKey).toList();
        assertThat(found.subList(0, keys.size()))
                .extracting(StoredEvent::eventKey)
                .containsExactlyElementsOf(keys);
        assertThat(found.subList(keys.size(), found.size()))
                .extracting(StoredEvent::eventKey)
                .containsExactlyElementsOf(keys);
        assertThat(found.get(1)).hasToString(OURS + ", line 2");
        assertThat(found.get(1).time()).contains(sent.get(1).ts());
    }

    /** Python's json.dumps puts blanks after commas and colons, and escapes whatever is not ASCII. */
    @Test
    void linesOfTheLambda_haveTheKeysThatDuosEventsHave() throws IOException {
        String sent = "{\"context\":\"\u0130stanbul \uD83D\uDCDE \\u2028 \\/\",\"credits\":1,\"telephony_id\":\"a\","
                + "\"ts\":\"2026-11-20T10:00:00.123456+00:00\",\"list\":[1,2.5,true,null],\"object\":{\"a\":{}}}";
        String dumped =
                "{\"context\": \"\\u0130stanbul \\ud83d\\udcde \\u2028 /\", \"credits\": 1, \"telephony_id\": \"a\","
                        + " \"ts\": \"2026-11-20T10:00:00.123456+00:00\", \"list\": [1, 2.5, true, null], \"object\": {\"a\": {}}}";
        String withoutTime = "{\"telephony_id\": \"b\", \"ts\": null}";
        put(LAMBDAS, (dumped + "\n" + withoutTime).getBytes(UTF_8));

        assertThat(read())
                .extracting(StoredEvent::eventKey)
                .containsExactly(
                        DuoEvent.of(sent.getBytes(UTF_8), DuoLog.TELEPHONY).eventKey(),
                        DuoEvent.of(withoutTime.getBytes(UTF_8), DuoLog.TELEPHONY)
                                .eventKey());
        assertThat(reader.objects(FROM, TO)).extracting(StoredObject::writer).containsExactly(Writer.LAMBDA);
    }

    /** Duo moves accounts, and the collector goes on with the other host. */
    @Test
    void eventsOfTheHostBefore_haveTheKeysThatTheyHadWhenDuoSentThem() throws IOException {
        String sent = "{\"ts\":\"2026-11-20T10:00:00Z\"";
        put(
                OURS,
                (sent
                                + ",\"eventtype\":\"telephony\",\"host\":\"api-11111111.duofederal.com\",\"timestamp\":1795168800}")
                        .getBytes(UTF_8));

        assertThat(read())
                .extracting(StoredEvent::eventKey)
                .containsExactly(DuoEvent.of((sent + "}").getBytes(UTF_8), DuoLog.TELEPHONY)
                        .eventKey());
    }

    /** Only what the collector appended is taken off. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a field of Duo's own      | {'ts':'2026-11-20T10:00:00Z','host':'api-00000000.duosecurity.com'}",
                "another time              | {'ts':'2026-11-20T10:00:00Z','eventtype':'telephony','host':'api-00000000.duosecurity.com','timestamp':1}",
                "another program's blanks  | {'ts': '2026-11-20T10:00:00Z', 'eventtype': 'telephony', 'host': 'api-00000000.duosecurity.com', 'timestamp': 1795168800}",
                "no host of Duo's          | {'ts':'2026-11-20T10:00:00Z','timestamp':1,'eventtype':'telephony','host':'API-00000000.duosecurity.com'}",
                "members below the first   | {'ts':'2026-11-20T10:00:00Z','eventtype':1,'host':2,'timestamp':{'eventtype':'telephony','host':'api-00000000.duosecurity.com'}}",
            })
    void anEventThatOnlyLooksShaped_staysAsItStands(String why, String line) throws IOException {
        String json = line.replace('\'', '"');
        put(OURS, json.getBytes(UTF_8));

        assertThat(read())
                .as(why)
                .extracting(StoredEvent::eventKey)
                .containsExactly(
                        DuoEvent.of(json.getBytes(UTF_8), DuoLog.TELEPHONY).eventKey());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void objectThatIsNotAsLongAsItWasListed_isNotBelieved(boolean compressed) throws IOException {
        byte[] lines = "{\"ts\":\"2026-11-20T10:00:00Z\"}\n".getBytes(UTF_8);
        byte[] bytes = compressed ? Gzip.of(lines) : lines;
        String key = compressed ? OURS + ".gz" : OURS;
        put(key, bytes);
        assertThat(read()).as("as it was listed").hasSize(1);

        for (int listed : List.of(bytes.length - 1, bytes.length + 1)) {
            StoredObject object = new StoredObject(key, Writer.COLLECTOR, listed);
            assertThatThrownBy(() -> reader.read(object, FROM, TO, event -> {}))
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            refused -> assertThat(refused.outcome()).isEqualTo(RunOutcome.FAILED))
                    .hasMessageContainingAll(key, listed + " bytes by S3's list", "S3 gave " + bytes.length);
        }
    }

    @Test
    void time_isThatOfTheEventToTheMillisecond_bothEndsIncluded() {
        put(
                OURS,
                String.join(
                                "\n",
                                at("2026-11-19T23:59:59.999999Z"),
                                at("2026-11-20T00:00:00Z"),
                                at("2026-11-21T00:00:00.000999Z"),
                                at("2026-11-21T00:00:00.001Z"))
                        .getBytes(UTF_8));

        assertThat(read()).extracting(StoredEvent::line).containsExactly(2L, 3L);
    }

    /** An authentication whose time with a fraction cannot be read; whether it is in the time, nobody can tell. */
    @ParameterizedTest
    @CsvSource({
        "10:00:01, 11:00:00, 0",
        "10:00:00.999, 11:00:00, 1",
        "09:00:00, 10:00:00.998, 1",
        "09:00:00, 09:59:59.999, 0"
    })
    void eventKnownToTheSecond_mayBeAnywhereInIt(String from, String to, int found) {
        BucketEvents authentications =
                new BucketEvents(s3.client(), BUCKET, new KeyPrefix("duo-telephony"), DuoLog.AUTHENTICATION);
        String key = OURS.replace("telephony_", "authentication_");
        put(key, "{\"isotimestamp\":\"?\",\"timestamp\":1795168800}".getBytes(UTF_8));
        Instant begin = Instant.parse("2026-11-20T" + from + "Z");
        Instant end = Instant.parse("2026-11-20T" + to + "Z");
        List<StoredEvent> events = new ArrayList<>();

        authentications.objects(begin, end).forEach(object -> authentications.read(object, begin, end, events::add));

        assertThat(events)
                .hasSize(found)
                .allSatisfy(event -> assertThat(event.time()).isEmpty());
    }

    @Test
    void eventLaterThanItsWindow_isFound_upToAnOverlapLater() {
        BucketEvents own = BucketEvents.of(
                s3.client(),
                TestSettings.with("s3.bucket", BUCKET, "s3.prefix", "duo-telephony", "duo.overlap", "10m"));
        put(OURS, at("2026-11-20T12:10:00Z").getBytes(UTF_8));
        Instant overlapLater = Instant.parse("2026-11-20T12:10:00Z");

        assertThat(own.objects(overlapLater, TO)).hasSize(1);
        assertThat(own.objects(overlapLater.plusMillis(1), TO)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "telephony_20261119T235959.999Z_00001_25c056ba8eb4.ndjson,      false, its window ended before",
        "telephony_20261120T000000.000Z_00001_25c056ba8eb4.ndjson,      true,  its window ended at the first instant",
        "telephony_20270519T235959.000Z_00001_25c056ba8eb4.ndjson.gz,   true,  its window may have been as long as Duo keeps events",
        "telephony_20270520T000000.001Z_00001_25c056ba8eb4.ndjson.gz,   false, no window is that long",
        "telephony_20261119_235958.json,                                false, written before",
        "telephony_20261119_235959.json,                                true,  written within that second",
        "telephony_20271231_235959.json,                                true,  a Lambda may have been years behind",
        "telephony_20261399T235959.999Z_00001_25c056ba8eb4.ndjson,      true,  no such day: another program's name",
        "telephony_20261399_235959.json,                                true,  no such day: another program's name",
        "2020/export.ndjson,                                            true,  any other name",
    })
    void objects_areLeftOutIfTheirNamesTellThatTheyHoldNothingOfTheTime(String name, boolean listed, String why) {
        put("duo-telephony/" + name, at("2026-11-20T10:00:00Z").getBytes(UTF_8));
        put("duo-telephony-udm/" + name, at("2026-11-20T10:00:00Z").getBytes(UTF_8));

        assertThat(reader.objects(FROM, TO))
                .as(why)
                .extracting(StoredObject::key)
                .containsExactlyElementsOf(listed ? List.of("duo-telephony/" + name) : List.of());
    }

    @Test
    void otherObjects_giveTheirEventsAndCountTheRest() {
        put("duo-telephony/notes.txt", ("hello\n" + at("2026-11-20T10:00:00Z") + "\n{\"version\":2}").getBytes(UTF_8));
        List<StoredEvent> events = new ArrayList<>();

        long noEvents = reader.read(reader.objects(FROM, TO).get(0), FROM, TO, events::add);

        assertThat(events).extracting(StoredEvent::line).containsExactly(2L);
        assertThat(noEvents).isEqualTo(2);
    }

    @Test
    void lineThatIsNoEvent_isNamedWithoutItsContent() {
        put(OURS, (at("2026-11-20T10:00:00Z") + "\n\n{\"phone\":\"+12025550123\"").getBytes(UTF_8));

        assertThatThrownBy(this::read)
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith(
                        "The object " + OURS + ", line 3, cannot be read: an event must be one JSON object")
                .hasMessageNotContaining("2025550123");
    }

    @Test
    void lineThatIsTooLong_isNamed_orPassedOverWhereAnotherProgramWrote() {
        String longest = at("2026-11-20T10:00:00Z");
        String tooLong = at("2026-11-20T10:00:00.0Z");
        BucketEvents bounded = new BucketEvents(
                s3.client(),
                BUCKET,
                new KeyPrefix("duo-telephony"),
                DuoLog.TELEPHONY,
                longest.length(),
                Duration.ZERO,
                false);
        put("duo-telephony/notes.txt", (tooLong + "\n" + longest).getBytes(UTF_8));
        List<StoredEvent> events = new ArrayList<>();

        assertThat(bounded.read(bounded.objects(FROM, TO).get(0), FROM, TO, events::add))
                .isEqualTo(1);

        assertThat(events).extracting(StoredEvent::line).containsExactly(2L);
        put(OURS, (longest + "\n" + tooLong).getBytes(UTF_8));
        assertThatThrownBy(() -> bounded.read(new StoredObject(OURS, Writer.COLLECTOR, 1), FROM, TO, event -> {}))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("The object " + OURS + ", line 2, cannot be read: an event has 64 MiB at most");
    }

    @Test
    void objectThatBreaksOff_isNamed() throws IOException {
        byte[] whole = Gzip.of(at("2026-11-20T10:00:00Z").getBytes(UTF_8));
        put(OURS + ".gz", Arrays.copyOf(whole, whole.length - 9));

        assertThatThrownBy(this::read)
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("The object " + OURS + ".gz, line 1, cannot be read: it is cut short");
    }

    @Test
    void objectDeletedSinceItWasListed_holdsNothing() {
        put(OURS, at("2026-11-20T10:00:00Z").getBytes(UTF_8));
        StoredObject listed = reader.objects(FROM, TO).get(0);
        List<StoredEvent> events = new ArrayList<>();
        reader.read(listed, FROM, TO, events::add);
        assertThat(events).hasSize(1);

        s3.client().deleteObject(request -> request.bucket(BUCKET).key(OURS));

        assertThat(reader.read(listed, FROM, TO, events::add)).isZero();
        assertThat(events).hasSize(1);
    }

    @Test
    void refusalOfS3_namesTheAction() {
        BucketEvents nowhere =
                new BucketEvents(s3.client(), "no-such-bucket", new KeyPrefix("duo-telephony"), DuoLog.TELEPHONY);

        assertThatThrownBy(() -> nowhere.objects(FROM, TO))
                .isInstanceOf(S3OperationException.class)
                .hasMessageContaining("s3:ListBucket on s3://no-such-bucket ");
        assertThatThrownBy(() -> nowhere.read(new StoredObject(OURS, Writer.COLLECTOR, 1), FROM, TO, event -> {}))
                .isInstanceOf(S3OperationException.class)
                .hasMessageContaining("s3:GetObject on s3://no-such-bucket/" + OURS);
    }

    private List<StoredEvent> read() {
        List<StoredEvent> events = new ArrayList<>();
        reader.objects(FROM, TO).forEach(object -> {
            assertThat(reader.read(object, FROM, TO, events::add)).isZero();
        });
        return events;
    }

    private static String at(String ts) {
        return "{\"ts\":\"" + ts + "\"}";
    }

    private static List<DuoEvent> parsed(List<SimulatedEvent> sent) throws IOException {
        List<DuoEvent> events = new ArrayList<>();
        for (SimulatedEvent event : sent) {
            events.add(DuoEvent.of(event.json().getBytes(UTF_8), DuoLog.TELEPHONY));
        }
        return events;
    }

    private static byte[] marshaled(List<DuoEvent> events, EventShape shape) throws IOException {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        new NdjsonDataFormat(shape, "api-00000000.duosecurity.com").marshal(exchange, events, lines);
        return lines.toByteArray();
    }

    private void put(String key, byte[] bytes) {
        s3.client().putObject(request -> request.bucket(BUCKET).key(key), RequestBody.fromBytes(bytes));
    }
}
