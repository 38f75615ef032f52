// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.Settings;
import dev.duocollector.TestSettings;
import dev.duocollector.run.RunOutcome;
import dev.duocollector.s3.MemoryS3;
import dev.duocollector.s3.MemoryS3.Call;
import dev.duocollector.s3.MemoryS3.Fault;
import dev.duocollector.s3.MemoryS3.ProcessKilled;
import dev.duocollector.source.TelephonyPage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The guarantee against chance: one to three collectors on one checkpoint, each taking its steps when the dice say so, with
 * calls to S3 that fail before or after their effect or take effect late, processes that die or are stopped, clocks that are
 * behind, events that Duo shows late, settings that change from one process to the next, and a feed that deletes the objects
 * that it took. Afterwards a collector that nothing happens to makes the last runs, and then every event that Duo showed in
 * time stands in exactly one object, or did until the feed took it.
 *
 * <p>A failure names the seed of its trace; {@link #trace} with it alone tells the same story again.
 */
class DeliveryModelTest {

    private static final int TRACES = 4000;

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

    private static final int OUTAGE_CALLS_MAX = 12;

    /** Far more than a trace's events can need. */
    private static final int LAST_RUNS_MAX = 200;

    private static final int LAST_STEPS_MAX = 1000;

    private static final Map<Duration, List<Settings>> SETTINGS = new HashMap<>();

    static {
        for (Duration overlap : OVERLAPS) {
            List<Settings> settings = new ArrayList<>();
            for (String limit : List.of("1", "2", "3")) {
                for (String pages : List.of("0", "0", "1", "2")) {
                    settings.add(TestSettings.with(
                            "duo.overlap",
                            overlap.toString(),
                            "duo.lookback",
                            LOOKBACK.toString(),
                            "duo.page.size",
                            limit,
                            "duo.page.pause",
                            "0s",
                            "max.iterations",
                            pages));
                }
            }
            SETTINGS.put(overlap, settings);
        }
    }

    private final CamelContext context = new DefaultCamelContext();

    @Test
    void everyEvent_standsInOneObject_whateverFails() {
        for (long seed = 1; seed <= TRACES; seed++) {
            trace(seed);
        }
    }

    private void trace(long seed) {
        try {
            new Trace(new Random(seed)).tell();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("The trace with seed " + seed + " fails: " + e.getMessage(), e);
        }
    }

    private final class Trace {

        private final Random random;
        private final MemoryS3 s3 = new MemoryS3();
        private final ModelDuo duo;
        private final List<Duration> overlaps = new ArrayList<>();
        private final List<ModelCollector> collectors = new ArrayList<>();
        private final double s3Fails;
        private final double duoFails;
        private final boolean fed;
        private final Duration shownInTime;
        private final Map<String, byte[]> taken = new HashMap<>();
        private Instant now = START;
        private @Nullable Instant coveredFrom;
        private Instant committedThrough = Instant.MIN;
        private String stateVersion = "";
        private int outageCalls;
        private Fault outage = Fault.NONE;

        Trace(Random random) {
            this.random = random;
            duo = new ModelDuo(random.nextBoolean());
            overlaps.add(oneOf(OVERLAPS));
            if (random.nextBoolean()) {
                overlaps.addAll(OVERLAPS);
            }
            shownInTime = LAG.plus(overlaps.stream().min(Duration::compareTo).orElseThrow());
            s3Fails = oneOf(List.of(0.0, 0.03, 0.1, 0.3));
            duoFails = oneOf(List.of(0.0, 0.0, 0.1));
            fed = random.nextBoolean();
            addEvents();
        }

        void tell() {
            s3.plan(this::fault);
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                collectors.add(process());
            }
            for (int i = 40 + random.nextInt(160); i > 0; i--) {
                happen();
                look();
            }
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
            }
        }

        private void happen() {
            int chance = random.nextInt(100);
            if (chance < 8) {
                now = now.plusSeconds(random.nextInt(240));
            } else if (chance < 12 && s3.late() > 0) {
                s3.deliverLate(random.nextInt(s3.late()));
            } else if (chance < 14) {
                collectors.set(random.nextInt(collectors.size()), process());
            } else if (chance < 16) {
                oneOf(collectors).stop();
            } else if (chance < 24 && fed) {
                feed();
            } else {
                step(random.nextInt(collectors.size()));
            }
        }

        private void step(int index) {
            ModelCollector collector = collectors.get(index);
            try {
                if (collector.isRunning()) {
                    collector.step();
                    assertNoOperatorIsCalled(collector);
                } else if (collector.isStopping()) {
                    collectors.set(index, process());
                } else {
                    collector.start();
                }
            } catch (ProcessKilled killed) {
                collectors.set(index, process());
            }
        }

        /**
         * Takes every object that the state has confirmed, and deletes it. Let be is one that is under way a second time: from
         * a write that the network holds, or a collector that declared it, was overtaken, and has yet to find that out.
         */
        private void feed() {
            String pending = s3.version(stateKey()).isEmpty()
                    ? ""
                    : stored().pendingBatch().map(Batch::objectKey).orElse("");
            for (String key : s3.objects().keySet()) {
                if (!key.equals(stateKey())
                        && !key.equals(pending)
                        && !s3.isLate(key)
                        && collectors.stream().noneMatch(collector -> collector.isAboutToStore(key))) {
                    assertThat(taken.put(key, s3.delete(key)))
                            .as("%s comes a second time", key)
                            .isNull();
                }
            }
        }

        private void end() {
            s3.plan(call -> Fault.NONE);
            for (int i = 0; i < 3; i++) {
                now = now.plus(Duration.ofMinutes(40));
                lastRuns();
            }
        }

        private void lastRuns() {
            for (int i = 0; i < LAST_RUNS_MAX; i++) {
                ModelCollector collector = process(Duration.ZERO);
                collector.start();
                for (int step = 0; collector.isRunning(); step++) {
                    assertThat(step).as("steps of one run").isLessThan(LAST_STEPS_MAX);
                    if (s3.late() > 0 && random.nextInt(4) == 0) {
                        s3.deliverLate(random.nextInt(s3.late()));
                    }
                    collector.step();
                    look();
                }
                assertNoOperatorIsCalled(collector);
                if (collector.report().outcome() == RunOutcome.DONE) {
                    return;
                }
            }
            throw new AssertionError("The last runs come to no end");
        }

        /** Holds what must hold at every moment. */
        private void look() {
            String version = s3.version(stateKey()).orElse("");
            if (version.equals(stateVersion)) {
                return;
            }
            stateVersion = version;
            Checkpoint checkpoint = stored();
            if (coveredFrom == null) {
                coveredFrom = checkpoint.openWindow().orElseThrow().mintime();
            }
            assertThat(checkpoint.committedThrough()).as("never steps back").isAfterOrEqualTo(committedThrough);
            committedThrough = checkpoint.committedThrough();
        }

        private Checkpoint stored() {
            return Objects.requireNonNull(
                    StateFormat.read(s3.objects().get(stateKey()), "the model").checkpoint());
        }

        private void check() {
            Map<Integer, String> objectsByEvent = new HashMap<>();
            s3.objects().forEach((key, contents) -> {
                if (!key.equals(stateKey())) {
                    note(key, contents, objectsByEvent);
                }
            });
            taken.forEach((key, contents) -> note(key + ", which was taken", contents, objectsByEvent));
            for (ModelDuo.Event event : duo.events()) {
                if (!event.ts().isBefore(coveredFrom) && event.delay().compareTo(shownInTime) <= 0) {
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
            new String(contents, UTF_8)
                    .lines()
                    .forEach(event -> assertThat(objectsByEvent.put(Integer.valueOf(event), object))
                            .as("event %s stands in %s and in", event, object)
                            .isNull());
        }

        private void assertNoOperatorIsCalled(ModelCollector collector) {
            if (!collector.isRunning()) {
                assertThat(collector.report().outcome())
                        .as(collector.report().line())
                        .isNotEqualTo(RunOutcome.OPERATOR);
            }
        }

        private ModelCollector process() {
            return process(oneOf(CLOCKS_BEHIND));
        }

        private ModelCollector process(Duration behind) {
            InstantSource clock = () -> now.minus(behind);
            return new ModelCollector(
                    s3, this::answer, oneOf(SETTINGS.get(oneOf(overlaps))), clock.withZone(ZoneOffset.UTC), context);
        }

        private TelephonyPage answer(Map<String, String> query, ModelCollector asking) {
            if (collectors.contains(asking) && random.nextDouble() < duoFails) {
                throw new IllegalStateException("Duo does not answer");
            }
            return duo.page(query, now);
        }

        private Fault fault(Call call) {
            if (outageCalls > 0 && call.write()) {
                outageCalls--;
                return outage;
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

        private <T> T oneOf(List<T> choices) {
            return choices.get(random.nextInt(choices.size()));
        }

        private String stateKey() {
            return "duo-telephony-state/" + TestSettings.API_HOST + ".json";
        }
    }
}
