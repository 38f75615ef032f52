// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.TestSettings;
import dev.duocollector.run.RunOutcome;
import dev.duocollector.run.RunReport;
import dev.duocollector.run.Ticker;
import dev.duocollector.s3.MemoryS3;
import dev.duocollector.s3.MemoryS3.Call;
import dev.duocollector.s3.MemoryS3.Fault;
import dev.duocollector.s3.MemoryS3.ProcessKilled;
import dev.duocollector.simulator.HttpDate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.zip.GZIPInputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * One story: collectors on one checkpoint, each going on when the dice say so, with calls to S3 that fail before or after their
 * effect or take effect late, processes that die or are stopped, events that Duo shows late, settings and operator's steps that
 * change from one process to the next, and a feed that deletes the objects that it took. In some, a store lies, single answers of
 * Duo's to recoveries are short and an event is withdrawn, or clocks jump. Afterwards a collector that
 * nothing happens to makes the last runs, and then every event that Duo showed in time stands in exactly one object, or did
 * until the feed took it.
 */
final class ModelTrace {

    private static final Instant START = Instant.parse("2026-11-23T09:00:00Z");
    private static final Duration LAG = Duration.ofMinutes(2);
    private static final Duration LOOKBACK = Duration.ofMinutes(30);
    private static final List<Duration> OVERLAPS =
            List.of(Duration.ofMinutes(1), Duration.ofMinutes(4), Duration.ofMinutes(10));
    private static final List<Duration> CLOCKS_BEHIND =
            List.of(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(30), Duration.ofMinutes(3));
    private static final List<Fault> WRITE_FAULTS = List.of(
            Fault.LOST,
            Fault.ANSWER_LOST,
            Fault.TRIED_TWICE,
            Fault.LATE,
            Fault.KILLED,
            Fault.KILLED_AFTER,
            Fault.KILLED_LATE);
    private static final List<Fault> READ_FAULTS = List.of(Fault.LOST, Fault.KILLED);

    /** Writes that fail one after the other, until the collector gives up. */
    private static final List<Fault> OUTAGES = List.of(Fault.LOST, Fault.LATE);

    /**
     * How a store lies about an object of events, and about the state and UDM events: of these nothing says how long they must
     * be, and a part that ends with a line is taken for the whole.
     */
    private static final List<Fault> LIES = List.of(
            Fault.STORED_EMPTY,
            Fault.STORED_CUT,
            Fault.STORED_CUT_TRIED_TWICE,
            Fault.WITHOUT_ETAG,
            Fault.SWALLOWED,
            Fault.REFUSED);

    private static final List<Fault> LIES_ABOUT_THE_REST = List.of(Fault.WITHOUT_ETAG, Fault.SWALLOWED, Fault.REFUSED);
    private static final double LIES_OFTEN = 0.1;
    private static final double SHORT_OFTEN = 0.4;

    /** What a clock is set to that jumps, against the right time; as often as not it is set right. */
    private static final List<Duration> JUMPS = List.of(
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ofMinutes(4),
            Duration.ofMinutes(-4),
            Duration.ofMinutes(9),
            Duration.ofMinutes(-9),
            Duration.ofHours(1),
            Duration.ofHours(-1),
            Duration.ofDays(200),
            Duration.ofDays(-200));

    /** A run whose clock is further away than this may ask for an operator. */
    private static final Duration SKEW_MAX = Duration.ofMinutes(4);

    private static final int OUTAGE_CALLS_MAX = 12;

    /** What an operator's steps add to each event, in the order in which the steps were changed. */
    private static final List<String> STEPS = List.of("", "", "a", "the second form, which is longer");

    private static final int DROPPED_EACH = 3;

    /** Far more than a trace's events can need. */
    private static final int LAST_RUNS_MAX = 200;

    /** What is not done soon must wait until no write can arrive any more. */
    private static final Duration BETWEEN_LAST_RUNS = Duration.ofMinutes(5);

    private static final int LAST_CALLS_MAX = 1000;

    private static final String STATE_KEY = "duo-telephony-state/" + TestSettings.API_HOST + ".json";

    /** What every process has set. */
    static final Map<String, String> SETTINGS = Map.of(
            "duo.api.host",
            TestSettings.API_HOST,
            "duo.ikey",
            TestSettings.IKEY,
            "duo.skey",
            TestSettings.SKEY,
            "s3.bucket",
            TestSettings.BUCKET,
            "s3.region",
            "eu-central-1",
            "duo.schedule.auto-startup",
            "false",
            "observe.enabled",
            "false",
            "duo.page.pause",
            "0s",
            "duo.retry.max-elapsed",
            "0s",
            "duo.lookback",
            LOOKBACK.toString());

    private static final String PREFIX = "duo-telephony/";
    private static final String UDM_PREFIX = "duo-telephony-udm/";

    private final Random random;
    private final ModelRoutes routes;
    private final ModelTurns turns;
    private final MemoryS3 s3 = new MemoryS3(this::now);
    private final ModelDuo duo;
    private final StringBuilder story = new StringBuilder();
    private final List<Duration> overlaps = new ArrayList<>();
    private final List<Collector> collectors = new ArrayList<>();
    private final double s3Fails;
    private final double duoFails;
    private final boolean fed;
    private final boolean udm;
    private final boolean drops;
    private final boolean lingers;
    private final boolean lies;
    private final boolean fallsShort;
    private final boolean jumps;
    private final Duration shownInTime;
    private final Map<String, byte[]> taken = new HashMap<>();
    private Instant now = START;
    private @Nullable Instant coveredFrom;
    private Instant committedThrough = Instant.MIN;
    private String stateVersion = "";
    private int outageCalls;
    private Fault outage = Fault.NONE;
    private int happeningsLeft;
    private int nextToGoOn;
    private boolean ending;
    private int lastCalls;
    private int started;
    private @Nullable Throwable failure;

    ModelTrace(Random random, ModelRoutes routes, ModelTurns turns) {
        this.random = random;
        this.routes = routes;
        this.turns = turns;
        duo = new ModelDuo(random.nextBoolean());
        overlaps.add(oneOf(OVERLAPS));
        if (random.nextBoolean()) {
            overlaps.addAll(OVERLAPS);
        }
        shownInTime = LAG.plus(overlaps.stream().min(Duration::compareTo).orElseThrow());
        s3Fails = oneOf(List.of(0.0, 0.03, 0.1, 0.3));
        duoFails = oneOf(List.of(0.0, 0.0, 0.1));
        fed = random.nextBoolean();
        udm = random.nextInt(3) == 0;
        drops = random.nextInt(4) == 0;
        lingers = random.nextBoolean();
        lies = random.nextInt(4) == 0;
        fallsShort = random.nextInt(4) == 0;
        jumps = random.nextInt(4) == 0;
        addEvents();
        s3.plan(this::called);
    }

    private Instant now() {
        return now;
    }

    /** What has happened, a line each, for whoever looks into a failure. */
    String story() {
        return story.toString();
    }

    void tell() {
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            collectors.add(new Collector(oneOf(CLOCKS_BEHIND)));
        }
        happeningsLeft = 40 + random.nextInt(160);
        while (happeningsLeft > 0) {
            int next = happen();
            while (next >= 0) {
                next = goOn(next);
            }
        }
        collectors.forEach(Collector::vanish);
        failIfSomethingDid();
        end();
        check();
    }

    private void addEvents() {
        int events = 1 + random.nextInt(24);
        for (int number = 0; number < events; number++) {
            Instant ts = START.plusMillis(60_000L * (random.nextInt(80) - 35) + random.nextInt(2));
            double kind = random.nextDouble();
            long most = kind < 0.5 ? LAG.toMillis() : kind < 0.9 ? shownInTime.toMillis() : 30 * 60_000L;
            Duration delay = Duration.ofMillis(kind < 0.2 ? most : random.nextInt((int) most + 1));
            duo.add(number, ts, delay, random.nextInt(8) > 0);
            tell("event", number, "of", ts, "is shown after", delay);
        }
    }

    // ---- What happens, as the dice say.

    /** Lets one thing happen, and returns the number of the collector that goes on next, or a negative one. */
    private int happen() {
        happeningsLeft--;
        int chance = random.nextInt(100);
        if (chance < 8) {
            boolean lingering = lingers && random.nextInt(4) == 0;
            now = now.plusSeconds(random.nextInt(lingering ? 3600 : 240));
            tell("time goes on");
        } else if (chance < 12 && s3.late() > 0) {
            s3.deliverLate(random.nextInt(s3.late()));
            tell("a late write arrives");
        } else if (chance < 14) {
            int index = random.nextInt(collectors.size());
            collectors.get(index).die("power cut");
        } else if (chance < 16) {
            oneOf(collectors).stop();
        } else if (chance < 24 && fed) {
            feed();
        } else if (chance < 28 && jumps) {
            oneOf(collectors).jump(oneOf(JUMPS));
        } else if (chance < 29 && fallsShort) {
            int number = random.nextInt(duo.events().size());
            duo.withdraw(number);
            tell("Duo withdraws event", number);
        } else {
            return random.nextInt(collectors.size());
        }
        look();
        return -1;
    }

    /** Lets a collector go on with its run, or begin one; returns which one the run has given its turn to. */
    private int goOn(int index) {
        Collector collector = collectors.get(index);
        if (collector.isOver()) {
            collector.vanish();
            collector = new Collector(oneOf(CLOCKS_BEHIND));
            collectors.set(index, collector);
            return -1;
        }
        nextToGoOn = -1;
        collector.goOn();
        failIfSomethingDid();
        look();
        return nextToGoOn;
    }

    /**
     * What every call of a process to the world outside begins with: other things happen before it, as the dice say. Afterwards
     * the process may be dead.
     */
    private void others(Collector collector) {
        if (ending) {
            assertThat(++lastCalls).as("calls of one run").isLessThan(LAST_CALLS_MAX);
            if (s3.late() > 0 && random.nextInt(4) == 0) {
                s3.deliverLate(random.nextInt(s3.late()));
                tell("a late write arrives");
            }
            return;
        }
        while (!collector.dead) {
            if (happeningsLeft <= 0) {
                nextToGoOn = -1;
                collector.giveBack();
                return;
            }
            int next = happen();
            if (next >= 0) {
                if (collectors.get(next) == collector) {
                    return;
                }
                nextToGoOn = next;
                collector.giveBack();
                return;
            }
        }
    }

    /** Takes the turn of a process for a call, and fails the story, not the run, if something is not as it must be. */
    private void outside(Collector collector, String call) {
        if (isData(call)) {
            collector.batch = name(call);
        }
        if (!collector.dead) {
            try {
                look();
                others(collector);
            } catch (RuntimeException | AssertionError e) {
                failure = failure == null ? e : failure;
                happeningsLeft = 0;
                collector.dead = true;
            }
        }
        if (collector.dead) {
            throw new ProcessKilled(call);
        }
    }

    private Fault called(Call call) {
        Collector collector = running();
        outside(collector, call.key());
        Fault fault = ending ? Fault.NONE : fault(call);
        tell(collector, call, fault == Fault.NONE ? "" : fault);
        if (fault.kills()) {
            collector.dead = true;
        }
        return fault;
    }

    private Fault fault(Call call) {
        if (outageCalls > 0 && call.write()) {
            outageCalls--;
            return outage;
        }
        if (lies && random.nextDouble() < LIES_OFTEN) {
            if (call.write()) {
                return oneOf(call.key().startsWith(PREFIX) ? LIES : LIES_ABOUT_THE_REST);
            }
            return call.method().equals("HEAD") ? Fault.FOUND : Fault.NONE;
        }
        if (random.nextDouble() >= s3Fails) {
            return Fault.NONE;
        }
        if (random.nextInt(3) == 0) {
            outageCalls = random.nextInt(OUTAGE_CALLS_MAX);
            outage = oneOf(OUTAGES);
        }
        return oneOf(call.write() ? WRITE_FAULTS : READ_FAULTS);
    }

    private void http(Exchange exchange) {
        Collector collector = running();
        outside(collector, "Duo");
        Message message = exchange.getMessage();
        Map<String, String> query = query(message.getHeader(Exchange.HTTP_QUERY, String.class));
        if (!ending && random.nextDouble() < duoFails) {
            tell(collector, "asks Duo, which does not answer");
            throw new IllegalStateException("Duo does not answer");
        }
        String answer = duo.answer(query, now, hidden(exchange));
        tell(collector, "asks Duo", query, answer);
        message.removeHeaders("*");
        message.setHeader("Date", HttpDate.format(now));
        message.setBody(answer.getBytes(UTF_8));
    }

    /** Which events one answer leaves out: none, but for a recovery's now and then all of them, or one. */
    private IntPredicate hidden(Exchange exchange) {
        boolean recovering = exchange.getVariable("recovering", false, Boolean.class);
        if (ending || !fallsShort || !recovering || random.nextDouble() >= SHORT_OFTEN) {
            return number -> false;
        }
        if (random.nextInt(3) == 0) {
            return number -> true;
        }
        int one = random.nextInt(duo.events().size());
        return number -> number == one;
    }

    private static Map<String, String> query(String encoded) {
        Map<String, String> query = new TreeMap<>();
        for (String parameter : encoded.split("&", -1)) {
            String[] nameAndValue = parameter.split("=", 2);
            query.put(nameAndValue[0], URLDecoder.decode(nameAndValue[1], UTF_8));
        }
        return query;
    }

    /**
     * Takes every object that the state has confirmed, and deletes it. Let be is one that is under way a second time: from
     * a write that the network holds, or a collector that declared it, was overtaken, and has yet to find that out.
     */
    private void feed() {
        String pending = s3.version(STATE_KEY).isEmpty()
                ? ""
                : stored().pendingBatch().map(Batch::objectKey).orElse("");
        for (String key : s3.objects().keySet()) {
            if (isData(key)
                    && !name(key).equals(name(pending))
                    && !s3.isLate(key)
                    && collectors.stream().noneMatch(collector -> collector.holds(key))) {
                tell("the feed takes", key);
                assertThat(taken.put(key, s3.delete(key)))
                        .as("%s comes a second time", key)
                        .isNull();
            }
        }
    }

    // ---- The end, and what must hold.

    private void end() {
        ending = true;
        for (int i = 0; i < 3; i++) {
            now = now.plus(Duration.ofMinutes(40));
            lastRuns();
        }
    }

    private void lastRuns() {
        for (int i = 0; i < LAST_RUNS_MAX; i++) {
            Collector collector = new Collector(Duration.ZERO);
            lastCalls = 0;
            collector.goOn();
            failIfSomethingDid();
            look();
            if (collector.lastOutcome == RunOutcome.DONE) {
                return;
            }
            if (collector.lastOutcome == RunOutcome.OPERATOR) {
                operatorActs();
            }
            now = now.plus(BETWEEN_LAST_RUNS);
        }
        throw new AssertionError("The last runs come to no end");
    }

    /** Moves away what lies under the pending batch's keys and is not whole, as the run's line asks for. */
    private void operatorActs() {
        Batch pending = stored().pendingBatch().orElseThrow();
        for (String key : List.of(pending.objectKey(), pending.udmKey())) {
            if (s3.version(key).isPresent()) {
                s3.delete(key);
                tell("the operator moves away", key);
            }
        }
    }

    /** Holds what must hold at every moment. */
    private void look() {
        String version = s3.version(STATE_KEY).orElse("");
        if (version.equals(stateVersion)) {
            return;
        }
        stateVersion = version;
        Checkpoint checkpoint = stored();
        if (coveredFrom == null) {
            // A first window that held nothing was never in the state while it was open.
            coveredFrom = checkpoint.openWindow().map(Window::mintime).orElse(checkpoint.committedThrough());
        }
        assertThat(checkpoint.committedThrough()).as("never steps back").isAfterOrEqualTo(committedThrough);
        committedThrough = checkpoint.committedThrough();
        assertThat(committedThrough).as("whatever a clock says").isBeforeOrEqualTo(now.minus(LAG));
    }

    private Checkpoint stored() {
        return Objects.requireNonNull(
                StateFormat.read(s3.objects().get(STATE_KEY), "the model").checkpoint());
    }

    private void check() {
        Map<String, byte[]> written = new TreeMap<>(taken);
        s3.objects().forEach((key, contents) -> {
            if (isData(key)) {
                written.put(key, contents);
            }
        });
        Map<Integer, String> objectsByEvent = new HashMap<>();
        Map<Integer, String> udmObjectsByEvent = new HashMap<>();
        written.forEach(
                (key, contents) -> note(key, contents, key.startsWith(PREFIX) ? objectsByEvent : udmObjectsByEvent));
        if (udm) {
            udmObjectsByEvent.replaceAll((event, key) -> PREFIX + name(key));
            Map<Integer, String> mapped = new HashMap<>(objectsByEvent);
            duo.events().stream()
                    .filter(event -> !event.readableTime())
                    .forEach(event -> mapped.remove(event.number()));
            assertThat(udmObjectsByEvent)
                    .as("events as UDM, of those with a time")
                    .isEqualTo(mapped);
        } else {
            assertThat(udmObjectsByEvent).isEmpty();
        }
        for (ModelDuo.Event event : duo.events()) {
            boolean dropped = drops && isDropped(event.number());
            if (!dropped
                    && !duo.isWithdrawn(event.number())
                    && !event.ts().isBefore(coveredFrom)
                    && event.delay().compareTo(shownInTime) <= 0) {
                assertThat(objectsByEvent)
                        .as(
                                "%s of %s, shown after %s; covered from %s",
                                event.number(), event.ts(), event.delay(), coveredFrom)
                        .containsKey(event.number());
            }
        }
    }

    private void note(String object, byte[] contents, Map<Integer, String> objectsByEvent) {
        assertThat(contents).as(object).isNotEmpty();
        text(object, contents)
                .lines()
                .forEach(line -> assertThat(objectsByEvent.put(ModelDuo.number(line), object))
                        .as("event %s stands in %s and in", line, object)
                        .isNull());
    }

    private static String text(String key, byte[] contents) {
        if (!key.endsWith(".gz")) {
            return new String(contents, UTF_8);
        }
        try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(contents))) {
            return new String(plain.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(key, e);
        }
    }

    private static boolean isData(String key) {
        return key.startsWith(PREFIX) || key.startsWith(UDM_PREFIX);
    }

    /** What is the same for an object of events and for that of the same events as UDM. */
    private static String name(String key) {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    private static boolean isDropped(int number) {
        return number % DROPPED_EACH == 0;
    }

    private void failIfSomethingDid() {
        if (failure != null) {
            throw new AssertionError(failure.getMessage(), failure);
        }
    }

    private Collector running() {
        return routes.running().of(Collector.class);
    }

    private void tell(Object... words) {
        story.append(now);
        for (Object word : words) {
            story.append(' ').append(word);
        }
        story.append('\n');
    }

    private <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** What one process has set, beside {@link #SETTINGS}. */
    private Map<String, String> settings() {
        return Map.of(
                "duo.overlap",
                oneOf(overlaps).toString(),
                "duo.page.size",
                oneOf(List.of("1", "2", "3")),
                "max.iterations",
                oneOf(List.of("0", "0", "1", "2")),
                "s3.compression",
                oneOf(List.of("none", "none", "gzip")),
                "s3.unconditional-writes",
                oneOf(List.of("refuse", "allow", "allow", "allow")),
                "udm.prefix",
                udm ? UDM_PREFIX : "",
                "udm.ids",
                "true");
    }

    /** A process of the program, with the run that it is making. */
    private final class Collector {

        private final int number = ++started;
        private final ModelRoutes.ModelProcess process;
        private ModelTurns.@Nullable Turn turn;
        private Duration ahead;
        private boolean skewed;
        private boolean dead;
        private boolean stopping;
        private final String steps = oneOf(STEPS);
        private String batch = "";
        private @Nullable RunOutcome lastOutcome;

        Collector(Duration behind) {
            ahead = behind.negated();
            Map<String, String> drawn = settings();
            Map<String, String> settings = new HashMap<>(SETTINGS);
            settings.putAll(drawn);
            InstantSource clock = () -> now.plus(ahead);
            Clock zoned = clock.withZone(ZoneOffset.UTC);
            Ticker ticker = () -> Duration.between(START, now).toNanos();
            process = routes.process(
                    settings,
                    new ModelRoutes.Surroundings(this, s3, zoned, ticker, ModelTrace.this::http, this::eventSteps));
            tell(this, "starts,", behind, "behind,", new TreeMap<>(drawn), "steps", steps);
        }

        /** Whether another process must take its place before anything more comes of it. */
        boolean isOver() {
            return dead || (stopping && (turn == null || turn.isEnded()));
        }

        void goOn() {
            if (turn == null || turn.isEnded()) {
                skewed = isSkewed();
                turn = turns.turn(this::run);
            }
            turn.goOn();
        }

        /** Whether an object may be one of the batch that its run has in hand. */
        boolean holds(String key) {
            return turn != null && !turn.isEnded() && batch.equals(name(key));
        }

        /** The operator's steps, as they are while this process lives. */
        private void eventSteps(Exchange exchange) {
            List<Map<String, Object>> left = new ArrayList<>();
            for (Object event : exchange.getMessage().getBody(List.class)) {
                Map<String, Object> changed = new LinkedHashMap<>();
                ((Map<?, ?>) event).forEach((name, value) -> changed.put((String) name, value));
                if (!drops || !isDropped(((Number) changed.get("n")).intValue())) {
                    if (!steps.isEmpty()) {
                        changed.put("added", steps);
                    }
                    left.add(changed);
                }
            }
            exchange.getMessage().setBody(left);
        }

        void giveBack() {
            Objects.requireNonNull(turn).giveBack();
        }

        private void run() {
            Exchange done;
            try {
                done = process.run();
            } catch (ProcessKilled killed) {
                return;
            }
            if (dead) {
                return;
            }
            RunReport report = done.getMessage().getBody(RunReport.class);
            assertThat(report).as("report, beside %s", done.getException()).isNotNull();
            lastOutcome = report.outcome();
            tell(this, "ends", report.outcome(), report.line());
            if (!lies && !skewed) {
                assertThat(report.outcome()).as(report.line()).isNotEqualTo(RunOutcome.OPERATOR);
            }
        }

        void die(String why) {
            tell(this, "dies:", why);
            dead = true;
        }

        /** Sets the clock of its machine. */
        void jump(Duration next) {
            tell(this, "has its clock set, now", next, "ahead");
            ahead = next;
            skewed |= isSkewed();
        }

        private boolean isSkewed() {
            return ahead.abs().compareTo(SKEW_MAX) > 0;
        }

        void stop() {
            if (!stopping) {
                tell(this, "is told to stop");
                stopping = true;
                process.stop();
            }
        }

        /** Lets a run that is under way come to nothing. */
        void vanish() {
            dead = true;
            if (turn != null && !turn.isEnded()) {
                turn.goOn();
            }
        }

        @Override
        public String toString() {
            return "#" + number;
        }
    }
}
