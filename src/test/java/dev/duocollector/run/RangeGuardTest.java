// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.route.World;
import dev.duocollector.s3.EmbeddedS3;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.TestSettings;
import dev.duocollector.settings.TimeRange;
import dev.duocollector.state.Batch;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.S3StateStore;
import dev.duocollector.state.Window;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;

class RangeGuardTest {

    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");
    private static final Instant COVERED = Instant.parse("2026-11-23T07:00:00Z");
    private static final String HOST = TestSettings.API_HOST;
    private static final String BUCKET = "range-guard";

    private final EmbeddedS3 s3 = World.s3();

    @BeforeEach
    void emptyBucket() {
        s3.createBucket(BUCKET);
        s3.objects(BUCKET, "")
                .keySet()
                .forEach(key -> s3.client()
                        .deleteObject(request -> request.bucket(BUCKET).key(key)));
    }

    @ParameterizedTest
    @CsvSource({
        // Duo keeps 179 days and 23 hours.
        "2026-05-27T09:00:00.001Z, 2026-05-28T00:00:00Z",
        // The collector's next window begins ten minutes before what it has covered.
        "2026-11-20T00:00:00Z,     2026-11-23T06:49:59.999Z",
    })
    void backfill_mayBeginUpToItsBounds(String from, String to) throws Exception {
        collected();

        assertThat(guard(from, to).backfill()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-05-27T09:00:00Z, 2026-05-28T00:00:00Z, --from is 2026-05-27T09:00:00Z",
        "2026-11-20T00:00:00Z, 2026-11-23T06:50:00Z, --to is 2026-11-23T06:50:00Z",
        "2026-11-20T00:00:00Z, 2026-11-23T07:58:00.001Z, --to is 2026-11-23T07:58:00.001Z",
    })
    void backfill_isRefusedBeyondThem(String from, String to, String message) {
        collected();

        assertRefused(guard(from, to), message);
    }

    /** The collector keeps keys of ten minutes, and may read as far back, whatever whoever fills has set. */
    @ParameterizedTest
    @CsvSource({"2026-11-23T06:49:59.999Z, true", "2026-11-23T06:50:00Z, false", "2026-11-23T06:55:00Z, false"})
    void backfill_keepsAwayFromTheCollectorsKeys_withASmallerOverlap(String to, boolean begins) {
        collected();
        Settings settings = TestSettings.with(
                "s3.clock",
                "ignore",
                "s3.bucket",
                BUCKET,
                "duo.overlap",
                "1m",
                "range.from",
                "2026-11-20T00:00:00Z",
                "range.to",
                to);
        RangeGuard guard = new RangeGuard(s3.client(), settings, Clock.fixed(NOW, ZoneOffset.UTC), () -> 0);

        if (begins) {
            assertThat(guard.backfill()).isEmpty();
        } else {
            assertRefused(guard, "the collector itself still reads what lies after 2026-11-23T06:50:00Z");
        }
    }

    @Test
    void refusals_sayWhatToSet() {
        collected();

        assertRefused(
                guard("2026-05-27T09:00:00Z", "2026-05-28T00:00:00Z"),
                "since 2026-05-27T09:00:00.001Z. Set --from to that time or later");
        assertRefused(
                guard("2026-11-20T00:00:00Z", "2026-11-23T06:50:00Z"),
                "the collector itself still reads what lies after 2026-11-23T06:50:00Z",
                "Set --to to 2026-11-23T06:49:59.999Z or earlier");
        assertRefused(
                guard("2026-11-20T00:00:00Z", "2026-11-23T07:58:00.001Z"),
                "Duo shows events up to 2026-11-23T07:58:00Z (now minus duo.lag)");
    }

    @Test
    void openWindowOfTheCollector_isKeptAwayFrom() throws Exception {
        CollectorState collector =
                repository(settings("2026-11-20", "2026-11-21").log().collectorStateKey());
        collector.openWindow(Window.unread(NOW.minus(Duration.ofDays(2)), NOW.minus(Duration.ofMinutes(2)), 1000));
        collector.writeWindow();

        assertRefused(guard("2026-11-20T00:00:00Z", "2026-11-21T08:00:00Z"), "--to is 2026-11-21T08:00:00Z");
        assertThat(guard("2026-11-20T00:00:00Z", "2026-11-21T07:59:59.999Z").backfill())
                .isEmpty();
    }

    @Test
    void collectorThatHasNeverRun_mayBeginALookbackAgo() throws Exception {
        assertRefused(
                guard("2026-11-20T00:00:00Z", "2026-11-22T07:40:00Z"),
                "a collector that starts now may begin at 2026-11-22T07:40:00Z",
                "there is no state at s3://range-guard/duo-telephony-state/" + HOST + ".json");
        assertThat(guard("2026-11-20T00:00:00Z", "2026-11-22T07:39:59.999Z").backfill())
                .isEmpty();
    }

    @Test
    void unfinishedBackfillOfTheSameTime_isFinishedFirst() throws Exception {
        collected();
        Settings begun = settings("2026-11-10", "2026-11-12");
        CollectorState state = repository(begun.log().stateKey());
        state.openWindow(Window.unread(
                begun.log().range().orElseThrow().from(),
                begun.log().range().orElseThrow().to(),
                1000));
        state.writeWindow();

        assertRefused(
                guard("2026-11-12", "2026-11-13"),
                "A back-fill of 2026-11-10T00:00:00Z..2026-11-12T00:00:00Z was begun and is not done",
                "backfill --from 2026-11-10T00:00:00Z --to 2026-11-12T00:00:00Z, or",
                "s3://range-guard/" + begun.log().stateKey());
        assertThat(guard("2026-11-12T00:00:00.001Z", "2026-11-13").backfill()).isEmpty();
        assertThat(guard("2026-11-10", "2026-11-12").backfill())
                .as("the same goes on")
                .hasValueSatisfying(
                        checkpoint -> assertThat(checkpoint.openWindow()).isPresent());

        state.confirm(new Batch("", Map.of(), Cursor.END));
        state.closeWindow();

        assertThat(guard("2026-11-12", "2026-11-13").backfill())
                .as("it is done")
                .isEmpty();
        assertThat(guard("2026-11-10", "2026-11-12").backfill())
                .as("the same is done")
                .hasValueSatisfying(
                        checkpoint -> assertThat(checkpoint.openWindow()).isEmpty());
    }

    @Test
    void unfinishedBackfillOfOneOfSeveralLogs_isFinishedByACommandThatNamesIt() throws Exception {
        collected();
        begin("2026-11-10", "2026-11-12");
        Settings severalLogs = TestSettings.with(
                "duo.logs",
                "telephony,activity",
                "s3.clock",
                "ignore",
                "s3.bucket",
                BUCKET,
                "range.from",
                "2026-11-12",
                "range.to",
                "2026-11-13");

        assertRefused(
                new RangeGuard(s3.client(), severalLogs, Clock.fixed(NOW, ZoneOffset.UTC), () -> 0),
                "backfill --log telephony --from 2026-11-10T00:00:00Z --to 2026-11-12T00:00:00Z, or");
    }

    /** Both had looked before either was written; each sees the other once its own is. */
    @Test
    void twoThatBeganAtTheSameTime_bothStop_untilOneIsGivenUp() throws Exception {
        collected();
        RangeGuard one = guard("2026-11-10", "2026-11-12");
        RangeGuard other = guard("2026-11-11", "2026-11-13");
        assertThat(one.backfill()).isEmpty();
        assertThat(other.backfill()).isEmpty();

        begin("2026-11-10", "2026-11-12");
        assertThatCode(one::begun).as("the other is not written yet").doesNotThrowAnyException();
        begin("2026-11-11", "2026-11-13");

        for (RangeGuard guard : List.of(one, other)) {
            assertThatThrownBy(guard::begun)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("was begun and is not done")
                    .hasMessageContaining("delete its state, s3://range-guard/");
        }
        assertRefused(guard("2026-11-10", "2026-11-12"), "A back-fill of 2026-11-11T00:00:00Z");
        assertRefused(guard("2026-11-11", "2026-11-13"), "A back-fill of 2026-11-10T00:00:00Z");

        s3.client()
                .deleteObject(request -> request.bucket(BUCKET)
                        .key(settings("2026-11-11", "2026-11-13").log().stateKey()));
        assertThat(guard("2026-11-10", "2026-11-12").backfill())
                .as("the one goes on")
                .isPresent();
    }

    @Test
    void oneThatHasReadAPage_goesOn_besideOneThatHasNot() throws Exception {
        collected();
        CollectorState reading = begin("2026-11-10", "2026-11-12");
        reading.confirm(new Batch("", Map.of(), Cursor.after("1794268800000,a")));
        reading.save();
        begin("2026-11-11", "2026-11-13");

        assertThat(guard("2026-11-10", "2026-11-12").backfill()).isPresent();
        assertRefused(guard("2026-11-11", "2026-11-13"), "A back-fill of 2026-11-10T00:00:00Z");
    }

    @Test
    void stateOfSomebodyElse_isRefused() {
        s3.client()
                .putObject(
                        request -> request.bucket(BUCKET).key("duo-telephony-state/" + HOST + ".json"),
                        RequestBody.fromString("{\"version\":99}"));

        assertRefused(guard("2026-11-10", "2026-11-12"), "has version 99");
    }

    @Test
    void verify_isRefusedForWhatIsNotCollectedYet() throws Exception {
        guard("2026-11-10", "2026-11-23T07:30:00Z").verify();
        collected();
        guard("2026-11-10", COVERED.toString()).verify();

        assertThatThrownBy(() -> guard("2026-11-10", "2026-11-23T07:00:00.001Z").verify())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("the collector has collected through " + COVERED);
        assertThatThrownBy(() -> guard("2026-05-01", "2026-11-12").verify())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("--from is 2026-05-01T00:00:00Z");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-01,                2026-11-01T00:00:00Z",
        "2026-11-01T10:20Z,         2026-11-01T10:20:00Z",
        "2026-11-01T10:20:30+02:00, 2026-11-01T08:20:30Z",
        "2026-11-01T10:20:30.1239Z, 2026-11-01T10:20:30.123Z",
    })
    void times_mayBeWrittenSo(String text, Instant time) {
        assertThat(TimeRange.parse(text)).contains(time);
    }

    @ParameterizedTest
    @CsvSource({"2026-11-31", "2026-11-01T10:20:30", "yesterday", "1763885700124", "''"})
    void times_mayNotBeWrittenOtherwise(String text) {
        assertThat(TimeRange.parse(text)).isEmpty();
    }

    /** Its own, and another's of the same time. What helps a collector's state does not help here. */
    @ParameterizedTest
    @CsvSource({"2026-11-20, 2026-11-21", "2026-11-19, 2026-11-20T12:00:00Z"})
    void damagedStateOfABackfill_isToBeDeleted(String from, String to) throws Exception {
        collected();
        String key = settings(from, to).log().stateKey();
        s3.client().putObject(put -> put.bucket(BUCKET).key(key), RequestBody.fromString("{"));

        assertRefused(guard("2026-11-20", "2026-11-21"), key, "It is a back-fill's", "Delete it");
    }

    /** Leaves the state of a collector that has covered all up to COVERED. */
    private void collected() {
        CollectorState state =
                repository(settings("2026-11-20", "2026-11-21").log().collectorStateKey());
        state.open(asked -> NOW);
        state.openWindow(Window.unread(COVERED.minus(Duration.ofDays(1)), COVERED, 1000));
        state.confirm(new Batch("", Map.of(), Cursor.END));
        state.closeWindow();
    }

    /** Leaves the state of a back-fill that has read nothing yet. */
    private CollectorState begin(String from, String to) {
        Settings begun = settings(from, to);
        CollectorState state = repository(begun.log().stateKey());
        state.openWindow(Window.unread(
                begun.log().range().orElseThrow().from(),
                begun.log().range().orElseThrow().to(),
                1000));
        state.writeWindow();
        return state;
    }

    private static void assertRefused(RangeGuard guard, String... parts) {
        assertThatThrownBy(guard::backfill)
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.outcome()).isEqualTo(RunOutcome.OPERATOR))
                .hasMessageContainingAll(parts);
    }

    private RangeGuard guard(String from, String to) {
        // The embedded server's own clock is the machine's.
        return new RangeGuard(s3.client(), settings(from, to), Clock.fixed(NOW, ZoneOffset.UTC), () -> 0);
    }

    private CollectorState repository(String key) {
        return new CollectorState(
                new S3StateStore(s3.client(), BUCKET, key),
                HOST,
                Duration.ofMinutes(10),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static Settings settings(String from, String to) {
        return TestSettings.with("s3.clock", "ignore", "s3.bucket", BUCKET, "range.from", from, "range.to", to);
    }
}
