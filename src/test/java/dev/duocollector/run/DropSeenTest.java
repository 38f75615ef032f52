// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.source.DuoPage;
import dev.duocollector.state.Batch;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DropSeenTest {

    private static final Instant MINTIME = Instant.parse("2026-11-23T08:00:00Z");
    private static final Instant MAXTIME = TestStream.NOW;
    private static final Window WINDOW = Window.unread(MINTIME, MAXTIME, 3);
    private static final DuoEvent A = event("a", "08:10:00.123456");
    private static final DuoEvent B = event("b", "08:10:00.123999");

    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    private final Run run = new Run(TestStream.with());
    private final CollectorState repository = run.stream().state();

    @BeforeEach
    void openWindow() {
        repository.open(asked -> TestStream.NOW);
        repository.openWindow(WINDOW);
        exchange.setVariable(Run.VARIABLE, run);
        run.read(WINDOW);
    }

    @Test
    void knownEvent_isDropped() {
        repository.confirm(new Batch("", Map.of(A.eventKey(), MINTIME), Cursor.START));

        assertThat(fresh("", A, B)).containsExactly(B);
        assertThat(run.batch().eventKeys()).containsOnlyKeys(B.eventKey());
        assertThat(run.tally().duplicates()).isEqualTo(1);
    }

    @Test
    void eventThatAPageHoldsTwice_isTakenOnce() {
        assertThat(fresh("", A, B, A)).containsExactly(A, B);
        assertThat(run.tally().duplicates()).isEqualTo(1);
    }

    @Test
    void event_isDatedToTheMillisecond_asDuosBoundsAre() {
        fresh("", A, B);

        Instant millisecond = Instant.parse("2026-11-23T08:10:00.123Z");
        assertThat(run.batch().eventKeys())
                .containsOnly(entry(A.eventKey(), millisecond), entry(B.eventKey(), millisecond));
        assertThat(run.reached()).isEqualTo(millisecond);
    }

    @Test
    void eventWithoutATime_isDatedMaxtime() {
        DuoEvent timeless = event("timeless", "");

        fresh("", A, timeless);

        assertThat(run.batch().eventKeys()).containsEntry(timeless.eventKey(), MAXTIME);
        assertThat(run.reached())
                .as("it says nothing of how far the window is read")
                .isBefore(MAXTIME);
    }

    @Test
    void eventFromBeforeTheKeys_isRefused_sinceItMayBeAnOldOne() {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> fresh("", A, event("too old", "07:59:59.999")))
                .withMessageContainingAll("2026-11-23T07:59:59.999Z", "only events from 2026-11-23T08:00:00Z");
        assertThat(fresh("", event("the oldest", "08:00:00"))).hasSize(1);
    }

    /** Its log's other time has no fraction, and Duo shows it by the time that it has. */
    @Test
    void eventWhoseTimeIsKnownToTheSecond_mayBeOfAnyMomentInIt() throws Exception {
        Run other = new Run(TestStream.with());
        Window window = Window.unread(MINTIME.plusMillis(67), MAXTIME, 3);
        other.stream().state().open(asked -> TestStream.NOW);
        other.stream().state().openWindow(window);
        other.read(window);
        exchange.setVariable(Run.VARIABLE, other);
        DuoEvent first = toTheSecond("08:00:00");

        assertThat(fresh("", first)).hasSize(1);
        assertThat(other.batch().eventKeys()).containsOnly(entry(first.eventKey(), MAXTIME));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> fresh("", toTheSecond("07:59:59")))
                .withMessageContaining("only events from 2026-11-23T08:00:00.067Z");
    }

    private static DuoEvent toTheSecond(String time) throws IOException {
        long timestamp = Instant.parse("2026-11-23T" + time + "Z").getEpochSecond();
        String json = "{\"isotimestamp\":\"2026-11-23T08: 00: 00\",\"timestamp\":" + timestamp + "}";
        return DuoEvent.of(json.getBytes(UTF_8), DuoLog.AUTHENTICATION);
    }

    @Test
    void eventLaterThanAsked_isTaken_asLongAsItsKeyIsKept() {
        DuoEvent later = event("later", "09:10:00");

        assertThat(fresh("", A, later)).hasSize(2);
        assertThat(run.batch().eventKeys()).containsEntry(later.eventKey(), MAXTIME);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> fresh("", A, event("too late", "09:10:00.001")))
                .withMessageContainingAll("2026-11-23T09:10:00.001Z", "none after 2026-11-23T09:00:00Z");
    }

    @Test
    void reading_goesOnAtTheOffset_andEndsWithoutOne() {
        fresh("next", A);
        assertThat(run.batch().cursorAfter()).isEqualTo(Cursor.after("next"));
        assertThat(run.isMore()).isTrue();

        fresh("", B);
        assertThat(run.batch().cursorAfter()).isEqualTo(Cursor.END);
        assertThat(run.isMore()).isFalse();
    }

    @Test
    void offsetThatWasSent_isRefused() {
        run.reading().sends("sent");

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> fresh("sent", A))
                .withMessageContaining("Duo gave the next_offset sent twice");
        assertThat(fresh("another", A)).containsExactly(A);
    }

    @Test
    void offset_isTakenUpTo4096Characters() {
        assertThat(fresh("a".repeat(4096), A)).containsExactly(A);

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> fresh("a".repeat(4097), B))
                .withMessageContaining("a next_offset of 4097 characters");
    }

    /** Each with a fresh offset, so that none is sent twice. */
    @Test
    void window_endsInAnError_afterAThousandPagesWithoutALaterEvent() {
        for (int page = 1; page <= 500; page++) {
            fresh("first " + page, A);
        }
        DuoEvent later = event("later", "08:11:00");
        for (int page = 0; page <= 1000; page++) {
            fresh("second " + page, later);
        }

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> fresh("third", later))
                .withMessageContaining("Duo gave 1000 pages in a row in the window " + WINDOW)
                .withMessageContaining("the window is not committed");
        assertThat(fresh("", later)).as("the last page").hasSize(1);
    }

    /** Else the state would be refused as from the future. */
    @Test
    void eventAfterTheWindowsEnd_isDatedMaxtime() {
        DuoEvent late = event("late", "09:00:00.001");

        fresh("", A, late);

        assertThat(run.batch().eventKeys()).containsEntry(late.eventKey(), MAXTIME);
    }

    /** Returns what is new of a page with this next_offset, or without one. */
    @SuppressWarnings("unchecked") // what dropSeen leaves
    private List<DuoEvent> fresh(String nextOffset, DuoEvent... events) {
        Optional<String> next = Optional.of(nextOffset).filter(offset -> !offset.isEmpty());
        exchange.getMessage().setBody(new DuoPage(List.of(events), next, 1, OptionalLong.empty(), Optional.empty()));
        new DropSeen().process(exchange);
        return exchange.getMessage().getBody(List.class);
    }

    private static DuoEvent event(String name, String time) {
        String ts = time.isEmpty() ? "" : ",\"ts\":\"2026-11-23T" + time + "Z\"";
        try {
            return DuoEvent.of(("{\"txid\":\"" + name + "\"" + ts + "}").getBytes(UTF_8), DuoLog.TELEPHONY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
