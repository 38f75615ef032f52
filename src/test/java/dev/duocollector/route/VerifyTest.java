// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.wrongTotal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.RecordedRequest;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.verify.Comparison.Difference;
import dev.duocollector.verify.Comparison.Kind;
import dev.duocollector.verify.Comparison.Place;
import dev.duocollector.verify.Comparison.Result;
import dev.duocollector.verify.Coverage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/** The comparison of Duo with the bucket, over objects that a collector has written and somebody has changed. */
class VerifyTest {

    private static final Instant FROM = World.START.minus(Duration.ofMinutes(50));
    private static final Instant TO = World.START.minus(Duration.ofMinutes(10));

    private final World world = new World().set("duo.page.size", "4").set("duo.retry.max-elapsed", "0s");
    private final List<SimulatedEvent> events = new ArrayList<>();
    private Map<String, byte[]> stored = Map.of();

    @BeforeEach
    void collect() {
        MadeUpEvents madeUp = new MadeUpEvents(21);
        events.addAll(madeUp.spread(9, FROM, TO));
        events.add(madeUp.twinOf(events.get(8)));
        world.events.add(events);
        // The same event twice is one event; one without ts is nobody's extra; what lies outside is not compared.
        world.events.add(events.get(1));
        world.events.add(madeUp.withoutTs(FROM.plusSeconds(30)));
        world.events.add(madeUp.at(FROM.minusMillis(1)), madeUp.at(TO.plusMillis(1)));
        try (TestCollector collector = world.start()) {
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.DONE);
        }
        stored = world.objects();
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Object verify() {
        Map<String, String> settings = new HashMap<>(world.settings);
        settings.put("range.from", FROM.toString());
        settings.put("range.to", TO.toString());
        return verify(settings);
    }

    private Object verify(Map<String, String> settings) {
        try (TestCollector collector = TestCollector.start(settings, world.clock);
                ProducerTemplate template = collector.context().createProducerTemplate()) {
            return template.send("direct:verify", exchange -> {}).getMessage().getBody();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Result compared() {
        return (Result) verify();
    }

    @Test
    void lessThanDuoSaid_isNotEqual() {
        assertThat(compared().isEqual()).as("with all that it said").isTrue();
        int asked = world.duo.requests().size();
        world.duo.misbehave(request -> true, wrongTotal("14"));

        Result result = compared();

        assertThat(result.isEqual()).isFalse();
        assertThat(result.withheld()).isEqualTo(2);
        assertThat(result.counts().values()).containsOnly(0L);
        List<RecordedRequest> requests =
                world.duo.requests().subList(asked, world.duo.requests().size());
        assertThat(requests.get(requests.size() - 1).query())
                .as("the last page, once more")
                .isEqualTo(requests.get(requests.size() - 2).query());
    }

    /** Returns where an event stands, by what is said of it. */
    private Place place(SimulatedEvent event) {
        for (Map.Entry<String, byte[]> object : stored.entrySet()) {
            List<String> lines = new String(object.getValue(), UTF_8).lines().toList();
            int line = lines.indexOf(World.stored(List.of(event)).get(0));
            if (line >= 0) {
                return new Place(object.getKey(), line + 1);
            }
        }
        throw new AssertionError("No object has the event");
    }

    private void put(String key, String text) {
        World.s3().client().putObject(request -> request.bucket(world.bucket).key(key), RequestBody.fromString(text));
    }

    private void replace(String key, String what, String with) {
        String text = new String(stored.get(key), UTF_8);
        assertThat(text).contains(what);
        put(key, text.replace(what, with));
    }

    private static Difference difference(Kind kind, SimulatedEvent event, Place... places) {
        return new Difference(
                kind, Optional.of(event.ts().truncatedTo(ChronoUnit.MILLIS)), event.id(), List.of(places));
    }

    @Test
    void bucketThatNobodyTouched_isEqual_andNothingIsWritten() {
        Map<String, byte[]> before = world.everything();
        int asked = world.s3Proxy.requests().size();

        Result result = compared();

        assertThat(result.isEqual()).isTrue();
        assertThat(result.objects()).isEqualTo(stored.size());
        assertThat(result.duoEvents()).isEqualTo(events.size() + 1);
        assertThat(result.bucketEvents()).isEqualTo(events.size() + 1);
        assertThat(result.differences()).isEmpty();
        assertThat(result.hours().stream().mapToLong(Coverage.Hour::events).sum())
                .as("without the one that has no time")
                .isEqualTo(events.size());
        assertThat(Coverage.holes(result.hours())).isEmpty();
        assertThat(world.s3Proxy
                        .requests()
                        .subList(asked, world.s3Proxy.requests().size()))
                .hasSizeGreaterThan(stored.size())
                .noneMatch(ProxiedRequest::isWrite);
        assertThat(world.everything()).containsExactlyInAnyOrderEntriesOf(before);
    }

    @Test
    void missingEvent_isTold() {
        SimulatedEvent event = events.get(3);
        replace(place(event).object(), World.stored(List.of(event)).get(0) + "\n", "");

        Result result = compared();
        assertThat(result.differences()).containsExactly(difference(Kind.MISSING, event));
        Instant time = event.ts().truncatedTo(ChronoUnit.MILLIS);
        assertThat(Coverage.holes(result.hours()))
                .singleElement()
                .satisfies(hole -> assertThat(List.of(hole.from(), hole.to())).containsOnly(time))
                .satisfies(hole -> assertThat(hole.missing()).isOne());
    }

    @Test
    void doubleEvent_isToldWithBothPlaces() {
        SimulatedEvent event = events.get(3);
        put("duo-telephony/zz-copy.json", event.json());

        assertThat(compared().differences())
                .containsExactly(
                        difference(Kind.DOUBLE, event, place(event), new Place("duo-telephony/zz-copy.json", 1)));
    }

    @Test
    void changedEvent_isToldWithItsPlace() {
        SimulatedEvent event = events.get(3);
        String line = World.stored(List.of(event)).get(0);
        replace(place(event).object(), line, line.replaceFirst("\"credits\":\\d", "\"credits\":99"));

        assertThat(compared().differences()).containsExactly(difference(Kind.CHANGED, event, place(event)));
    }

    @Test
    void extraEvent_isToldWithItsPlace() {
        SimulatedEvent event = new MadeUpEvents(99).at(FROM.plusSeconds(7));
        put("duo-telephony/zz-more.json", "no event\n" + event.json());

        assertThat(compared().differences())
                .containsExactly(difference(Kind.EXTRA, event, new Place("duo-telephony/zz-more.json", 2)));
    }

    @Test
    void everyKindAtOnce_isCounted() {
        stored.keySet()
                .forEach(key -> World.s3()
                        .client()
                        .deleteObject(request -> request.bucket(world.bucket).key(key)));
        String masked = events.get(0).json().replaceFirst("\"phone\":\"[^\"]*\"", "\"phone\":\"masked\"");
        put(
                "duo-telephony/all.json",
                String.join(
                        "\n",
                        events.get(1).json(),
                        events.get(1).json(),
                        events.get(1).json(),
                        masked,
                        new MadeUpEvents(98).at(FROM).json()));

        Result result = compared();

        assertThat(result.isEqual()).isFalse();
        assertThat(result.counts())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        Kind.MISSING, (long) events.size() - 1,
                        Kind.DOUBLE, 2L,
                        Kind.CHANGED, 1L,
                        Kind.EXTRA, 1L));
        assertThat(result.hours().stream().mapToLong(Coverage.Hour::missing).sum())
                .as("a changed one is there, and one has no time")
                .isEqualTo(events.size() - 2);
        assertThat(result.toString()).doesNotContain("202555");
    }

    @Test
    void comparisonThatBreaksOff_isNoResult_andWritesNothing() {
        Map<String, byte[]> before = world.everything();
        world.duoProxy.plan(FaultPlan.at(2, request -> true, Fault.ANSWER_503));

        assertThat(verify())
                .isInstanceOfSatisfying(
                        RunReport.class, report -> assertThat(report.outcome()).isEqualTo(RunOutcome.FAILED));
        assertThat(world.everything()).containsExactlyInAnyOrderEntriesOf(before);
    }

    /** A connection that breaks is not an object that is cut. */
    @Test
    void objectWhoseAnswerBreaksOff_isS3s_andPasses() {
        world.s3Proxy.plan(request ->
                request.method().equals("GET") && stored.keySet().stream().anyMatch(request.path()::endsWith)
                        ? Fault.CUT_BODY
                        : Fault.NONE);

        assertThat(verify()).isInstanceOfSatisfying(RunReport.class, report -> {
            assertThat(report.outcome()).isEqualTo(RunOutcome.FAILED);
            assertThat(report.line())
                    .contains("S3 could not be reached for s3:GetObject on s3://" + world.bucket + "/duo-telephony/");
        });
        assertThat(world.s3Proxy.faulted()).isNotEmpty();
    }

    @Test
    void rangeThatAgesWhileItIsRead_isNotWritten() {
        world.clock.set(FROM.plus(Duration.ofDays(180)).minus(Duration.ofMinutes(25)));
        Map<String, byte[]> before = world.everything();

        assertThat(verify()).isInstanceOfSatisfying(RunReport.class, report -> {
            assertThat(report.outcome()).isEqualTo(RunOutcome.OPERATOR);
            assertThat(report.line()).contains("Duo no longer keeps what lies before", "Give a later --from");
        });
        assertThat(world.everything()).containsExactlyInAnyOrderEntriesOf(before);
    }

    @Test
    void withoutARange_nothingIsAsked() {
        int asked = world.duoProxy.requests().size();

        assertThat(verify(world.settings)).isInstanceOfSatisfying(RunReport.class, report -> {
            assertThat(report.outcome()).isEqualTo(RunOutcome.OPERATOR);
            assertThat(report.line()).startsWith("The route verify compares a TimeRange, and no bean is one");
        });
        assertThat(world.duoProxy.requests()).hasSize(asked);
    }
}
