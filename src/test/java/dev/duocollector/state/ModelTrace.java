// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.RunReport;
import dev.duocollector.run.Ticker;
import dev.duocollector.s3.MemoryS3;
import dev.duocollector.s3.MemoryS3.Call;
import dev.duocollector.s3.MemoryS3.Fault;
import dev.duocollector.s3.MemoryS3.ProcessKilled;
import dev.duocollector.settings.TestSettings;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.state.ModelStream.Trouble;
import dev.duocollector.state.ModelTally.Happening;
import dev.duocollector.testing.Gzip;
import java.net.URLDecoder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.client5.http.utils.DateUtils;
import org.jspecify.annotations.Nullable;

/**
 * One story: collectors on one checkpoint, each going on when the dice say so, with calls to S3 that fail before or after their
 * effect or take effect late, processes that die or are stopped, events that Duo shows late, settings and operator's steps that
 * change from one process to the next, and a feed that deletes the objects that it took. In some, a store lies, single answers of
 * Duo's to recoveries are short and an event is withdrawn, a last page is short although Duo says how many events there are,
 * answers have no Date, clocks jump, or a step fails now and then; in some, back-fills of a past time are made beside the
 * collectors. Some are of {@linkplain ModelStream several streams}, whose runs go on side by side in each process: no call of a
 * run is about another stream's objects or state, whatever its trouble is. Afterwards a collector that
 * nothing happens to makes the last runs, and so does each back-fill, and then every event that Duo showed in time stands in
 * exactly one object of its stream, or did until the feed took it. Of several streams, those that are in trouble come last, and
 * the others must be done before.
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

    /** What a store says as often as not of a second try, too. */
    private static final List<Fault> LIES_AGAIN = List.of(Fault.SWALLOWED, Fault.REFUSED);

    private static final double LIES_OFTEN = 0.1;
    private static final double LIES_OF_EVENTS_OFTEN = 0.3;
    private static final double SHORT_OFTEN = 0.4;
    private static final double WITHDRAWN_OFTEN = 0.25;
    private static final double UNDATED_OFTEN = 0.2;
    private static final double STEP_FAILS_OFTEN = 0.15;

    /** What Duo says of how many events a window holds. */
    private enum Totals {
        NONE,
        NUMBER,
        OBJECT,
        WRONG
    }

    private static final int TOTAL_WRONG_MAX = 40;

    /** A feed hides from a back-fill what was stored, so then it keeps away from what the collectors may ever have read. */
    private static final Duration OVERLAP_MAX = Duration.ofMinutes(10);

    private static final int RANGES_MAX = 2;

    /** How long before a first run's lookback a back-fill must end while there is no state; with a clock behind. */
    private static final Duration BEFORE_A_FIRST_RUN = Duration.ofMinutes(24);

    /** With which a back-fill says that another run may write at the same time, or that Duo does not show its end yet. */
    private static final List<String> KEEPS_AWAY = List.of("both would write the same events", "shows events up to");

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

    /** Of two back-fills that were begun at once, each waits for the other, until an operator gives one up. */
    private static final int BOTH_STOP_AFTER = 20;

    private static final int LAST_CALLS_MAX = 1000;

    /** Of several streams each has fewer events than one alone; a process has more to do until it dies, and calls fail less often. */
    private static final int EVENTS_OF_ONE_MAX = 24;

    private static final int EVENTS_OF_EACH_MAX = 8;
    private static final int HAPPENINGS_OF_SEVERAL = 6;
    private static final int CALLS_OF_SEVERAL = 4;
    private static final List<Double> S3_FAILS_OF_SEVERAL = List.of(0.0, 0.02, 0.05, 0.1);

    private static final String UDM_PREFIX = "duo-{log}-udm";

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

    static final Batch NOTHING = new Batch("", Map.of(), Cursor.START);

    private static final String WRONG_SIGNATURE =
            "{\"code\": 40103, \"message\": \"Invalid signature in request credentials\", \"stat\": \"FAIL\"}";

    private static final Pattern NOT_WHOLE =
            Pattern.compile("The object s3://" + TestSettings.BUCKET + "/(\\S+) is there and is not whole");

    private static final Pattern NAME = Pattern.compile("^(acme/)?(telephony|authentication|activity): ");

    private static final DateTimeFormatter OBJECT_TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Whose run a thread makes; each run has a thread of its own. */
    private static final ThreadLocal<Reading> RUNNING = new ThreadLocal<>();

    private final Random random;
    private final ModelRoutes routes;
    private final ModelTurns turns;
    private final ModelTally tally;
    private final MemoryS3 s3 = new MemoryS3(this::now);
    private final Map<String, String> settings;
    private final List<ModelStream> streams;
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
    private final boolean undated;
    private final boolean duoUndated;
    private final boolean stepsFail;
    private final boolean backfills;
    private final boolean startsWithBackfill;
    private final Totals totals;
    private final double lastPagesShort;
    private final Duration shownInTime;
    private final Map<String, byte[]> taken = new HashMap<>();

    /** What is back-filled, each with the time at which Duo was first asked for it. */
    private final Map<TimeRange, Instant> ranges = new LinkedHashMap<>();

    private final Set<TimeRange> rangesDone = new HashSet<>();
    private boolean firstRunAllowed;
    private Instant now = START;
    private String liedOf = "";
    private Fault lie = Fault.NONE;
    private String namedObject = "";
    private String namedVersion = "";
    private int outageCalls;
    private Fault outage = Fault.NONE;
    private int happeningsLeft;
    private @Nullable Reading nextToGoOn;
    private boolean ending;
    private int lastCalls;
    private int started;
    private @Nullable Throwable failure;

    /** @param several what a process of several streams has set; empty for one stream */
    ModelTrace(Random random, Map<String, String> several, ModelRoutes routes, ModelTurns turns, ModelTally tally) {
        this.random = random;
        this.routes = routes;
        this.turns = turns;
        this.tally = tally;
        settings = new HashMap<>(SETTINGS);
        settings.putAll(several);
        streams = several.isEmpty() ? ModelStream.one(random) : ModelStream.several(random);
        overlaps.add(oneOf(OVERLAPS));
        if (random.nextBoolean()) {
            overlaps.addAll(OVERLAPS);
        }
        shownInTime = LAG.plus(overlaps.stream().min(Duration::compareTo).orElseThrow());
        fallsShort = random.nextInt(3) == 0;
        // Answers to recoveries can be short only where there is something to recover.
        List<Double> oneFails = fallsShort ? List.of(0.1, 0.3) : List.of(0.0, 0.03, 0.1, 0.3);
        s3Fails = oneOf(isOfSeveral() ? S3_FAILS_OF_SEVERAL : oneFails);
        duoFails = oneOf(List.of(0.0, 0.0, 0.1));
        fed = random.nextBoolean();
        udm = random.nextInt(3) == 0;
        drops = random.nextInt(4) == 0;
        lingers = random.nextBoolean();
        lies = random.nextInt(4) == 0;
        jumps = random.nextInt(4) == 0;
        undated = random.nextInt(6) == 0;
        // Without any server's time, a run has the local clock alone.
        duoUndated = random.nextInt(6) == 0 && !(jumps && undated);
        stepsFail = random.nextInt(6) == 0;
        backfills = random.nextInt(4) == 0 && !isOfSeveral();
        startsWithBackfill = backfills && !fed && random.nextBoolean();
        totals = oneOf(List.of(Totals.values()));
        lastPagesShort = totals == Totals.NUMBER || totals == Totals.OBJECT ? SHORT_OFTEN / 2 : 0;
        addEvents();
        s3.plan(this::called);
    }

    private Instant now() {
        return now;
    }

    private boolean isOfSeveral() {
        return streams.size() > 1;
    }

    private ModelStream anyStream() {
        return isOfSeveral() ? oneOf(streams) : streams.get(0);
    }

    /** Takes what the program logs. */
    void said(String line) {
        heard(line);
        tell("  ", line);
    }

    /** Counts what a line says, which begins with the stream's name where there are several. */
    private void heard(String line) {
        tally.heard(isOfSeveral() ? NAME.matcher(line).replaceFirst("") : line);
    }

    /** What has happened, a line each, for whoever looks into a failure. */
    String story() {
        return story.toString();
    }

    void tell() {
        for (int i = backfills ? 1 + random.nextInt(2) : 0; i > 0; i--) {
            collectors.add(new Collector(oneOf(CLOCKS_BEHIND), range()));
        }
        happeningsLeft = (40 + random.nextInt(160)) * (isOfSeveral() ? HAPPENINGS_OF_SEVERAL : 1);
        int startAt = startsWithBackfill ? happeningsLeft / 2 : happeningsLeft;
        while (happeningsLeft > 0) {
            if (happeningsLeft <= startAt) {
                startAt = 0;
                startCollectors();
            }
            Reading next = happen();
            while (next != null) {
                next = goOn(next);
            }
        }
        collectors.forEach(Collector::vanish);
        failIfSomethingDid();
        end();
        check();
    }

    private void startCollectors() {
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            collectors.add(new Collector(oneOf(CLOCKS_BEHIND), null));
        }
    }

    private void addEvents() {
        streams.forEach(this::addEvents);
    }

    private void addEvents(ModelStream stream) {
        int events = 1 + random.nextInt(isOfSeveral() ? EVENTS_OF_EACH_MAX : EVENTS_OF_ONE_MAX);
        for (int number = 0; number < events; number++) {
            int minute = backfills ? random.nextInt(110) - 65 : random.nextInt(80) - 35;
            Instant ts = START.plusMillis(60_000L * minute + random.nextInt(2));
            double kind = random.nextDouble();
            long most = kind < 0.5 ? LAG.toMillis() : kind < 0.9 ? shownInTime.toMillis() : 30 * 60_000L;
            Duration delay = Duration.ofMillis(kind < 0.2 ? most : random.nextInt((int) most + 1));
            stream.duo.add(number, ts, delay, random.nextInt(8) > 0);
            tell(stream, "event", number, "of", ts, "is shown after", delay);
        }
    }

    // ---- What happens, as the dice say.

    /** Lets one thing happen, and returns what goes on next, if anything does. */
    private @Nullable Reading happen() {
        happeningsLeft--;
        int chance = random.nextInt(isOfSeveral() ? 100 * CALLS_OF_SEVERAL : 100);
        if (chance < 8) {
            boolean lingering = lingers && random.nextInt(4) == 0;
            now = now.plusSeconds(random.nextInt(lingering ? 3600 : 240));
            tell("time goes on");
        } else if (chance < 12 && s3.late() > 0) {
            lateArrives();
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
            ModelStream stream = anyStream();
            withdraw(stream, random.nextInt(stream.duo.events().size()));
        } else if (chance < 32 && !namedObject.isEmpty()) {
            operatorMovesAway();
        } else if (chance < 40 && isOfSeveral()) {
            if (!endTrouble()) {
                beginTrouble();
            }
        } else {
            return oneOf(collectors).next();
        }
        look();
        return null;
    }

    private void withdraw(ModelStream stream, int number) {
        if (stream.duo.withdraw(number)) {
            tally.count(Happening.EVENT_WITHDRAWN);
            tell("Duo withdraws event", number, "of", stream);
        }
    }

    /** Lets something be wrong with one stream, or with those of one account; whatever it is, the others must not notice. */
    private void beginTrouble() {
        ModelStream stream = anyStream();
        Trouble trouble = oneOf(List.of(Trouble.values()));
        if (trouble == Trouble.STATE_REFUSED) {
            if (s3.version(stream.stateKey()).isEmpty()) {
                return;
            }
            ModelStream other = anyStream();
            boolean isOther =
                    !other.equals(stream) && s3.version(other.stateKey()).isPresent();
            stream.refuseState(s3, isOther ? s3.objects().get(other.stateKey()) : "{}".getBytes(UTF_8));
            tell(stream, "has", isOther ? "the state of " + other : "nothing", "in the place of its state");
        } else {
            streams.stream().filter(stream::isOfAccountOf).forEach(each -> each.begin(trouble));
            tell(trouble, "of the account of", stream);
        }
    }

    /** Returns whether there was any trouble. */
    private boolean endTrouble() {
        List<ModelStream> troubled =
                streams.stream().filter(ModelStream::isTroubled).toList();
        troubled.forEach(stream -> {
            stream.endTrouble(s3);
            tell(stream, "is well again");
        });
        return !troubled.isEmpty();
    }

    private void lateArrives() {
        Map<String, byte[]> before = s3.objects();
        s3.deliverLate(random.nextInt(s3.late()));
        boolean arrived = !s3.objects().equals(before);
        if (arrived) {
            tally.count(Happening.WRITE_ARRIVED_LATE);
        }
        tell("a late write", arrived ? "arrives" : "is refused");
    }

    /** Returns the time that a back-fill asks for next, null if none does. */
    private @Nullable TimeRange range() {
        if (ranges.size() >= (fed ? 1 : RANGES_MAX) || (!ranges.isEmpty() && random.nextBoolean())) {
            return ranges.isEmpty() ? null : oneOf(List.copyOf(ranges.keySet()));
        }
        if (fed && !streams.get(0).hasStarted()) {
            return null;
        }
        Instant from = START.plusSeconds(60L * (random.nextInt(startsWithBackfill ? 15 : 60) - 70));
        Instant to = from.plusMillis(60_000L * (1 + random.nextInt(60)) - random.nextInt(2));
        if (fed) {
            to = streams.get(0).coveredFrom().minus(OVERLAP_MAX).minusMillis(1);
        } else if (startsWithBackfill && ranges.isEmpty()) {
            to = START.minus(LOOKBACK).minus(BEFORE_A_FIRST_RUN);
        }
        if (!from.isBefore(to)) {
            return null;
        }
        TimeRange range = new TimeRange(from, to, true);
        ranges.put(range, Instant.MAX);
        return range;
    }

    /** Lets a run go on, or begin; returns which one it has given its turn to. */
    private @Nullable Reading goOn(Reading reading) {
        Collector collector = reading.collector;
        if (collector.isOver()) {
            collector.vanish();
            boolean again = collector.range != null || (backfills && ranges.isEmpty());
            collectors.set(collectors.indexOf(collector), new Collector(oneOf(CLOCKS_BEHIND), again ? range() : null));
            return null;
        }
        nextToGoOn = null;
        reading.goOn();
        failIfSomethingDid();
        look();
        return nextToGoOn;
    }

    /**
     * What every call of a process to the world outside begins with: other things happen before it, as the dice say. Afterwards
     * the process may be dead.
     */
    private void others(Reading reading) {
        if (ending) {
            assertThat(++lastCalls).as("calls of one run").isLessThan(LAST_CALLS_MAX);
            if (s3.late() > 0 && random.nextInt(4) == 0) {
                lateArrives();
            }
            return;
        }
        while (!reading.collector.dead) {
            if (happeningsLeft <= 0) {
                nextToGoOn = null;
                reading.giveBack();
                return;
            }
            Reading next = happen();
            if (next != null) {
                if (next == reading) {
                    return;
                }
                nextToGoOn = next;
                reading.giveBack();
                return;
            }
        }
    }

    /**
     * Takes the turn of a process for a call, and fails the story, not the run, if something is not as it must be.
     *
     * @param own whether it is about the stream that is read
     */
    private void outside(Reading reading, String call, boolean own) {
        if (isData(call)) {
            reading.batch = name(call);
        }
        Collector collector = reading.collector;
        if (!collector.dead) {
            try {
                assertThat(own).as("%s by a run of %s", call, reading.stream).isTrue();
                look();
                others(reading);
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
        Reading reading = running();
        outside(reading, call.key(), reading.stream.mayAsk(call));
        Fault fault = ending ? Fault.NONE : fault(call, reading.stream);
        tell(reading, call, fault == Fault.NONE ? "" : fault);
        if (hasEffect(fault, call)) {
            tally.count(fault);
        }
        if (fault.kills()) {
            reading.collector.dead = true;
        }
        return fault;
    }

    /** Whether a fault changes what the call does or is answered. */
    private boolean hasEffect(Fault fault, Call call) {
        return switch (fault) {
            case NONE -> false;
            case FOUND, STORED_EMPTY, STORED_CUT, STORED_CUT_TRIED_TWICE ->
                s3.version(call.key()).isEmpty();
            default -> true;
        };
    }

    private Fault fault(Call call, ModelStream stream) {
        if (outageCalls > 0 && call.write()) {
            outageCalls--;
            return outage;
        }
        boolean ofEvents = stream.hasEvents(call.key());
        if (call.write() && call.key().equals(liedOf) && LIES_AGAIN.contains(lie) && random.nextBoolean()) {
            return lie;
        }
        if (lies && random.nextDouble() < (ofEvents ? LIES_OF_EVENTS_OFTEN : LIES_OFTEN)) {
            if (call.write()) {
                liedOf = call.key();
                lie = oneOf(ofEvents ? LIES : LIES_ABOUT_THE_REST);
                return lie;
            }
            return call.method().equals("HEAD") ? Fault.FOUND : Fault.NONE;
        }
        if (undated && random.nextDouble() < UNDATED_OFTEN) {
            return Fault.WITHOUT_DATE;
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

    private void http(Exchange exchange) throws HttpOperationFailedException {
        Reading reading = running();
        ModelStream stream = reading.stream;
        Message message = exchange.getMessage();
        outside(reading, "Duo", stream.isAskedBy(message));
        reading.hang();
        if (stream.isIn(Trouble.WRONG_KEY)) {
            tell(reading, "asks Duo, which knows another key");
            throw new HttpOperationFailedException("Duo", 401, "Unauthorized", null, Map.of(), WRONG_SIGNATURE);
        }
        Map<String, String> query = query(message.getHeader(Exchange.HTTP_QUERY, String.class));
        if (!ending && random.nextDouble() < duoFails) {
            tell(reading, "asks Duo, which does not answer");
            throw new IllegalStateException("Duo does not answer");
        }
        boolean recovering = exchange.getVariable("recovering", false, Boolean.class);
        ModelDuo.Page page = stream.duo.page(query, now, number -> false);
        if (!ending && fallsShort && recovering && !page.items().isEmpty() && random.nextDouble() < WITHDRAWN_OFTEN) {
            withdraw(stream, stream.duo.number(oneOf(page.items())));
        }
        ModelDuo.Page given = recovering
                ? stream.duo.page(query, now, hidden(stream))
                : reading.total.given(query, page, ending ? 0 : lastPagesShort);
        if (given.items().size() < page.items().size()) {
            tally.count(recovering ? Happening.RECOVERY_SHORT : Happening.LAST_PAGE_SHORT);
        }
        String answer = given.body(total(page));
        tell(reading, "asks Duo", query, answer);
        message.removeHeaders("*");
        if (!ending && duoUndated && random.nextDouble() < UNDATED_OFTEN) {
            tally.count(Happening.DUO_WITHOUT_DATE);
            tell("without a Date");
        } else {
            message.setHeader("Date", DateUtils.formatStandardDate(now));
        }
        message.setBody(answer.getBytes(UTF_8));
    }

    /** What an answer says of how many events the window holds, as JSON. */
    private String total(ModelDuo.Page page) {
        return switch (totals) {
            case NONE -> "";
            case NUMBER -> String.valueOf(page.total());
            case OBJECT -> "{\"relation\": \"eq\", \"value\": " + page.total() + "}";
            case WRONG -> String.valueOf(random.nextInt(TOTAL_WRONG_MAX));
        };
    }

    /** Which events one answer to a recovery leaves out: none, but now and then all of them, or one. */
    private IntPredicate hidden(ModelStream stream) {
        if (ending || !fallsShort || random.nextDouble() >= SHORT_OFTEN) {
            return number -> false;
        }
        if (random.nextInt(3) == 0) {
            return number -> true;
        }
        int one = random.nextInt(stream.duo.events().size());
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
        Set<String> pending = new HashSet<>();
        for (String key : s3.objects().keySet()) {
            if (isState(key)) {
                stored(key).pendingBatch().ifPresent(batch -> pending.add(name(batch.objectKey())));
            }
        }
        for (String key : s3.objects().keySet()) {
            if (isData(key)
                    && !pending.contains(name(key))
                    && !s3.isLate(key)
                    && collectors.stream().noneMatch(collector -> collector.holds(key))) {
                tally.count(Happening.FEED_TOOK);
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
        List<ModelStream> last = new ArrayList<>();
        if (isOfSeveral()) {
            while (streams.stream().noneMatch(ModelStream::isTroubled)) {
                beginTrouble();
            }
            streams.stream().filter(ModelStream::isTroubled).forEach(last::add);
            List<ModelStream> others = new ArrayList<>(streams);
            others.removeAll(last);
            lastRuns(others, last);
            others.forEach(this::check);
            tally.count(Happening.OTHERS_DONE_BESIDE_TROUBLE);
            endTrouble();
        } else {
            last.addAll(streams);
        }
        lastRuns(last, List.of());
        lastBackfills();
        last.forEach(stream -> lastRuns(stream, List.of()));
    }

    /** @param troubled begin a run in the same processes, and none of them is done */
    private void lastRuns(List<ModelStream> those, List<ModelStream> troubled) {
        for (int i = 0; i < 3; i++) {
            now = now.plus(Duration.ofMinutes(40));
            those.forEach(stream -> lastRuns(stream, troubled));
        }
    }

    private void lastRuns(ModelStream stream, List<ModelStream> troubled) {
        for (int i = 0; i < LAST_RUNS_MAX; i++) {
            if (lastRun(stream, null, troubled) == RunOutcome.DONE) {
                return;
            }
        }
        throw new AssertionError("The last runs of " + stream + " come to no end");
    }

    /** Makes each back-fill in turn, since one may wait for another that was begun. */
    private void lastBackfills() {
        Deque<TimeRange> left = new ArrayDeque<>(ranges.keySet());
        left.removeAll(rangesDone);
        for (int i = 0; !left.isEmpty(); i++) {
            assertThat(i).as("last runs of back-fills").isLessThan(LAST_RUNS_MAX);
            TimeRange range = left.remove();
            if (lastRun(streams.get(0), range, List.of()) != RunOutcome.DONE) {
                left.add(range);
                if (i > BOTH_STOP_AFTER && isUnread(stateKey(streams.get(0), range))) {
                    s3.delete(stateKey(streams.get(0), range));
                    tell("the operator gives the back-fill up for now", range);
                }
            }
        }
    }

    private boolean isUnread(String stateKey) {
        return s3.version(stateKey).isPresent()
                && stored(stateKey).pendingBatch().isEmpty()
                && stored(stateKey)
                        .openWindow()
                        .filter(open -> open.cursor().equals(Cursor.START) && open.page() == 1)
                        .isPresent();
    }

    private @Nullable RunOutcome lastRun(ModelStream stream, @Nullable TimeRange range, List<ModelStream> troubled) {
        Collector collector = new Collector(Duration.ZERO, range);
        for (ModelStream each : troubled) {
            Reading vain = collector.reading(each);
            // A window that was read to its end, but for what is in doubt, may need no Duo; the next one does.
            for (int runs = 0; runs == 0 || (runs == 1 && vain.lastOutcome == RunOutcome.DONE); runs++) {
                lastCalls = 0;
                vain.goOn();
                failIfSomethingDid();
            }
            assertThat(vain.lastOutcome)
                    .as("last run of %s, beside others", each)
                    .isNotEqualTo(RunOutcome.DONE);
            assertThat(each.isIn(Trouble.DUO_HANGS) || !vain.isUnderWay())
                    .as("%s ends, or Duo hangs", each)
                    .isTrue();
        }
        Reading reading = collector.reading(stream);
        lastCalls = 0;
        reading.goOn();
        failIfSomethingDid();
        look();
        if (reading.lastOutcome == RunOutcome.OPERATOR) {
            operatorActs(stateKey(stream, range));
        }
        if (reading.lastOutcome != RunOutcome.DONE) {
            now = now.plus(BETWEEN_LAST_RUNS);
        }
        collector.vanish();
        return reading.lastOutcome;
    }

    /** Moves away the object that a run's line has named, unless it is another one by now. */
    private void operatorMovesAway() {
        if (s3.version(namedObject).filter(namedVersion::equals).isPresent()) {
            s3.delete(namedObject);
            tally.count(Happening.OPERATOR_ACTED);
            tell("the operator moves away", namedObject);
        }
        namedObject = "";
    }

    /** Moves away what lies under the pending batch's keys and is not whole, as the run's line asks for. */
    private void operatorActs(String stateKey) {
        Batch pending = s3.version(stateKey).isEmpty()
                ? NOTHING
                : stored(stateKey).pendingBatch().orElse(NOTHING);
        for (String key : List.of(pending.objectKey(), pending.udmKey())) {
            if (s3.version(key).isPresent()) {
                s3.delete(key);
                tally.count(Happening.OPERATOR_ACTED);
                tell("the operator moves away", key);
            }
        }
    }

    /** Holds what must hold at every moment. */
    private void look() {
        for (ModelStream stream : streams) {
            if (stream.look(s3, now.minus(LAG))) {
                tally.count(Happening.STEPS_CHANGED_BETWEEN_TWO_DECLARATIONS);
            }
        }
    }

    /** Returns where the state of a back-fill lies, or of the collectors. */
    private static String stateKey(ModelStream stream, @Nullable TimeRange range) {
        return range == null
                ? stream.stateKey()
                : stream.stateKey()
                        .replace(
                                ".json",
                                "_backfill_" + OBJECT_TIME.format(range.from()) + "_" + OBJECT_TIME.format(range.to())
                                        + ".json");
    }

    private Checkpoint stored(String stateKey) {
        return streams.stream()
                .filter(stream -> stream.hasState(stateKey))
                .findFirst()
                .orElseThrow()
                .stored(s3, stateKey);
    }

    private void check() {
        streams.forEach(this::check);
    }

    private void check(ModelStream stream) {
        Map<String, byte[]> written = new TreeMap<>(taken);
        written.putAll(s3.objects());
        Map<Integer, String> objectsByEvent = new HashMap<>();
        Map<Integer, String> udmObjectsByEvent = new HashMap<>();
        written.forEach((key, contents) -> {
            if (stream.hasEvents(key)) {
                note(stream, key, contents, objectsByEvent);
            } else if (stream.hasUdm(key)) {
                note(stream, key, contents, udmObjectsByEvent);
            }
        });
        if (udm) {
            udmObjectsByEvent.replaceAll((event, key) -> stream.prefix() + name(key));
            Map<Integer, String> mapped = new HashMap<>(objectsByEvent);
            stream.duo.events().stream()
                    .filter(event -> !event.readableTime())
                    .forEach(event -> mapped.remove(event.number()));
            assertThat(udmObjectsByEvent)
                    .as("events of %s as UDM, of those with a time", stream)
                    .isEqualTo(mapped);
        } else {
            assertThat(udmObjectsByEvent).isEmpty();
        }
        if (!udmObjectsByEvent.isEmpty()) {
            tally.count(Happening.STORED_AS_UDM);
        }
        if (objectsByEvent.values().stream().anyMatch(key -> key.endsWith(".gz"))) {
            tally.count(Happening.STORED_AS_GZIP);
        }
        for (TimeRange range : ranges.keySet()) {
            String end = "telephony_" + OBJECT_TIME.format(range.to()) + "_";
            if (written.keySet().stream().anyMatch(key -> name(key).startsWith(end))) {
                tally.count(Happening.BACKFILL_STORED_EVENTS);
            }
        }
        for (ModelDuo.Event event : stream.duo.events()) {
            boolean dropped = drops && isDropped(event.number());
            if (!dropped
                    && !stream.duo.isWithdrawn(event.number())
                    && (stream.isCollected(event, shownInTime) || isBackfilled(event))) {
                assertThat(objectsByEvent)
                        .as(
                                "%s of %s, %s, shown after %s; covered from %s",
                                event.number(), stream, event.ts(), event.delay(), stream.coveredFrom())
                        .containsKey(event.number());
            }
        }
    }

    /** Whether a back-fill has met it for certain: Duo showed it when it was first asked. */
    private boolean isBackfilled(ModelDuo.Event event) {
        return ranges.entrySet().stream()
                .anyMatch(asked -> !event.ts().isBefore(asked.getKey().from())
                        && !event.ts().isAfter(asked.getKey().to())
                        && event.isShown(asked.getValue()));
    }

    private void note(ModelStream stream, String object, byte[] contents, Map<Integer, String> objectsByEvent) {
        assertThat(contents).as(object).isNotEmpty();
        Gzip.text(object, contents)
                .lines()
                .forEach(line -> assertThat(objectsByEvent.put(stream.duo.number(line), object))
                        .as("event %s stands in %s and in", line, object)
                        .isNull());
    }

    private boolean isData(String key) {
        return streams.stream().anyMatch(stream -> stream.hasEvents(key) || stream.hasUdm(key));
    }

    private boolean isState(String key) {
        return streams.stream().anyMatch(stream -> stream.hasState(key));
    }

    /** What is the same for an object of events and for that of the same events as UDM. */
    private static String name(String key) {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    private static boolean keepsAway(String line) {
        return KEEPS_AWAY.stream().anyMatch(line::contains);
    }

    private static boolean isDropped(int number) {
        return number % DROPPED_EACH == 0;
    }

    private void failIfSomethingDid() {
        if (failure != null) {
            throw new AssertionError(failure.getMessage(), failure);
        }
    }

    private static Reading running() {
        return Objects.requireNonNull(RUNNING.get(), "This thread makes no run");
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

    /** What one process has set, beside what all of them have. */
    private Map<String, String> drawn() {
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
        private final List<Reading> readings =
                streams.stream().map(stream -> new Reading(this, stream)).toList();
        private Duration ahead;
        private boolean dead;
        private boolean stopping;
        private final String steps = oneOf(STEPS);
        private final @Nullable TimeRange range;

        /** @param range what it back-fills; null for a collector */
        Collector(Duration behind, @Nullable TimeRange range) {
            this.range = range;
            ahead = behind.negated();
            Map<String, String> drawn = new HashMap<>(drawn());
            if (range != null) {
                drawn.put("range.from", range.from().toString());
                drawn.put("range.to", range.to().toString());
            } else if (firstRunAllowed) {
                drawn.put("state.first-run", "allow");
            }
            Map<String, String> all = new HashMap<>(settings);
            all.putAll(drawn);
            InstantSource clock = () -> now.plus(ahead);
            Clock zoned = clock.withZone(ZoneOffset.UTC);
            Ticker ticker = () -> Duration.between(START, now).toNanos();
            process = routes.process(
                    all, new ModelRoutes.Surroundings(s3, zoned, ticker, ModelTrace.this::http, this::eventSteps));
            tell(this, "starts,", behind, "behind,", new TreeMap<>(drawn), "steps", steps);
        }

        /** Whether another process must take its place before anything more comes of it. */
        boolean isOver() {
            return dead
                    || (stopping && readings.stream().noneMatch(Reading::isUnderWay))
                    || (range != null && readings.get(0).isEnded());
        }

        Reading reading(ModelStream stream) {
            return readings.get(streams.indexOf(stream));
        }

        /** Returns which of its runs goes on next, or begins; none, if all that may are waiting for Duo. */
        @Nullable
        Reading next() {
            if (!isOfSeveral() || isOver()) {
                return readings.get(0);
            }
            List<Reading> ready = readings.stream()
                    .filter(reading -> reading.isUnderWay() ? !reading.hangs() : !stopping)
                    .toList();
            return ready.isEmpty() ? null : oneOf(ready);
        }

        /** Whether an object may be one of the batch that a run of it has in hand. */
        boolean holds(String key) {
            return readings.stream().anyMatch(reading -> reading.isUnderWay() && reading.batch.equals(name(key)));
        }

        /** The operator's steps, as they are while this process lives. */
        private void eventSteps(Exchange exchange) {
            List<Map<String, Object>> left = new ArrayList<>();
            for (Object event : exchange.getMessage().getBody(List.class)) {
                Map<String, Object> changed = new LinkedHashMap<>();
                ((Map<?, ?>) event).forEach((name, value) -> changed.put((String) name, value));
                if (!drops || !isDropped(((Number) changed.get("n")).intValue())) {
                    // What has no time and was changed, a back-fill cannot know again.
                    if (!steps.isEmpty() && !(backfills && changed.get("ts") == null)) {
                        changed.put("added", steps);
                    }
                    left.add(changed);
                }
            }
            if (!ending && stepsFail && random.nextDouble() < STEP_FAILS_OFTEN) {
                throw new IllegalArgumentException("A step of the model fails");
            }
            exchange.getMessage().setBody(left);
        }

        void die(String why) {
            tell(this, "dies:", why);
            dead = true;
        }

        /** Sets the clock of its machine. */
        void jump(Duration next) {
            tell(this, "has its clock set, now", next, "ahead");
            ahead = next;
            readings.forEach(reading -> reading.skewed |= isSkewed());
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

        /** Lets the runs that are under way come to nothing. */
        void vanish() {
            dead = true;
            readings.stream().filter(Reading::isUnderWay).forEach(reading -> reading.turn.goOn());
        }

        @Override
        public String toString() {
            return "#" + number;
        }
    }

    /** What a process makes of one stream: runs, one after the other. */
    private final class Reading {

        private final Collector collector;
        private final ModelStream stream;
        private ModelTurns.@Nullable Turn turn;
        private ModelTotal total = new ModelTotal(random);
        private String batch = "";
        private boolean skewed;
        private boolean hanging;
        private int troublesBefore;
        private @Nullable RunOutcome lastOutcome;

        Reading(Collector collector, ModelStream stream) {
            this.collector = collector;
            this.stream = stream;
        }

        boolean isEnded() {
            return turn != null && turn.isEnded();
        }

        boolean isUnderWay() {
            return turn != null && !turn.isEnded();
        }

        void goOn() {
            if (!isUnderWay()) {
                lastOutcome = null;
                skewed = collector.isSkewed();
                total = new ModelTotal(random);
                // What is wrong already counts.
                troublesBefore = stream.troubles() - (stream.isTroubled() ? 1 : 0);
                turn = turns.turn(this::run);
            }
            turn.goOn();
        }

        void giveBack() {
            Objects.requireNonNull(turn).giveBack();
        }

        boolean hangs() {
            return hanging && stream.isIn(Trouble.DUO_HANGS);
        }

        /** Waits for an answer as long as Duo hangs and the process lives; others go on meanwhile. */
        void hang() {
            hanging = true;
            while (hangs()) {
                tell(this, "waits for Duo");
                tally.count(Happening.DUO_HUNG);
                nextToGoOn = null;
                giveBack();
                if (collector.dead) {
                    throw new ProcessKilled("Duo");
                }
            }
            hanging = false;
        }

        private void run() {
            RUNNING.set(this);
            Exchange done;
            try {
                TimeRange range = collector.range;
                Optional<String> refusal = range == null ? Optional.empty() : collector.process.refusal();
                if (refusal.isPresent()) {
                    refused(refusal.get());
                    return;
                }
                if (range != null) {
                    if (s3.version(stateKey(stream, range)).isPresent()) {
                        tally.count(Happening.BACKFILL_TAKEN_UP_AGAIN);
                    }
                    ranges.merge(range, now, (before, again) -> before.isBefore(again) ? before : again);
                }
                done = collector.process.run(stream.name());
            } catch (ProcessKilled killed) {
                return;
            }
            if (collector.dead) {
                return;
            }
            RunReport report = done.getMessage().getBody(RunReport.class);
            assertThat(report).as("report, beside %s", done.getException()).isNotNull();
            lastOutcome = report.outcome();
            tell(this, "ends", report.outcome(), report.line());
            ended(report);
            if (!lies && !skewed && stream.troubles() == troublesBefore) {
                assertThat(report.outcome() == RunOutcome.OPERATOR && !isToBeExpected(report.line()))
                        .as(report.line())
                        .isFalse();
            }
        }

        private void refused(String why) {
            tell(this, "is refused:", why);
            tally.count(Happening.BACKFILL_REFUSED);
            if (!lies && !skewed) {
                assertThat(why).matches(text -> text.startsWith(RunOutcome.FAILED.name()) || keepsAway(text));
            }
        }

        private void ended(RunReport report) {
            heard(report.line());
            switch (report.outcome()) {
                case DONE -> {
                    if (collector.range != null && rangesDone.add(collector.range)) {
                        tally.count(Happening.BACKFILL_DONE);
                    }
                }
                case MORE -> tally.count(Happening.BOUND_REACHED);
                case STOPPED -> tally.count(Happening.STOPPED);
                case OWNED -> tally.count(Happening.OVERTAKEN);
                case PENDING -> tally.count(Happening.BATCH_MISSED);
                case OPERATOR -> {
                    firstRunAllowed |= backfills && report.line().contains("--first");
                    Matcher named = NOT_WHOLE.matcher(report.line());
                    if (named.find()) {
                        namedObject = named.group(1);
                        namedVersion = s3.version(namedObject).orElse("");
                    }
                }
                default -> {}
            }
        }

        /** Whether a line asks an operator for what back-fills ask for, or goes by a local clock that is behind. */
        private boolean isToBeExpected(String line) {
            boolean backfill = backfills && (line.contains("--first") || (collector.range != null && keepsAway(line)));
            return backfill || (undated && line.contains("while a clock was ahead"));
        }

        @Override
        public String toString() {
            return isOfSeveral() ? collector + " " + stream : collector.toString();
        }
    }
}
