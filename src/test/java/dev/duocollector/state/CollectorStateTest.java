// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.sink.S3OperationException;
import dev.duocollector.state.Batch.Declaration;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the collector writes into the state, when, and which keys it keeps there; over HTTP, every write counted. */
@Timeout(60) // a slow start of the server
class CollectorStateTest {

    private static final Duration OVERLAP = Duration.ofMinutes(10);
    private static final Instant NOW = at("10:00");
    private static final Cursor OFFSET = Cursor.after("1795421700123,a");

    private static StateBucket bucket;

    private CollectorState collector;

    @BeforeAll
    static void start() {
        bucket = new StateBucket();
    }

    @AfterAll
    static void stop() {
        bucket.close();
    }

    @BeforeEach
    void empty() {
        bucket.reset();
        collector = reopened(OVERLAP);
        open(collector);
    }

    // ---- Opening.

    @Test
    void open_isEmpty_beforeTheFirstRun() {
        assertThat(open(collector)).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(collector::checkpoint)
                .withMessage("No window has been opened yet");
        assertThat(bucket.writes()).isZero();
    }

    @Test
    void open_refusesTheStateOfAnotherAccount() {
        collector.openWindow(window("08:00", "09:00"));
        collector.writeWindow();
        CollectorState other = new CollectorState(
                bucket.store(), "api-99999999.duosecurity.com", OVERLAP, Clock.fixed(NOW, ZoneOffset.UTC));

        assertThatThrownBy(() -> open(other))
                .isInstanceOf(StateRefusedException.class)
                .hasMessage("The state at s3://logs/duo-telephony-state/state.json belongs to " + StateBucket.OWNER
                        + ", and this is api-99999999.duosecurity.com's (duo.api.host, duo.logs). Give each account and each log a"
                        + " state.key of its own.");
        assertThatCode(() -> open(reopened(OVERLAP))).doesNotThrowAnyException();
    }

    @ParameterizedTest(name = "committed {0} ahead of the clock")
    @CsvSource({"PT-1H, true", "PT0S, true", "PT4M59S, true", "PT5M, true", "PT5M0.001S, false", "PT24H, false"})
    void open_refusesACheckpointFromTheFuture(Duration ahead, boolean accepted) {
        Instant committed = NOW.plus(ahead);
        put(new Checkpoint(committed, at("07:00"), null, null), Map.of());

        if (accepted) {
            assertThat(open(collector).orElseThrow().committedThrough()).isEqualTo(committed);
        } else {
            assertThatThrownBy(() -> open(collector))
                    .isInstanceOf(StateRefusedException.class)
                    .hasMessageContaining("s3://logs/duo-telephony-state/state.json")
                    .hasMessageContaining(committed.toString())
                    .hasMessageContaining(NOW.toString())
                    .hasMessageContaining("Set the clock right, or see OPERATIONS");
        }
    }

    @ParameterizedTest(name = "{0}, {1} ahead of the clock")
    @CsvSource({
        "keysFrom, PT24H, true",
        "keysFrom, PT24H0.001S, false",
        "maxtime, PT24H, true",
        "maxtime, PT24H0.001S, false",
        "eventKeys, PT24H, true",
        "eventKeys, PT24H0.001S, false",
        "eventKeys, PT2400H, false",
    })
    void open_refusesTimesOfMoreThanADayAhead(String member, Duration ahead, boolean accepted) {
        Instant time = NOW.plus(ahead);
        Instant keysFrom = member.equals("keysFrom") ? time : at("07:00");
        Window open = member.equals("eventKeys") ? null : Window.unread(at("07:00"), time, 1000);
        put(
                new Checkpoint(at("08:00"), keysFrom, open, null),
                member.equals("eventKeys") ? Map.of("a", time) : Map.of());

        if (accepted) {
            assertThat(open(collector)).isPresent();
        } else {
            assertThatThrownBy(() -> open(collector))
                    .isInstanceOf(StateRefusedException.class)
                    .hasMessageContaining("has the time " + time + " in '" + member + "'")
                    .hasMessageContaining(NOW.toString());
        }
    }

    @Test
    void open_forgetsWhatWasNotWritten() {
        collector.openWindow(window("08:00", "09:00"));
        collector.writeWindow();
        collector.confirm(batch("a", OFFSET, "08:10"));
        assertThat(collector.contains("a")).isTrue();

        assertThat(open(collector).orElseThrow().openWindow()).contains(window("08:00", "09:00"));
        assertThat(collector.contains("a")).isFalse();
        collector.save();
        assertThat(bucket.writes()).as("the window").isEqualTo(1);
    }

    /** A run that could not write its end is read again from where the state stands, by the same process. */
    @Test
    void open_forgetsHowFarTheLastRunHadRead() {
        collector.openWindow(window("08:00", "09:00"));
        collector.confirm(batch("a", OFFSET, "08:10"));
        collector.save();
        collector.confirm(batch("b", Cursor.after("1795421700123,b"), "08:50"));
        open(collector);

        collector.confirm(new Batch("", Map.of(), OFFSET));

        assertThat(collector.contains("a")).isTrue();
        assertThat(collector.checkpoint().keysFrom()).isEqualTo(at("08:00"));
    }

    // ---- Writing.

    @Test
    void window_canBeWrittenByItself() {
        collector.openWindow(window("08:00", "09:00"));
        assertThat(bucket.writes()).isZero();
        collector.writeWindow();

        assertThat(bucket.writes()).isEqualTo(1);
        assertThat(bucket.state().checkpoint())
                .isEqualTo(new Checkpoint(at("08:00"), at("08:00"), window("08:00", "09:00"), null));
    }

    @ParameterizedTest(name = "{0} pages with new events")
    @CsvSource({"0, 1", "1, 2", "5, 6"})
    void window_costsAWriteAPage_andOne(int pages, int writes) {
        collector.openWindow(window("08:00", "09:00"));
        for (int page = 1; page <= pages; page++) {
            Batch batch = batch("key " + page, Cursor.after("offset " + page), "08:10");
            collector.declare(batch);
            collector.confirm(batch);
        }
        collector.confirm(new Batch("", Map.of(), Cursor.END));
        collector.closeWindow();

        assertThat(bucket.writes()).isEqualTo(writes);
        assertThat(bucket.state().checkpoint())
                .extracting(Checkpoint::committedThrough, Checkpoint::window)
                .containsExactly(at("09:00"), null);
    }

    @Test
    void declare_isDurable_withTheCursorBeforeThePage() {
        collector.openWindow(window("08:00", "09:00"));
        Batch batch = batch("a", OFFSET, "08:10");

        collector.declare(batch);

        Checkpoint declared = open(reopened(OVERLAP)).orElseThrow();
        assertThat(declared.pendingBatch()).contains(batch);
        assertThat(declared.openWindow()).contains(window("08:00", "09:00"));
        assertThat(reopened(OVERLAP).contains("a")).as("not in the bucket yet").isFalse();
    }

    @Test
    void declare_isRefused_besideAnotherBatch() {
        collector.openWindow(window("08:00", "09:00"));
        collector.declare(batch("a", OFFSET, "08:10"));

        assertThatIllegalStateException()
                .isThrownBy(() -> collector.declare(batch("b", OFFSET, "08:10")))
                .withMessage("A batch is pending already");
    }

    @Test
    void confirm_isDurable_withTheNextWrite() {
        collector.openWindow(window("08:00", "09:00"));
        Batch first = batch("a", OFFSET, "08:10");
        collector.declare(first);
        collector.confirm(first);
        assertThat(collector.contains("a")).isTrue();
        assertThat(open(reopened(OVERLAP)).orElseThrow().pendingBatch()).contains(first);

        collector.declare(batch("b", Cursor.END, "08:20"));

        assertThat(reopened(OVERLAP).contains("a")).isTrue();
        assertThat(reopened(OVERLAP).contains("b")).isFalse();
        assertThat(open(reopened(OVERLAP)).orElseThrow().openWindow())
                .contains(window("08:00", "09:00").advancedTo(OFFSET));
    }

    @Test
    void save_writesOnce_whatMoved() {
        collector.openWindow(window("08:00", "09:00"));
        collector.save();
        assertThat(bucket.writes()).as("nothing moved").isZero();

        collector.confirm(new Batch("", Map.of(), OFFSET));
        collector.save();
        collector.save();

        assertThat(bucket.writes())
                .as("a page without new events moved the cursor")
                .isEqualTo(1);
        assertThat(open(reopened(OVERLAP)).orElseThrow().openWindow())
                .contains(window("08:00", "09:00").advancedTo(OFFSET));
    }

    @Test
    void end_survivesAReopen() {
        collector.openWindow(window("08:00", "09:00"));
        collector.confirm(batch("a", Cursor.END, "08:10"));
        collector.save();

        Window open = open(reopened(OVERLAP)).orElseThrow().openWindow().orElseThrow();

        assertThat(open.cursor()).isEqualTo(Cursor.END);
        assertThat(open.finished()).isTrue();
    }

    @Test
    void openedWindow_isNothingThatMoved() {
        open(collector);
        collector.openWindow(window("08:00", "09:00"));

        collector.save();
        assertThat(bucket.writes()).isZero();
        assertThat(collector.isWindowWritten()).isFalse();

        collector.confirm(new Batch("", Map.of(), OFFSET));
        collector.save();
        assertThat(bucket.state().checkpoint().openWindow().orElseThrow().cursor())
                .isEqualTo(OFFSET);
        assertThat(collector.isWindowWritten()).isTrue();
    }

    @Test
    void windowThatIsNotWritten_mayEndEarlier_orNotBeAtAll() {
        open(collector);
        collector.openWindow(window("08:00", "09:00"));
        collector.endWindowAt(at("08:59"));
        assertThat(collector.checkpoint().openWindow()).contains(window("08:00", "08:59"));

        collector.dropWindow();
        assertThat(collector.current()).isEmpty();

        collector.openWindow(window("08:10", "09:00"));
        collector.writeWindow();
        assertThatIllegalStateException().isThrownBy(collector::dropWindow);
        assertThatIllegalStateException().isThrownBy(() -> collector.endWindowAt(at("08:59")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"declare", "close", "save", "write"})
    void windowThatComesTooLate_isWrittenByNothing(String by) {
        AtomicBoolean inTime = new AtomicBoolean(true);
        open(collector);
        collector.openWindow(window("08:00", "09:00"), inTime::get);
        Batch batch = batch("a", Cursor.END, "08:10");
        inTime.set(false);

        assertThatThrownBy(() -> {
                    switch (by) {
                        case "declare" -> collector.declare(batch);
                        case "close" -> {
                            collector.confirm(batch);
                            collector.closeWindow();
                        }
                        case "save" -> {
                            collector.confirm(batch);
                            collector.save();
                        }
                        default -> collector.writeWindow();
                    }
                })
                .isInstanceOf(RefusedException.class)
                .hasFieldOrPropertyWithValue("outcome", RunOutcome.FAILED);
        assertThat(bucket.writes()).isZero();

        open(collector);
        inTime.set(true);
        collector.openWindow(window("08:00", "09:00"), inTime::get);
        collector.declare(batch);
        inTime.set(false);
        collector.confirm(batch);
        collector.closeWindow();
        assertThat(bucket.writes())
                .as("once it is written, time does not matter")
                .isEqualTo(2);
    }

    @Test
    void raiseMintime_isWrittenWithWhateverComesNext() {
        collector.openWindow(window("08:00", "09:00"));

        collector.raiseMintime(at("08:30"));
        collector.save();
        assertThat(bucket.writes()).isZero();
        collector.writeWindow();

        Checkpoint raised = open(reopened(OVERLAP)).orElseThrow();
        assertThat(raised.openWindow()).contains(window("08:30", "09:00"));
        assertThat(raised.keysFrom()).isEqualTo(at("08:00"));
    }

    /** The state's age is what tells when no write of the batch can still arrive. */
    @Test
    void raiseMintime_staysInMemory_whileABatchIsPending() {
        collector.openWindow(window("08:00", "09:00"));
        Batch batch = batch("a", OFFSET, "08:40");
        collector.declare(batch);
        String declared = bucket.text().orElseThrow();

        collector.raiseMintime(at("08:30"));
        collector.save();

        assertThat(collector.checkpoint().openWindow()).contains(window("08:30", "09:00"));
        assertThat(bucket.text()).contains(declared);
        collector.confirm(batch);
        collector.save();
        assertThat(open(reopened(OVERLAP))
                        .orElseThrow()
                        .openWindow()
                        .orElseThrow()
                        .mintime())
                .isEqualTo(at("08:30"));
    }

    // ---- A batch that is missed.

    @Test
    void miss_isWrittenOnce_andForgottenByTheNextDeclaration() {
        collector.openWindow(window("08:00", "09:00"));
        Batch batch = batch("a", OFFSET, "08:40").declaredAs(new Declaration(80, 1));
        collector.declare(batch);

        collector.miss();
        String missed = bucket.text().orElseThrow();
        collector.miss();

        assertThat(bucket.text()).contains(missed);
        Batch pending = open(reopened(OVERLAP)).orElseThrow().pendingBatch().orElseThrow();
        assertThat(pending.missed()).isTrue();
        assertThat(pending.declarations()).isEqualTo(batch.declarations());
        assertThat(pending.declaredAs(new Declaration(81, 1)).missed()).isFalse();
    }

    /** The fence of the batch's writes goes by it, whatever this machine's clock says; the server's is the real one. */
    @Test
    void declaration_isOfS3sTime() {
        collector.openWindow(window("08:00", "09:00"));

        Instant declared = collector.declare(batch("a", OFFSET, "08:10"));

        assertThat(declared)
                .isNotEqualTo(NOW)
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    }

    @Test
    void forget_isDurable_andReadsThePageAsIfNew() {
        collector.openWindow(window("08:00", "09:00"));
        collector.declare(batch("a", OFFSET, "08:40"));

        collector.forget();

        Checkpoint forgotten = open(reopened(OVERLAP)).orElseThrow();
        assertThat(forgotten.pendingBatch()).isEmpty();
        assertThat(forgotten.openWindow()).as("its page number, too").contains(window("08:00", "09:00"));
        assertThat(collector.contains("a")).isFalse();
    }

    @Test
    void declarations_areFourAtMost_theLatestOfThem_andEqualOnesCountOnce() {
        Batch batch = batch("a", OFFSET, "08:40");
        for (int bytes : List.of(1, 2, 3, 4, 3, 5)) {
            batch = batch.declaredAs(new Declaration(bytes, 1));
        }

        assertThat(batch.declarations()).extracting(Declaration::bytes).containsExactly(2L, 4L, 3L, 5L);
    }

    // ---- Several collectors, and recovery.

    @Test
    void collectorThatWasOvertaken_writesNothing() {
        collector.openWindow(window("08:00", "09:00"));
        collector.writeWindow();
        CollectorState other = reopened(OVERLAP);
        open(other);
        other.declare(batch("theirs", OFFSET, "08:10"));
        String theirs = bucket.text().orElseThrow();

        assertThatThrownBy(() -> collector.declare(batch("mine", OFFSET, "08:10")))
                .isInstanceOf(RefusedException.class)
                .hasFieldOrPropertyWithValue("outcome", RunOutcome.OWNED);
        assertThatThrownBy(() -> {
                    collector.confirm(batch("mine", OFFSET, "08:10"));
                    collector.save();
                })
                .isInstanceOf(RefusedException.class)
                .hasFieldOrPropertyWithValue("outcome", RunOutcome.OWNED);
        assertThatThrownBy(collector::closeWindow)
                .isInstanceOf(RefusedException.class)
                .hasFieldOrPropertyWithValue("outcome", RunOutcome.OWNED);

        assertThat(bucket.text()).contains(theirs);
    }

    @Test
    void declare_again_changesTheWriteIdOnly_andShutsTheOtherOneOut() {
        collector.openWindow(window("08:00", "09:00"));
        Batch batch = batch("a", OFFSET, "08:10");
        collector.declare(batch);
        State declared = bucket.state();
        CollectorState other = reopened(OVERLAP);
        open(other);

        other.declare(batch);

        State again = bucket.state();
        assertThat(again.writeId()).isNotEqualTo(declared.writeId());
        assertThat(again.checkpoint()).isEqualTo(declared.checkpoint());
        assertThat(again.eventKeys()).isEqualTo(declared.eventKeys());
        collector.confirm(batch);
        assertThatThrownBy(() -> collector.declare(batch("b", OFFSET, "08:20")))
                .isInstanceOf(RefusedException.class)
                .hasFieldOrPropertyWithValue("outcome", RunOutcome.OWNED);
    }

    /** The object may have been taken and deleted by then; a second one must not follow. */
    @Test
    void declare_again_isRefused_onceAnotherCollectorHasSettledTheBatch() {
        collector.openWindow(window("08:00", "09:00"));
        Batch batch = batch("a", OFFSET, "08:10");
        collector.declare(batch);
        CollectorState slow = reopened(OVERLAP);
        open(slow);
        collector.confirm(batch);
        collector.save();

        assertThatThrownBy(() -> slow.declare(batch))
                .isInstanceOf(RefusedException.class)
                .hasFieldOrPropertyWithValue("outcome", RunOutcome.OWNED);
    }

    @Test
    void settle_leavesTheCursorBeforeThePage_andEveryKeyOfIt() {
        collector.openWindow(window("08:00", "09:00"));
        collector.declare(batch(Map.of("early", at("08:01"), "late", at("08:50")), OFFSET));
        CollectorState other = reopened(OVERLAP);
        Batch pending = open(other).orElseThrow().pendingBatch().orElseThrow();

        other.settle(pending);
        other.save();

        CollectorState next = reopened(OVERLAP);
        Checkpoint settled = open(next).orElseThrow();
        assertThat(settled.pendingBatch()).isEmpty();
        assertThat(settled.openWindow().orElseThrow().cursor()).isEqualTo(Cursor.START);
        assertThat(settled.openWindow().orElseThrow().page()).isEqualTo(2);
        assertThat(next.contains("early"))
                .as("its page is read again, however much time the page spans")
                .isTrue();
        assertThat(next.contains("late")).isTrue();
        assertThat(settled.keysFrom()).isEqualTo(at("08:00"));
    }

    // ---- Which keys are kept.

    @Test
    void closing_keepsTheKeysOfAnOverlap_boundsIncluded() {
        collector.openWindow(window("08:00", "09:00"));
        collector.confirm(batch(
                Map.of(
                        "long before", at("08:00"),
                        "just before", at("08:50").minusMillis(1),
                        "at the bound", at("08:50"),
                        "within", at("08:55"),
                        "at maxtime", at("09:00")),
                OFFSET));

        collector.closeWindow();

        assertThat(bucket.state().eventKeys()).containsOnlyKeys("at the bound", "within", "at maxtime");
        assertThat(collector.contains("just before")).isFalse();
        assertThat(collector.contains("at the bound")).isTrue();
        assertThat(collector.checkpoint().keysFrom()).isEqualTo(at("08:50"));
    }

    /** An event that came later than was asked for is dated its window's end, and the next window shows it again. */
    @Test
    void keyThatIsMetAgain_isKeptAsLongAsItsEventsTime() {
        collector.openWindow(window("08:00", "09:00"));
        collector.confirm(batch(Map.of("met again", at("09:00"), "not met", at("09:00")), Cursor.END));
        collector.closeWindow();
        collector.openWindow(window("08:50", "09:15"));
        assertThat(collector.meet("unknown", at("09:08"))).isFalse();

        assertThat(collector.meet("met again", at("09:08"))).isTrue();
        assertThat(collector.meet("met again", at("08:59"))).isTrue();
        collector.confirm(batch(Map.of(), Cursor.END));
        collector.closeWindow();

        assertThat(bucket.state().eventKeys()).isEqualTo(Map.of("met again", at("09:08")));
    }

    @Test
    void closingThatFails_isMadeGoodBySaving_keysAndBoundsTogether() {
        collector.openWindow(window("08:00", "09:00"));
        collector.confirm(batch(Map.of("a", at("08:45"), "b", at("08:55")), Cursor.END));
        bucket.proxy().plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.DROP_BEFORE));
        assertThatThrownBy(collector::closeWindow).isInstanceOf(S3OperationException.class);
        bucket.proxy().plan(FaultPlan.none());

        collector.save();

        assertThat(bucket.state().checkpoint()).isEqualTo(new Checkpoint(at("09:00"), at("08:50"), null, null));
        assertThat(bucket.state().eventKeys()).containsOnlyKeys("b");
    }

    @Test
    void openWindow_keepsTheKeysItCanStillReturn_untilItIsReadPastThem() {
        put(
                new Checkpoint(at("08:00"), at("07:50"), null, null),
                Map.of("at its start", at("07:50"), "in its overlap", at("07:55")));
        open(collector);
        collector.openWindow(window("07:50", "09:00"));
        collector.confirm(batch("a", Cursor.after("1"), "08:00"));
        assertThat(collector.contains("at its start"))
                .as("an overlap behind is kept")
                .isTrue();

        collector.confirm(batch("b", Cursor.after("2"), "08:05"));
        assertThat(collector.contains("at its start")).isFalse();
        assertThat(collector.contains("in its overlap")).isTrue();

        collector.confirm(batch("c", Cursor.after("3"), "08:30"));
        assertThat(collector.contains("in its overlap")).isFalse();
        assertThat(collector.contains("a")).isFalse();
        assertThat(collector.contains("c")).isTrue();
        assertThat(collector.checkpoint().keysFrom()).isEqualTo(at("08:20"));
    }

    @Test
    void openWindow_keepsTheKeysOfAPage_thatIsAskedForOnceMore() {
        put(new Checkpoint(at("08:00"), at("07:50"), null, null), Map.of());
        open(collector);
        collector.openWindow(window("07:50", "09:00"));
        Map<String, Instant> page = Map.of("first", at("08:10"), "last", at("08:50"));

        collector.confirm(batch(page, Cursor.START));
        assertThat(collector.contains("first")).isTrue();

        collector.confirm(batch(page, Cursor.after("1")));
        assertThat(collector.contains("first")).isFalse();
        assertThat(collector.contains("last")).isTrue();
    }

    @Test
    void openWindow_isReadAsFarAsTheLatestEventOfAPage() {
        collector.openWindow(window("08:00", "09:00"));
        Map<String, Instant> page = new HashMap<>();
        for (int minute = 10; minute <= 40; minute++) {
            page.put("key " + minute, at("08:" + minute));
        }

        collector.confirm(batch(page, OFFSET));

        assertThat(collector.checkpoint().keysFrom())
                .as("an overlap before 08:40")
                .isEqualTo(at("08:30"));
        assertThat(collector.contains("key 29")).isFalse();
        assertThat(collector.contains("key 30")).isTrue();
    }

    @Test
    void pageWithoutNewEvents_dropsNoKeys() {
        collector.openWindow(window("08:00", "09:00"));
        collector.confirm(batch("a", OFFSET, "08:01"));
        collector.confirm(new Batch("", Map.of(), OFFSET));

        assertThat(collector.contains("a")).isTrue();
    }

    @Test
    void eventWithoutATime_saysNothingOfHowFarTheWindowIsRead() {
        collector.openWindow(window("08:00", "09:00"));
        collector.confirm(batch("a", OFFSET, "08:01"));

        collector.confirm(batch("dated maxtime", OFFSET, "09:00"));

        assertThat(collector.contains("a")).isTrue();
        assertThat(collector.checkpoint().keysFrom()).isEqualTo(at("08:00"));
    }

    @Test
    void nextWindow_forgetsHowFarTheLastOneWasRead() {
        collector.openWindow(window("08:00", "09:00"));
        collector.confirm(batch("a", Cursor.END, "08:59"));
        collector.closeWindow();
        collector.openWindow(window("08:50", "09:50"));

        collector.confirm(new Batch("", Map.of(), OFFSET));

        assertThat(collector.contains("a")).isTrue();
        assertThat(collector.checkpoint().keysFrom()).isEqualTo(at("08:50"));
    }

    @Test
    void raisedOverlap_takesEffectAsKeysAccumulate() {
        collector.openWindow(window("08:00", "09:00"));
        collector.confirm(batch(Map.of("dropped", at("08:45"), "kept", at("08:55")), Cursor.END));
        collector.closeWindow();

        CollectorState raised = reopened(Duration.ofHours(1));
        Checkpoint checkpoint = open(raised).orElseThrow();
        Window next = next(checkpoint, Duration.ofHours(1), at("09:10"));
        assertThat(next.mintime()).as("not before the keys are complete").isEqualTo(at("08:50"));

        raised.openWindow(next);
        raised.closeWindow();
        assertThat(raised.contains("kept")).isTrue();
        assertThat(raised.checkpoint().keysFrom()).isEqualTo(at("08:50"));
        assertThat(next(raised.checkpoint(), Duration.ofHours(1), at("09:52")).mintime())
                .isEqualTo(at("08:50"));
    }

    @Test
    void loweredOverlap_keepsTheKeysThatAnOpenWindowCanStillReturn() {
        put(new Checkpoint(at("08:00"), at("07:00"), null, null), Map.of("a", at("07:01"), "b", at("07:59")));
        CollectorState before = reopened(Duration.ofHours(1));
        open(before);
        before.openWindow(window("07:00", "09:00"));
        before.writeWindow();

        CollectorState lowered = reopened(Duration.ofMinutes(1));
        open(lowered);
        lowered.confirm(new Batch("", Map.of(), OFFSET));
        lowered.save();
        assertThat(lowered.contains("a")).isTrue();
        assertThat(lowered.contains("b")).isTrue();

        lowered.closeWindow();
        assertThat(bucket.state().eventKeys()).isEmpty();
        assertThat(lowered.checkpoint().keysFrom()).isEqualTo(at("08:59"));
    }

    @Test
    void keysThatCouldNotBeCleared_areNotLostWithTheNextWrite() {
        collector.openWindow(window("08:00", "09:00"));
        collector.confirm(batch("a", OFFSET, "08:10"));
        collector.save();
        bucket.proxy().plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.DROP_BEFORE));
        assertThatThrownBy(() -> collector.rewriteKeys(Map::clear)).isInstanceOf(S3OperationException.class);
        bucket.proxy().plan(FaultPlan.none());

        collector.declare(batch("b", Cursor.END, "08:20"));

        assertThat(bucket.state().eventKeys()).containsOnlyKeys("a");
    }

    // ---- Helpers.

    private static CollectorState reopened(Duration overlap) {
        return bucket.state(overlap, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static Optional<Checkpoint> open(CollectorState state) {
        return state.open(asked -> NOW);
    }

    private static void put(Checkpoint checkpoint, Map<String, Instant> keys) {
        bucket.put(StateFormat.write(new State(StateBucket.OWNER, "somebody's", checkpoint, keys)));
    }

    private static Window next(Checkpoint checkpoint, Duration overlap, Instant now) {
        Duration lag = Duration.ofMinutes(2);
        return new PollWindow(lag, overlap, Duration.ofHours(24), Duration.ofDays(180), 1000)
                .next(checkpoint, now)
                .orElseThrow()
                .window();
    }

    private static Window window(String mintime, String maxtime) {
        return Window.unread(at(mintime), at(maxtime), 1000);
    }

    private static Batch batch(String key, Cursor after, String ts) {
        return batch(Map.of(key, at(ts)), after);
    }

    private static Batch batch(Map<String, Instant> keys, Cursor after) {
        return new Batch("duo-telephony/" + new TreeSet<>(keys.keySet()), keys, after);
    }

    private static Instant at(String time) {
        return Instant.parse("2026-11-23T" + time + ":00Z");
    }
}
