// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.FaultProxy;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.s3.EmbeddedS3;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.simulator.DuoSimulator;
import dev.duocollector.simulator.MemoryEventStore;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.simulator.SimulatedLog;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.testing.Gzip;
import dev.duocollector.udm.UdmMapper;
import dev.duocollector.udm.UnmappableEventException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * A Duo account and a bucket, each behind a proxy that can fail, and the settings of a collector between them. The S3 server
 * is one for all tests; each world has a bucket of its own.
 */
public final class World implements AutoCloseable {

    public static final String API_HOST = "api-00000000.duosecurity.com";
    public static final String IKEY = "DIXXXXXXXXXXXXXXXXXX";
    public static final String SKEY = "the-secret-key-of-nobody-at-all-0123456789";
    public static final String STATE_KEY = "duo-telephony-state/" + API_HOST + ".json";
    public static final String UDM_PREFIX = "duo-telephony-udm";
    static final Instant START = Instant.parse("2026-11-23T08:00:00Z");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicInteger BUCKETS = new AtomicInteger();
    private static EmbeddedS3 s3;

    final MovableClock clock = new MovableClock(START);
    public final MemoryEventStore events = new MemoryEventStore();
    public final MemoryEventStore authentication = new MemoryEventStore();
    public final MemoryEventStore activity = new MemoryEventStore();
    public final DuoSimulator duo;
    public final FaultProxy duoProxy;
    public final FaultProxy s3Proxy;
    public final String bucket;
    public final Map<String, String> settings = new HashMap<>();

    World() {
        this(builder -> {});
    }

    World(Consumer<DuoSimulator.Builder> duoOptions) {
        DuoSimulator.Builder builder = DuoSimulator.builder()
                .apiHost(API_HOST)
                .ikey(IKEY)
                .skey(SKEY)
                .clock(clock)
                .events(events)
                .events(SimulatedLog.AUTHENTICATION, authentication)
                .events(SimulatedLog.ACTIVITY, activity);
        duoOptions.accept(builder);
        duo = builder.start();
        duoProxy = FaultProxy.inFrontOf(duo.uri());
        s3Proxy = FaultProxy.inFrontOf(s3().uri());
        s3Proxy.dateAnswers(clock);
        s3Proxy.storage(this::replace);
        bucket = "bucket-" + BUCKETS.incrementAndGet();
        s3().createBucket(bucket);
        settings.putAll(Map.of(
                "duo.api.host", API_HOST,
                "duo.ikey", IKEY,
                "duo.skey", SKEY,
                "duo.base-url", duoProxy.uri().toString(),
                "duo.page.pause", "0s",
                "duo.retry.delay-max", "10ms",
                "duo.retry.max-elapsed", "5s",
                "duo.schedule.auto-startup", "false",
                "duo.lookback", "1h"));
        // Its port may be in use, by another collector or another test.
        settings.put("observe.enabled", "false");
        settings.putAll(Map.of(
                "s3.bucket",
                bucket,
                "s3.region",
                EmbeddedS3.REGION,
                "s3.endpoint",
                s3Proxy.uri().toString(),
                "s3.path-style",
                "true"));
    }

    /** Begins anew, at {@link #START}: with no event, an empty bucket, and nothing that fails. */
    void reset() {
        events.clear();
        authentication.clear();
        activity.clear();
        s3().empty(bucket);
        duo.behave();
        for (FaultProxy proxy : List.of(duoProxy, s3Proxy)) {
            proxy.plan(FaultPlan.none());
            proxy.reset();
        }
        clock.set(START);
    }

    /** Returns a world on the system's clock, for collectors that are processes of their own. */
    public static World inRealTime() {
        World world = new World(duo -> duo.clock(Clock.systemUTC()));
        world.s3Proxy.dateAnswers(Clock.systemUTC());
        MovableClock.release();
        return world;
    }

    /** Returns a world whose time stands still until it is told to go on, for collectors that are processes of their own. */
    public static World inModelTime() {
        return new World();
    }

    /** What its clock says. */
    public Instant now() {
        return clock.instant();
    }

    /**
     * Lets its clock go on between two requests to Duo: for a test beside whose own thread a collector makes requests, by its
     * schedule or otherwise. Not for use within a request.
     *
     * @throws AssertionError if a request is under way for more than 20 s
     */
    public void advance(Duration step) {
        clock.requests().between(() -> clock.advance(step));
    }

    public static synchronized EmbeddedS3 s3() {
        if (s3 == null) {
            s3 = EmbeddedS3.inMemory();
            // Where the SDK looks first. Two tries show its retries as well as four, in less time.
            System.setProperty("aws.maxAttempts", "2");
            System.setProperty("aws.accessKeyId", s3.accessKey());
            System.setProperty("aws.secretAccessKey", s3.secretKey());
        }
        return s3;
    }

    public World set(String setting, String value) {
        settings.put(setting, value);
        return this;
    }

    TestCollector start() {
        return TestCollector.start(settings, clock);
    }

    /** Every object under the prefix, by its key. */
    public SortedMap<String, byte[]> objects() {
        return s3().objects(bucket, "duo-telephony/");
    }

    /** Every object of a log under its default prefix, by its key. */
    SortedMap<String, byte[]> objects(String log) {
        return s3().objects(bucket, "duo-" + log + "/");
    }

    /** Every UDM object, by its key. */
    public SortedMap<String, byte[]> udmObjects() {
        return s3().objects(bucket, UDM_PREFIX + "/");
    }

    /** Every line of every UDM object. */
    public List<String> udmLines() {
        return lines(udmObjects());
    }

    /** Fails unless there is one UDM object for each object, of the same name, with what its events map to and nothing else. */
    public void assertUdmOfEveryObject() {
        assertUdmOf(objects());
    }

    void assertUdmOf(Map<String, byte[]> objects) {
        assertUdmOf(objects, udmObjects(), DuoLog.TELEPHONY);
    }

    static void assertUdmOf(Map<String, byte[]> objects, Map<String, byte[]> udmObjects, DuoLog log) {
        Map<String, List<String>> expected = new TreeMap<>();
        objects.forEach((key, bytes) -> expected.put(
                key.replaceFirst("/", "-udm/"),
                Gzip.text(key, bytes).lines().map(line -> udm(line, log)).toList()));
        Map<String, List<String>> found = new TreeMap<>();
        udmObjects.forEach(
                (key, bytes) -> found.put(key, Gzip.text(key, bytes).lines().toList()));
        assertThat(found).isEqualTo(expected);
    }

    static String udm(String line, DuoLog log) {
        try {
            return JSON.writeValueAsString(new UdmMapper().map(DuoEvent.of(line.getBytes(UTF_8), log)));
        } catch (IOException | UnmappableEventException e) {
            throw new AssertionError("An event of the tests cannot be mapped", e);
        }
    }

    /** Every object of the bucket. */
    public SortedMap<String, byte[]> everything() {
        return s3().objects(bucket, "");
    }

    /** The state object's text. */
    public String state() {
        return new String(everything().get(STATE_KEY), UTF_8);
    }

    void putState(String state) {
        s3().client().putObject(request -> request.bucket(bucket).key(STATE_KEY), RequestBody.fromString(state));
    }

    void deleteState() {
        s3().client().deleteObject(request -> request.bucket(bucket).key(STATE_KEY));
    }

    /** Deletes every object under the prefix, as a feed does that deletes what it took. */
    void deleteObjects() {
        objects()
                .keySet()
                .forEach(key -> s3().client()
                        .deleteObject(request -> request.bucket(bucket).key(key)));
    }

    String contentType(String key) {
        return s3().client()
                .headObject(request -> request.bucket(bucket).key(key))
                .contentType();
    }

    /** Replaces what a request has stored by something else. */
    public void replace(ProxiedRequest request, UnaryOperator<byte[]> change) {
        String key = request.path().substring(bucket.length() + 2);
        byte[] changed = change.apply(everything().get(key));
        s3().client().putObject(put -> put.bucket(bucket).key(key), RequestBody.fromBytes(changed));
    }

    /** Tells whether a request is about the state object. */
    public static boolean isState(ProxiedRequest request) {
        return request.path().endsWith(STATE_KEY);
    }

    /** Every line of every object, as stored. */
    public List<String> lines() {
        return lines(objects());
    }

    /** Every line of these objects, as stored. */
    public static List<String> lines(Map<String, byte[]> objects) {
        List<String> lines = new ArrayList<>();
        objects.forEach(
                (key, bytes) -> lines.addAll(Gzip.text(key, bytes).lines().toList()));
        return lines;
    }

    /** Every line of every object of a log, as stored. */
    public List<String> lines(String log) {
        return lines(objects(log));
    }

    /** What the lines must be for the given events, in the shape that is stored by default. */
    public static List<String> stored(List<SimulatedEvent> events) {
        return events.stream().map(event -> stored("telephony", event)).toList();
    }

    /** The same for the events of a log; those of the others get no timestamp. */
    public static List<String> stored(String log, List<SimulatedEvent> events) {
        return events.stream().map(event -> stored(log, event)).toList();
    }

    private static String stored(String log, SimulatedEvent event) {
        String json = event.json().strip().replaceAll("[\r\n]", "");
        StringBuilder line = new StringBuilder(json.substring(0, json.length() - 1));
        if (!json.contains("\"eventtype\":")) {
            line.append(",\"eventtype\":\"").append(log).append('"');
        }
        if (!json.contains("\"host\":")) {
            line.append(",\"host\":\"").append(API_HOST).append('"');
        }
        if (log.equals("telephony") && json.contains("\"ts\":") && !json.contains("\"timestamp\":")) {
            line.append(",\"timestamp\":").append(event.ts().getEpochSecond());
        }
        return line.append('}').toString();
    }

    @Override
    public void close() {
        duoProxy.close();
        s3Proxy.close();
        duo.close();
        MovableClock.release();
    }
}
